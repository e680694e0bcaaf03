// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Lengths are believed only as far as the bytes go. */
#include "user/io/files/pcapng_read.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "user/io/files/pcapng.h"

#define FRAME_BYTES   12u /* the type, and the length before and after the body */
#define HEADER_BYTES  8u
#define SECTION_BYTES 16u /* byte order, version, length */
#define CAPTURE_BYTES 20u

static uint64_t number_of(const uint8_t *bytes, unsigned count, bool is_big_endian)
{
	uint64_t number = 0;

	for (unsigned i = 0; i < count; i++)
		number |= (uint64_t)bytes[is_big_endian ? count - 1 - i : i] << 8 * i;
	return number;
}

uint16_t pcapng_u16(const struct pcapng_reader *reader, const uint8_t *bytes)
{
	return (uint16_t)number_of(bytes, 2, reader->is_big_endian);
}

uint32_t pcapng_u32(const struct pcapng_reader *reader, const uint8_t *bytes)
{
	return (uint32_t)number_of(bytes, 4, reader->is_big_endian);
}

uint64_t pcapng_u64(const struct pcapng_reader *reader, const uint8_t *bytes)
{
	return number_of(bytes, 8, reader->is_big_endian);
}

static int damaged(const struct pcapng_reader *reader, struct error *ret_error, const char *what)
{
	return error_set(ret_error, -EBADMSG, "the block at byte %" PRIu64 " %s", reader->offset,
			 what);
}

static int make_room(struct pcapng_reader *reader, size_t count, struct error *ret_error)
{
	uint8_t *bytes;

	if (count <= reader->size)
		return 0;
	bytes = realloc(reader->bytes, count);
	if (!bytes)
		return error_set(ret_error, -ENOMEM, "out of memory for the block at byte %" PRIu64,
				 reader->offset);
	reader->bytes = bytes;
	reader->size = count;
	return 0;
}

static int read_bytes(struct pcapng_reader *reader, uint8_t *ret_bytes, size_t count,
		      struct error *ret_error)
{
	if (fread(ret_bytes, 1, count, reader->in) == count)
		return 0;
	if (ferror(reader->in))
		return error_set(ret_error, -EIO, "the block at byte %" PRIu64 " cannot be read",
				 reader->offset);
	return damaged(reader, ret_error, "is cut off by the end of the file");
}

/* A section says in its first word which byte order its numbers have, its own length's too. */
static int read_byte_order(struct pcapng_reader *reader, uint8_t *ret_word, struct error *ret_error)
{
	int result = read_bytes(reader, ret_word, sizeof(uint32_t), ret_error);

	if (result < 0)
		return result;
	reader->has_section = true;
	for (unsigned order = 0; order < 2; order++) {
		reader->is_big_endian = order;
		if (pcapng_u32(reader, ret_word) == PCAPNG_BYTE_ORDER)
			return 0;
	}
	return damaged(reader, ret_error, "begins a section of no known byte order");
}

/* 1, 0 at the end, or -EINVAL, -EIO, -EBADMSG. */
static int read_header(struct pcapng_reader *reader, uint8_t *ret_header, struct error *ret_error)
{
	size_t count = fread(ret_header, 1, HEADER_BYTES, reader->in);
	bool is_section =
		count >= sizeof(uint32_t) && number_of(ret_header, 4, false) == PCAPNG_SECTION;

	if (ferror(reader->in))
		return error_set(ret_error, -EIO, "it cannot be read: %s", strerror(errno));
	if (!reader->has_section && !is_section)
		return error_set(ret_error, -EINVAL, "it is no pcapng file");
	if (count == HEADER_BYTES)
		return 1;
	return count ? damaged(reader, ret_error, "is cut off by the end of the file") : 0;
}

static int check_length(const struct pcapng_reader *reader, uint32_t length, bool is_section,
			struct error *ret_error)
{
	uint32_t least = FRAME_BYTES + (is_section ? SECTION_BYTES : 0);

	if (length % 4 || length < least || length > PCAPNG_BLOCK_MAX)
		return damaged(reader, ret_error, "has a length that cannot be");
	return 0;
}

int pcapng_read(struct pcapng_reader *reader, struct pcapng_block *ret_block,
		struct error *ret_error)
{
	uint8_t header[HEADER_BYTES], order[sizeof(uint32_t)];
	uint32_t type, length, known = 0;
	int result;

