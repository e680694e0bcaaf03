/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The tables of options: what parses the command line, prints --help, and makes the man page and the completion goes by them.
 *
 * Only data: it can be linked without the rest of the program, and is (user/share/generate.c).
 */
#ifndef APP_OPTIONS_TABLE_H
#define APP_OPTIONS_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* The keys of options without a letter; those with one have the letter. */
enum option_key {
	OPTION_SKIP_BAD = 256,
	OPTION_YES,
	OPTION_ALL_ADDRESSES,
	OPTION_RESOLVE_EVERY,
	OPTION_SOURCE_PORT,
	OPTION_TTL,
	OPTION_HOLD,
	OPTION_UNTIL,
	OPTION_GIVE_UP,
	OPTION_RATE,
	OPTION_INFLIGHT,
	OPTION_SHUFFLE,
	OPTION_EXPECT,
	OPTION_STRICT,
	OPTION_CSV,
	OPTION_CHANGES,
	OPTION_FAILURES,
	OPTION_OPEN,
	OPTION_HISTOGRAM,
	OPTION_REPORT_EVERY,
	OPTION_EXPLAIN,
	OPTION_USAGE,
	OPTION_TRACE_TEXT,
	OPTION_RING_BYTES,
	/* of watch */
	OPTION_CHILDREN,
	OPTION_COMM,
	OPTION_CGROUP,
	OPTION_ALL,
	OPTION_CHECK,
	OPTION_KEY_COUNT,
};

/* How its value gets into struct options. */
enum option_kind {
	OPTION_IS_HEADING,
	OPTION_IS_FLAG,	    /* a bool becomes true */
	OPTION_IS_NUMBER,   /* a uint64_t, within min..max */
	OPTION_IS_DURATION, /* a uint64_t in ns, within min..max */
	OPTION_IS_TEXT,	    /* a const char *, not empty */
	OPTION_IS_SPECIAL,  /* by its key */
};

/* What a shell can offer for its value. */
enum option_values {
	VALUES_UNKNOWN,
	VALUES_STATUS,
	VALUES_TIMESTAMP,
	VALUES_DEVICE,
	VALUES_NETNS,
	VALUES_FILE,
	VALUES_TOPIC,
};

struct option_row {
	const char *name;	 /* the long one; NULL: none */
	int key;		 /* the letter, or an enum option_key; 0 for a heading */
	const char *argument;	 /* what its value is called; NULL: it has none */
	const char *description; /* NULL: hidden; of a heading, its text */
	enum option_kind kind;
	size_t offset; /* in struct options (of watch: struct watch_options), unless special */
	uint64_t min;
	uint64_t max;
	const char *hint; /* added when the value is refused; or NULL */
	enum option_values values;
	int argp_flags; /* OPTION_HIDDEN, OPTION_ARG_OPTIONAL */
	int argp_group; /* of a heading: -1 for the last one */
};

extern const struct option_row option_rows[];
extern const size_t option_row_count;

/* As struct argp has them. */
extern const char options_words_text[];
extern const char options_help_text[];

/* As in a sentence; the statuses are statuses_text()'s. */
#define OPTIONS_TIMESTAMPS "unix, iso, rel"
#define OPTIONS_TOPICS	   "verdicts"

/* Those of `watch' (watch_table.c), likewise. */
extern const struct option_row watch_rows[];
extern const size_t watch_row_count;
extern const char watch_words_text[];
extern const char watch_help_text[];

/* The row of an option by its key; NULL: there is none. */
const struct option_row *option_row_find(int key);

#endif
