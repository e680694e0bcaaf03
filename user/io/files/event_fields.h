/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The fields of struct event in a trace line: one table for writing and reading. */
#ifndef IO_EVENT_FIELDS_H
#define IO_EVENT_FIELDS_H

#include <stddef.h>
#include <stdint.h>

#include "user/core/event.h"

enum trace_type {
	TRACE_NUMBER,  /* unsigned decimal, 1 to 8 bytes */
	TRACE_SIGNED,  /* int32_t */
	TRACE_POINTER, /* 0x… */
	TRACE_TIME,    /* nanoseconds as seconds with nine decimals */
	TRACE_ERRNO,   /* int32_t, by name where it has one */
	/* 192.0.2.1:80, [2001:db8::1]:80, without a port 2001:db8::1; a scope as fe80::1%2 */
	TRACE_ADDRESS,
	TRACE_TEXT,   /* a char array with its NUL */
	TRACE_STRING, /* the same of a const char *, NULL for none */
	TRACE_BOOL,   /* its name, when true */
	TRACE_WORD,   /* one of `words`; without a name it stands for itself */
	/* names of the bits set, with commas; the rest as a decimal number at the end */
	TRACE_BITS,
};

/* Names of the numbers from 0 to count - 1. */
struct trace_words {
	const char *(*name)(unsigned number); /* NULL for a number without a name */
	unsigned count;
	bool is_open; /* other values are fine, too, and written as decimal numbers */
};

struct trace_field {
	const char *name; /* "" for a word that stands for itself */
	enum trace_type type;
	uint16_t offset; /* in struct event */
	uint16_t size;
	uint32_t kinds; /* bits 1 << enum event_kind: the events that have it */
	const struct trace_words *words;
};

/* In the order in which they are written. */
extern const struct trace_field trace_fields[];
extern const size_t trace_field_count;

/* event_kind_name() backwards; EVENT_UNKNOWN for a name that is not known. */
enum event_kind trace_kind_find(const char *name);

/* The number of `name`, or -1. */
int trace_words_find(const struct trace_words *words, const char *name);

/* The name of `number`, or NULL. */
const char *trace_words_name(const struct trace_words *words, unsigned number);

#endif
