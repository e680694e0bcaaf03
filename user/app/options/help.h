/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What --help says around the options of each command. */
#ifndef APP_HELP_H
#define APP_HELP_H

enum command {
	COMMAND_PROBE,
	COMMAND_WATCH,
	COMMAND_DOCTOR,
	COMMAND_COUNT,
};

/* words and text as struct argp has them. */
struct command_help {
	char *program;	   /* as messages name it */
	const char *words; /* what may stand there, a line each; NULL: nothing */
	const char *text;  /* what it is for; after a \v, all else */
};

extern const struct command_help command_helps[COMMAND_COUNT];

#endif
