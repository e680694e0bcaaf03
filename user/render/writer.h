/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the lines of formats for machines are made of, gathered: a stream is given a line at once
 * (or 4 KiB of a longer one), not each of its fields. Nothing is allocated and nothing fails; the
 * stream's own error flag tells of that.
 */
#ifndef RENDER_WRITER_H
#define RENDER_WRITER_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "user/base/address.h"

#define WRITER_BYTES 4096

/* On the stack, where filling it with zeros would cost more than the line. */
struct writer {
	FILE *out;
	size_t used;
	char bytes[WRITER_BYTES];
};

void writer_init(struct writer *writer, FILE *out);
/* To the stream, which stays for its owner to flush. */
void writer_flush(struct writer *writer);

/*
 * Room for `count` bytes, no more than WRITER_BYTES, and what is written there: for what would call
 * for each byte else.
 */
static inline char *writer_room(struct writer *writer, size_t count)
{
	if (WRITER_BYTES - writer->used < count)
		writer_flush(writer);
	return writer->bytes + writer->used;
}

static inline void writer_wrote(struct writer *writer, const char *end)
{
	writer->used = (size_t)(end - writer->bytes);
}

static inline void writer_byte(struct writer *writer, char byte)
{
	*writer_room(writer, 1) = byte;
	writer->used++;
}

/* Of any length. */
void writer_bytes(struct writer *writer, const char *bytes, size_t count);
static inline void writer_text(struct writer *writer, const char *text)
{
	writer_bytes(writer, text, strlen(text));
}

void writer_integer(struct writer *writer, uint64_t number);
void writer_signed(struct writer *writer, int64_t number);
/* Microseconds with as many decimals as the nanoseconds take: "12104.512", "0.0". */
void writer_microseconds(struct writer *writer, uint64_t time_ns);
/* RFC 3339 in UTC, with nanoseconds. */
void writer_time(struct writer *writer, uint64_t wall_ns);

#endif
