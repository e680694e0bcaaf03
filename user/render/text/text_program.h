/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Connects of programs as text. Parts of operations of text_renderer; see render.h. */
#ifndef RENDER_TEXT_PROGRAM_H
#define RENDER_TEXT_PROGRAM_H

#include "user/render/render.h"

/* It can see from now on. */
void text_write_watch_begin(FILE *out, const struct render_style *style,
			    const struct run_report *report);
/* A line, and below it what contradicts. */
void text_write_connect(FILE *out, const struct render_style *style,
			const struct probe_report *report);
void text_write_connect_amendment(FILE *out, const struct render_style *style,
				  const struct amendment_report *report);
/* One program and one destination. */
void text_write_connects(FILE *out, const struct render_style *style,
			 const struct summary_report *report);
void text_write_watch_end(FILE *out, const struct render_style *style,
			  const struct run_report *report);

#endif
