/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Events as text, one a line, to be read and compared by people.
 *
 *	12.000000123 receive 77/1 ns=4026531840 tcp from=10.2.0.2:80 … flags=syn,ack … if=2
 *	TIME         KIND    KEY  FIELD…
 *
 * KEY is SOCKET-COOKIE/ATTEMPT, or - for none. Fields come in any order, each at most once.
 *
 * TIME is in seconds with nine decimals. A field is NAME=VALUE, or a word of its own. What is zero,
 * false or empty is left out, so that a line which was read gives exactly the event that was
 * written. In text, spaces, '%' and bytes that are not printable ASCII are written as %XX. Blank
 * lines and lines that begin with '#' are comments. event_fields.c lists the fields.
 */
#ifndef IO_TRACE_H
#define IO_TRACE_H

#include <stdbool.h>
#include <stdio.h>

#include "user/base/error.h"
#include "user/core/event.h"

/* Longer than any line that trace_write() makes. */
#define TRACE_LINE_MAX 65536

/* Write one line. The stream's own error flag tells of failure. */
void trace_write(FILE *out, const struct event *event);

/*
 * Read one line, with or without its newline; it may not be a comment. The line is cut into pieces:
 * the event's strings are some of them. A kind that is not known gives EVENT_UNKNOWN with its time
 * and nothing else, so that a newer trace can be replayed. Anything else that is not understood is
 * -EINVAL or -ERANGE with a sentence; *ret_event is untouched then.
 */
int trace_parse(char *line, struct event *ret_event, struct error *ret_error);

/* Reads a stream that the caller opened and will close. Start with {.in = in}. */
struct trace_reader {
	FILE *in;
	size_t line_number;	   /* of the line read last */
	char line[TRACE_LINE_MAX]; /* that line: the event's strings are in it */
};

/* 1; 0: the end; or what trace_parse() or reading returned, the sentence with "line N: ". */
int trace_read(struct trace_reader *reader, struct event *ret_event, struct error *ret_error);

#endif
