/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One value of a trace line, from and to text. `value`: the field's member, field->size bytes. */
#ifndef IO_TRACE_VALUE_H
#define IO_TRACE_VALUE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "user/base/error.h"
#include "user/io/files/event_fields.h"

/* Nothing to write: zero, false, empty, no address. */
bool trace_value_is_empty(const struct trace_field *field, const void *value);

/* Not for TRACE_BOOL: its name says it all. */
void trace_value_write(FILE *out, const struct trace_field *field, const void *value);

/*
 * A string is decoded where it stands, and the value points there. Returns 0, or -EINVAL or -ERANGE
 * with a sentence; *ret_value is untouched on failure.
 */
int trace_value_parse(const struct trace_field *field, char *text, void *ret_value,
		      struct error *ret_error);

#endif
