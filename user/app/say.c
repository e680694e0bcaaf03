// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Put together in memory, for others may write there as well. */
#include "user/app/say.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/app/terminal.h"
#include "user/render/line.h"

/* Line by line, as far as the sentence itself has several. */
static void put(FILE *out, const char *name, const char *sentence)
{
	size_t columns = isatty(fileno(stderr)) ? terminal_columns(stderr) : 0;
	char text[LINE_TEXT_MAX], *rest = text, *part;
	struct line line = {.out = out};

	snprintf(text, sizeof(text), "%s", sentence);
	line_format(&line, "%s:", name);
	while ((part = strsep(&rest, "\n"))) {
		line_reach(&line, strlen(name) + 2, 0);
		line_put_wrapped(&line, part, strlen(name) + 2, columns);
		line_end(&line);
	}
}

void say_as(const char *name, const char *sentence)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	put(out ? out : stderr, name, sentence);
	if (!out)
		return;
	fclose(out);
	fwrite(text, 1, bytes, stderr);
	free(text);
}

void say(const char *format, ...)
{
	char sentence[LINE_TEXT_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	say_as("ktcping", sentence);
}
