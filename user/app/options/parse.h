/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The command line while it is parsed: what is put together only when all is known. */
#ifndef APP_PARSE_H
#define APP_PARSE_H

#include <argp.h>

#include "user/app/options/option_table.h"
#include "user/app/options/options.h"

/* It is the input of the argp_state. */
struct parse {
	enum command command;
	struct options *options;
	struct option_row rows[OPTION_ROWS_MAX];
	size_t row_count;
	bool is_given[OPTION_ROWS_MAX]; /* by row */
	const char **words;		/* room for all of argv, as options->namespaces has */
	size_t word_count;
	char source_letter[2]; /* -S or -I, which gave the address: IPv4, IPv6; 0: none did */
};

/* One option of it. */
struct taking {
	const struct option_row *row;
	const char *text;
	struct argp_state *state;
	struct parse *parse;
	struct options *options;
	void *field;
	struct error error;
};

/* false for one that the command does not have. */
bool option_is_given(const struct parse *parse, const char *name);

/* A usage error: the sentence on stderr, where to look, and the end of the process. */
void option_fail(struct argp_state *state, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Likewise when the result is negative. */
void option_refuse(struct argp_state *state, int result, const struct error *error);

void taking_refuse(struct taking *taking, int result);
void taking_check_not_empty(struct taking *taking);
/* The element after the option, as long as nothing has been taken from it. */
const char *taking_following(const struct taking *taking);

#endif
