/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A line of text that knows its column, so that cells align.
 *
 * Everything put into it goes through safe_text(): a line cannot steer a terminal, whatever it
 * says. A character is taken for one column wide; colour has no width. A line may be begun only
 * once per struct, and is complete after line_end().
 */
#ifndef RENDER_LINE_H
#define RENDER_LINE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* One call's text is cut beyond this. Twice the longest sentence of explain.h. */
#define LINE_TEXT_MAX 1024

struct line {
	FILE *out;
	size_t column; /* characters so far */
};

/* Characters in text, which is UTF-8. */
size_t text_columns(const char *text);

void line_put(struct line *line, const char *text);
void line_format(struct line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* colour: an SGR parameter ("31"), or NULL for none. */
void line_put_coloured(struct line *line, const char *colour, const char *text);
/* "1 SYN", "2 SYNs". */
void line_count(struct line *line, uint64_t count, const char *one, const char *many);
/*
 * Where the wrapped lines of a sentence begin: near the margin if there is too little room from
 * `begin` on.
 */
size_t line_wrap_begin(size_t begin, size_t columns);
/*
 * Words that do not fit into `columns` go on below, from line_wrap_begin() on. columns 0: no
 * wrapping.
 */
void line_put_wrapped(struct line *line, const char *text, size_t begin, size_t columns);
/* Spaces up to a column, and at least min_gap of them. */
void line_reach(struct line *line, size_t column, size_t min_gap);
void line_end(struct line *line);

#endif
