/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The blocks of a pcapng file, one after the other, of either byte order and any number of
 * sections. Total: any bytes give blocks, and then the end or a sentence that tells where.
 */
#ifndef IO_PCAPNG_READ_H
#define IO_PCAPNG_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "user/base/error.h"

#define PCAPNG_BLOCK_MAX (16u << 20)

/*
 * Start with {.in = in}; the caller opens and closes the stream. pcapng_reader_release() ends it.
 */
struct pcapng_reader {
	FILE *in;
	uint64_t offset; /* of the block read last */
	uint64_t next;	 /* of the one behind it */
	bool is_big_endian;
	bool has_section;
	uint8_t *bytes; /* of the block's body */
	size_t size;
};

/* Valid until the next one is read. */
struct pcapng_block {
	uint32_t type;
	const uint8_t *body;
	size_t count;
};

/*
 * 1; 0: the end; -EINVAL: no pcapng file; -EBADMSG: damaged, or cut within a block; -EIO, -ENOMEM:
 * with the sentence, which tells the offset.
 */
int pcapng_read(struct pcapng_reader *reader, struct pcapng_block *ret_block,
		struct error *ret_error);
void pcapng_reader_release(struct pcapng_reader *reader);

uint16_t pcapng_u16(const struct pcapng_reader *reader, const uint8_t *bytes);
uint32_t pcapng_u32(const struct pcapng_reader *reader, const uint8_t *bytes);
uint64_t pcapng_u64(const struct pcapng_reader *reader, const uint8_t *bytes);

/* The next option; *position is where it begins in the block, and is moved behind it. */
struct pcapng_option {
	uint16_t code;
	const uint8_t *bytes;
	uint16_t count;
};
bool pcapng_next_option(const struct pcapng_reader *reader, const struct pcapng_block *block,
			size_t *position, struct pcapng_option *ret_option);

/* What an Enhanced Packet Block holds; options is the position of the first one. */
struct pcapng_capture {
	uint32_t interface;
	uint64_t wall_ns; /* in the units of its interface */
	const uint8_t *bytes;
	uint32_t count;
	uint32_t wire_bytes;
	size_t options;
};
bool pcapng_capture(const struct pcapng_reader *reader, const struct pcapng_block *block,
		    struct pcapng_capture *ret_capture);

/*
 * The next field of a journal block; name and value are where they are in the block, without a NUL.
 * False at the end, or where what follows is none.
 */
struct journal_entry {
	const char *name;
	size_t name_length;
	const char *value;
	size_t value_length;
};
bool journal_next(const struct pcapng_block *block, size_t *position,
		  struct journal_entry *ret_entry);

#endif
