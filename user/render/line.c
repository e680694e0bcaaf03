// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A line of text that knows its column. */
#include "user/render/line.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "user/base/utf8.h"
#include "user/render/safe.h"

size_t text_columns(const char *text)
{
	size_t columns = 0;

	for (; *text != '\0'; text++)
		columns += !utf8_is_continuation(*text);
	return columns;
}

void line_put(struct line *line, const char *text)
{
	char safe[LINE_TEXT_MAX];

	fputs(safe_text(text, safe, sizeof(safe)), line->out);
	line->column += text_columns(safe);
}

void line_format(struct line *line, const char *format, ...)
{
	char text[LINE_TEXT_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	line_put(line, text);
}

void line_put_coloured(struct line *line, const char *colour, const char *text)
{
	if (colour)
		fprintf(line->out, "\033[%sm", colour);
	line_put(line, text);
	if (colour)
		fputs("\033[0m", line->out);
}

void line_count(struct line *line, uint64_t count, const char *one, const char *many)
{
	line_format(line, "%" PRIu64 " %s", count, count == 1 ? one : many);
}

/* A sentence in fewer columns than these is hard to read. */
#define WRAPPED_COLUMNS_MIN 30
#define NARROW_BEGIN	    4

size_t line_wrap_begin(size_t begin, size_t columns)
{
	return columns && columns < begin + WRAPPED_COLUMNS_MIN ? NARROW_BEGIN : begin;
}

void line_put_wrapped(struct line *line, const char *text, size_t begin, size_t columns)
{
	char word[LINE_TEXT_MAX];
	const char *gap = "";

	if (columns == 0) {
		line_put(line, text);
		return;
	}
	begin = line_wrap_begin(begin, columns);
	while (*text) {
		size_t length = strcspn(text, " ");

		snprintf(word, sizeof(word), "%.*s", (int)length, text);
		text += length + (text[length] == ' ');
		/* A full last column makes some terminals wrap by themselves. */
		if (line->column > begin &&
		    line->column + strlen(gap) + text_columns(word) >= columns) {
			line_end(line);
			line_reach(line, begin, 0);
			gap = "";
		}
		line_put(line, gap);
		line_put(line, word);
		gap = " ";
	}
}

void line_reach(struct line *line, size_t column, size_t min_gap)
{
	size_t gap = column > line->column ? column - line->column : 0;

	if (gap < min_gap)
		gap = min_gap;
	fprintf(line->out, "%*s", (int)gap, "");
	line->column += gap;
}

void line_end(struct line *line)
{
	fputc('\n', line->out);
	line->column = 0;
}
