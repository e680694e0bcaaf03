/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The live line of a terminal. */
#include <string.h>

#include "user/render/line.h"
#include "user/render/render.h"

/* Back to the first column, and erase to the end of the line. */
#define CLEAR_LINE "\r\033[K"

/* text is valid UTF-8: a character is gone when its first byte is, which is the last to be cut. */
static void cut_columns(char *text, size_t columns)
{
	while (text_columns(text) > columns)
		text[strlen(text) - 1] = '\0';
}

void live_write(FILE *out, const struct render_style *style, const char *label, const char *waiting, double seconds, size_t columns)
{
	char text[LINE_TEXT_MAX], safe[LINE_TEXT_MAX];
	struct line line = {.out = out};

	snprintf(text, sizeof(text), "%s   %s (%.1f s)", label, waiting, seconds);
	/* A full last column makes some terminals wrap, and then the next one would not overwrite this line. */
	cut_columns(safe_text(text, safe, sizeof(safe)), columns > 0 ? columns - 1 : 0);
	fputs(CLEAR_LINE, out);
	line_put_coloured(&line, style->is_colour ? "2" : NULL, safe);
	/* There is no end of line that would make the stream write it. */
	fflush(out);
}

void live_clear(FILE *out)
{
	fputs(CLEAR_LINE, out);
	fflush(out);
}
