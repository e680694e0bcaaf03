/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One option of the command line into struct options. */
#ifndef APP_OPTIONS_TAKE_H
#define APP_OPTIONS_TAKE_H

#include <argp.h>

#include "user/app/options/options.h"
#include "user/app/options/options_table.h"

/* While parsing: what is put together only when all is known. It is the input of the argp_state. */
struct parse {
	struct options *options;
	const char *ports;
	const char **words; /* room for all of argv, as options->namespaces has */
	size_t word_count;
	bool is_given[OPTION_KEY_COUNT]; /* by key */
	int source_key[2];		 /* which of -S and -I gave the address, IPv4 and IPv6; 0: none */
};

/* text: its value, NULL without one. A value that cannot be meant is said on stderr, and ends the process with EXIT_USAGE; so do --help and --version, with 0. */
void option_take(const struct option_row *row, char *text, struct argp_state *state);

#endif
