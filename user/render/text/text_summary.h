/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The end of a run as text: what a target's probes add up to, and what concerns all targets.
 * Operations of text_renderer; see render.h.
 */
#ifndef RENDER_TEXT_SUMMARY_H
#define RENDER_TEXT_SUMMARY_H

#include "user/render/render.h"

/* Two lines about round-trip times, or none. */
void text_write_rtt(FILE *out, const struct stats *stats);
void text_write_summary(FILE *out, const struct render_style *style,
			const struct summary_report *report);
void text_write_end(FILE *out, const struct render_style *style, const struct run_report *report);

#endif
