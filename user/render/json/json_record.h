/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The lines of JSON output and their fields: what "every field always present, null when unknown"
 * means, in one place.
 *
 * Fields come out in the order in which they are put. A value that is NULL, or could not be made,
 * is null: no field vanishes.
 */
#ifndef RENDER_JSON_RECORD_H
#define RENDER_JSON_RECORD_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "user/base/address.h"

/* An object that begins with schema and type. */
json_t *json_record_new(const char *type);
/*
 * One line; takes the record. Without memory for it the line is an object of type "error": who
 * counts lines misses none.
 */
void json_record_write(FILE *out, json_t *record);

/* Takes the value. */
void json_put(json_t *object, const char *name, json_t *value);
void json_put_integer(json_t *object, const char *name, uint64_t value);
void json_put_boolean(json_t *object, const char *name, bool value);
/* Bytes that are no UTF-8 go through safe_text(), which keeps the object; text may be NULL. */
void json_put_text(json_t *object, const char *name, const char *text);
/* A name of the kernel's: "" and NULL mean that it has none. */
void json_put_symbol(json_t *object, const char *name, const char *symbol);
/* RFC 3339 in UTC, with nanoseconds. */
void json_put_time(json_t *object, const char *name, uint64_t wall_ns);
/* The address without its port, and the port; both null when there is none. */
void json_put_address(json_t *object, const char *name, const struct address *address);
void json_put_port(json_t *object, const char *name, const struct address *address);

/* Three decimals are a nanosecond. NULL for TIME_UNKNOWN_NS. */
json_t *json_microseconds(uint64_t time_ns);
/* Of statistics, where fractions of a nanosecond were never measured. */
json_t *json_rounded_microseconds(double time_ns);

/* Fits every number of a record, with its NUL. */
#define JSON_NUMBER_MAX 64
/*
 * A number as a record has it. text has JSON_NUMBER_MAX bytes. Returns false without memory; text
 * is then unspecified.
 */
bool json_number_format(const json_t *number, char *text);

#endif
