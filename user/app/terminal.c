// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the terminal can do. */
#include "user/app/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

size_t terminal_columns(FILE *terminal)
{
	struct winsize size;

	return ioctl(fileno(terminal), TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

bool terminal_is_live(FILE *out)
{
	const char *terminal = getenv("TERM");

	return isatty(fileno(out)) && terminal && strcmp(terminal, "dumb") != 0;
}

struct render_style terminal_style(FILE *out)
{
	const char *no_color = getenv("NO_COLOR");

	if (!isatty(fileno(out)))
		return (struct render_style){0};
	return (struct render_style){
		.is_colour = terminal_is_live(out) && (!no_color || !no_color[0]),
		.columns = terminal_columns(out),
	};
}
