/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Cells that several kinds of text lines have. */
#ifndef RENDER_TEXT_CELLS_H
#define RENDER_TEXT_CELLS_H

#include "user/render/line.h"
#include "user/render/render.h"

/* With a space after it; nothing for TIMESTAMP_NONE. */
void text_put_timestamp(struct line *line, enum timestamp_style timestamp, uint64_t wall_ns,
			uint64_t since_start_ns);
void text_put_status(struct line *line, const struct render_style *style, enum status status);
/* "0.412 ms", its candidates, or a dash; ends at column `end` if it fits before it. */
void text_put_rtt(struct line *line, const struct verdict *verdict, size_t end);

#endif
