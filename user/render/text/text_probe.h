/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Our own probes as text: operations of text_renderer, and parts of them; see render.h. */
#ifndef RENDER_TEXT_PROBE_H
#define RENDER_TEXT_PROBE_H

#include "user/render/render.h"

/* One line, in columns, and a second one for a hint. */
void text_write_probe(FILE *out, const struct render_style *style,
		      const struct probe_report *report);
void text_write_amendment(FILE *out, const struct render_style *style,
			  const struct amendment_report *report);
/* The sentence alone, for it names the target itself. */
void text_write_move(FILE *out, const struct render_style *style, const struct move_report *report);
void text_write_outstanding(FILE *out, const struct render_style *style,
			    const struct outstanding_report *report);

#endif
