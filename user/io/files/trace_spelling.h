/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How times, errors, pointers, addresses and text are spelled in a trace line. Each _parse() takes
 * back exactly what its _write() makes.
 *
 * name is what the sentence of a failure calls the value. Returns are 0, -EINVAL or -ERANGE;
 * outputs are untouched on failure.
 */
#ifndef IO_TRACE_SPELLING_H
#define IO_TRACE_SPELLING_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "user/base/address.h"
#include "user/base/error.h"

/* Bytes of the longest value's text but for strings: 63 escaped characters. */
#define TRACE_VALUE_MAX 256
/* Of a string that is written; what is longer is cut. */
#define TRACE_STRING_MAX 4096

/* Seconds with exactly nine decimals. */
void trace_time_write(FILE *out, uint64_t time_ns);
int trace_time_parse(const char *name, const char *text, uint64_t *ret_time_ns,
		     struct error *ret_error);

/* Decimal, perhaps with a minus. */
int trace_signed_parse(const char *name, const char *text, int32_t *ret_number,
		       struct error *ret_error);

/* ECONNREFUSED; what has no name as a signed number. */
void trace_errno_write(FILE *out, int32_t number);
int trace_errno_parse(const char *name, const char *text, int32_t *ret_number,
		      struct error *ret_error);

/* 0x… */
int trace_pointer_parse(const char *name, const char *text, uint64_t *ret_pointer,
			struct error *ret_error);

/* 192.0.2.1:80, [2001:db8::1]:80, 192.0.2.1, 2001:db8::1; with a scope [fe80::1%2]:80. */
void trace_address_write(FILE *out, const struct address *address);
int trace_address_parse(const char *name, const char *text, struct address *ret_address,
			struct error *ret_error);

/* Spaces, '%' and what is not printable ASCII as %XX. size: of ret_text, filled up with NULs. */
void trace_text_write(FILE *out, const char *text);
int trace_text_parse(const char *name, const char *text, size_t size, char *ret_text,
		     struct error *ret_error);

/* The same, of any length, decoded where it stands: *ret_text is text. */
void trace_string_write(FILE *out, const char *text);
int trace_string_parse(const char *name, char *text, const char **ret_text,
		       struct error *ret_error);

#endif
