/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The live line of a terminal: what is being waited for. A live_write overwrites the line before;
 * live_clear() must come before any other line.
 */
#ifndef RENDER_LIVE_H
#define RENDER_LIVE_H

#include "user/render/render.h"

/* waiting: one sentence; columns: the terminal's width. */
void live_write(FILE *out, const struct render_style *style, const char *label, const char *waiting,
		double seconds, size_t columns);
void live_write_progress(FILE *out, const struct render_style *style,
			 const struct progress_report *report, size_t columns);
void live_clear(FILE *out);

#endif
