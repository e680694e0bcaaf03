/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The lines of JSON output and their fields: what "every field always present, null when unknown"
 * means, in one place.
 *
 * A record is written as its fields are put, and is nothing that can be asked for one: the caller
 * closes what it opens, and puts no name twice.
 */
#ifndef RENDER_JSON_RECORD_H
#define RENDER_JSON_RECORD_H

#include <stdbool.h>

#include "user/render/writer.h"

struct json_record {
	struct writer writer;
	bool has_field; /* what is open has one: a comma comes before the next */
};

/* Begins with schema and type. */
void json_begin(struct json_record *record, FILE *out, const char *type);
/* Gives the line to the stream. */
void json_end(struct json_record *record);

/* All that follow: name is NULL for an element of a list. bracket: '{' or '['. */
void json_open(struct json_record *record, const char *name, char bracket);
void json_close(struct json_record *record, char bracket); /* '}' or ']' */

void json_put_null(struct json_record *record, const char *name);
void json_put_integer(struct json_record *record, const char *name, uint64_t number);
void json_put_signed(struct json_record *record, const char *name, int64_t number);
void json_put_boolean(struct json_record *record, const char *name, bool value);
/* The number, or null where that is not known. */
void json_put_known(struct json_record *record, const char *name, bool is_known, uint64_t number);
/*
 * In ASCII: names may hold controls of terminals, U+009B. Bytes that are no UTF-8 go through
 * safe_text(), which keeps the record; text may be NULL.
 */
void json_put_text(struct json_record *record, const char *name, const char *text);
/* A name of the kernel's: "" and NULL mean that it has none. */
void json_put_symbol(struct json_record *record, const char *name, const char *symbol);
/* RFC 3339 in UTC, with nanoseconds. */
void json_put_time(struct json_record *record, const char *name, uint64_t wall_ns);
/* Three decimals are a nanosecond. null for TIME_UNKNOWN_NS. */
void json_put_microseconds(struct json_record *record, const char *name, uint64_t time_ns);
/* Of an instant that may be before the one it is counted from. */
void json_put_offset(struct json_record *record, const char *name, int64_t time_ns);
/* Of statistics, where fractions of a nanosecond were never measured. */
void json_put_rounded(struct json_record *record, const char *name, double time_ns);
/* The address without its port, and the port; both null when there is none. */
void json_put_address(struct json_record *record, const char *name, const struct address *address);
void json_put_port(struct json_record *record, const char *name, const struct address *address);

#endif