	reader->offset = reader->next;
	result = read_header(reader, header, ret_error);
	if (result <= 0)
		return result;
	type = pcapng_u32(reader, header);
	if (number_of(header, 4, false) == PCAPNG_SECTION) {
		type = PCAPNG_SECTION;
		known = sizeof(order);
		result = read_byte_order(reader, order, ret_error);
	}
	length = pcapng_u32(reader, header + sizeof(type));
	if (result >= 0)
		result = check_length(reader, length, known, ret_error);
	if (result >= 0)
		result = make_room(reader, length - HEADER_BYTES, ret_error);
	if (result < 0)
		return result;
	memcpy(reader->bytes, order, known);
	result =
		read_bytes(reader, reader->bytes + known, length - HEADER_BYTES - known, ret_error);
	if (result < 0)
		return result;
	if (pcapng_u32(reader, reader->bytes + length - FRAME_BYTES) != length)
		return damaged(reader, ret_error, "has two lengths");
	reader->next += length;
	*ret_block = (struct pcapng_block){type, reader->bytes, length - FRAME_BYTES};
	return 1;
}

void pcapng_reader_release(struct pcapng_reader *reader)
{
	free(reader->bytes);
	reader->bytes = NULL;
	reader->size = 0;
}

static size_t padded(size_t count)
{
	return (count + 3) & ~(size_t)3;
}

bool pcapng_next_option(const struct pcapng_reader *reader, const struct pcapng_block *block,
			size_t *position, struct pcapng_option *ret_option)
{
	const uint8_t *at = block->body + *position;

	if (*position > block->count || block->count - *position < sizeof(uint32_t))
		return false;
	*ret_option =
		(struct pcapng_option){pcapng_u16(reader, at), at + 4, pcapng_u16(reader, at + 2)};
	*position += sizeof(uint32_t);
	if (ret_option->code == PCAPNG_END || block->count - *position < ret_option->count)
		return false;
	*position += padded(ret_option->count);
	return true;
}

bool pcapng_capture(const struct pcapng_reader *reader, const struct pcapng_block *block,
		    struct pcapng_capture *ret_capture)
{
	uint32_t count;

	if (block->type != PCAPNG_PACKET || block->count < CAPTURE_BYTES)
		return false;
	count = pcapng_u32(reader, block->body + 12);
	if (count > block->count - CAPTURE_BYTES)
		return false;
	*ret_capture = (struct pcapng_capture){
		.interface = pcapng_u32(reader, block->body),
		.wall_ns = (uint64_t)pcapng_u32(reader, block->body + 4) << 32 |
			   pcapng_u32(reader, block->body + 8),
		.bytes = block->body + CAPTURE_BYTES,
		.count = count,
		.wire_bytes = pcapng_u32(reader, block->body + 16),
		.options = CAPTURE_BYTES + padded(count),
	};
	return true;
}

/* name, newline, 64-bit little-endian length, data, newline. */
static bool read_binary(const uint8_t *value, size_t room, struct journal_entry *entry)
{
	uint64_t length;

	if (room < sizeof(length))
		return false;
	length = number_of(value, sizeof(length), false);
	if (length >= room - sizeof(length) || value[sizeof(length) + length] != '\n')
		return false;
	entry->value = (const char *)value + sizeof(length);
	entry->value_length = length;
	return true;
}

bool journal_next(const struct pcapng_block *block, size_t *position,
		  struct journal_entry *ret_entry)
{
	const uint8_t *begin = block->body + *position, *end = block->body + block->count;
	const uint8_t *line =
		*position < block->count ? memchr(begin, '\n', (size_t)(end - begin)) : NULL;
	const uint8_t *equals = line ? memchr(begin, '=', (size_t)(line - begin)) : NULL;

	if (!line || line == begin)
		return false;
	ret_entry->name = (const char *)begin;
	if (equals) {
		ret_entry->name_length = (size_t)(equals - begin);
		ret_entry->value = (const char *)equals + 1;
		ret_entry->value_length = (size_t)(line - equals - 1);
	} else {
		ret_entry->name_length = (size_t)(line - begin);
		if (!read_binary(line + 1, (size_t)(end - line - 1), ret_entry))
			return false;
	}
	*position = (size_t)((const uint8_t *)ret_entry->value - block->body) +
		    ret_entry->value_length + 1;
	return true;
}
