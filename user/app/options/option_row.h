/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a row of the table of options is made of: only data. */
#ifndef APP_OPTION_ROW_H
#define APP_OPTION_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/render/formats.h"

/* No letter is one of the keys from here on. */
#define OPTION_KEY_WITHOUT_LETTER 256

/* How a value gets into its field; a function each (option_take.c). */
enum option_kind {
	KIND_HEADING,
	KIND_FLAG,	/* a bool becomes true */
	KIND_CHOICE,	/* the field becomes `value` */
	KIND_STEP,	/* an unsigned grows by one */
	KIND_NUMBER,	/* within min..max, into as many bytes as the field has */
	KIND_BITS,	/* likewise, also 0x hex */
	KIND_TOS,	/* likewise, without the bits that are not TCP's to choose */
	KIND_DURATION,	/* a uint64_t in ns, within min..max */
	KIND_TEXT,	/* a const char *, not empty */
	KIND_STATUS,	/* an enum status */
	KIND_TIMESTAMP, /* an enum timestamp_style; `value` without an argument */
	KIND_FORMAT,	/* options->format; with an argument it says how many probes, too */
	KIND_PORTS,	/* a struct port_list */
	KIND_PORT_RANGE,
	KIND_SOURCE,
	KIND_INTERFACE,
	KIND_NAMESPACES,
	KIND_PIDS,
	KIND_NUMERIC, /* a flag that other tools give a number to */
	KIND_HELP,
	KIND_USAGE,
	KIND_VERSION,
	KIND_REFUSED, /* with `hint` */
	KIND_COUNT,
};

/* What a shell can offer for its value. */
enum option_values {
	VALUES_UNKNOWN,
	VALUES_STATUS,
	VALUES_TIMESTAMP,
	VALUES_INTERFACE,
	VALUES_NETNS,
	VALUES_FILE,
	VALUES_TOPIC,
};

struct option_row {
	const char *name;     /* the long one; NULL: none */
	int key;	      /* the letter; without one above 255, by its place; 0 for a heading */
	const char *argument; /* what its value is called; NULL: it has none */
	const char *description; /* NULL: hidden; of a heading, its text */
	enum option_kind kind;
	unsigned commands; /* 1 << enum command */
	size_t offset;	   /* of its field in struct options */
	size_t size;	   /* its bytes */
	size_t flag;	   /* a bool that becomes true as well; 0: none */
	uint64_t value;
	uint64_t min;
	uint64_t max;
	const char
		*hint; /* added when the value is refused; of text, what is said when it is empty */
	const char *twice; /* why it cannot be given twice; NULL: it can, and the last one counts */
	enum option_values values;
	int argp_flags; /* OPTION_HIDDEN, OPTION_ARG_OPTIONAL */
	int argp_group; /* of a heading: -1 for the last one */
	const struct format *format;
};

/* NULL: there is none. */
const struct option_row *option_row_find(const struct option_row *rows, size_t count, int key);
const struct option_row *option_row_named(const struct option_row *rows, size_t count,
					  const char *name);

bool option_has_letter(const struct option_row *row);
/* Its value may be left out, and is else attached. */
bool option_has_optional_value(const struct option_row *row);

/* As in a sentence; the statuses are statuses_text()'s. */
#define OPTIONS_TIMESTAMPS "unix, iso, rel"
#define OPTIONS_TOPICS	   "verdicts"

#endif
