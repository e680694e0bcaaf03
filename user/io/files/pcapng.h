/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Blocks of a pcapng file (draft-ietf-opsawg-pcapng), made in memory one after the other.
 *
 * All numbers are little-endian, whatever the host is. A block that has begun is ended before the
 * next one begins. Memory that cannot be had is remembered, and what was to be written then is
 * dropped: has_failed.
 */
#ifndef IO_PCAPNG_H
#define IO_PCAPNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* struct blocks is zeroed at first; free(bytes) ends it. */
struct blocks {
	uint8_t *bytes;
	size_t used;
	size_t size;
	size_t began; /* where the block under way begins */
	bool has_failed;
};

enum {
	PCAPNG_SECTION = 0x0a0d0d0a,
	PCAPNG_INTERFACE = 1,
	PCAPNG_PACKET = 6,
	PCAPNG_JOURNAL = 9,
};

enum {
	PCAPNG_END = 0,
	PCAPNG_COMMENT = 1,
	/* of a section */
	PCAPNG_HARDWARE = 2,
	PCAPNG_OS = 3,
	PCAPNG_APPLICATION = 4,
	/* of an interface */
	PCAPNG_NAME = 2,
	PCAPNG_DESCRIPTION = 3,
	PCAPNG_RESOLUTION = 9,
	/* of a packet */
	PCAPNG_FLAGS = 2,
	PCAPNG_PACKET_ID = 5,
};

#define PCAPNG_LINK_SLL2     276   /* LINKTYPE_LINUX_SLL2: libpcap reads but one link type a file */
#define PCAPNG_SNAPLEN	     65535 /* and one snaplen */
#define PCAPNG_BYTE_ORDER    0x1a2b3c4d
#define PCAPNG_NANOSECONDS   9 /* a resolution of 10^-9 */
#define PCAPNG_FLAG_INBOUND  1
#define PCAPNG_FLAG_OUTBOUND 2

void blocks_put(struct blocks *blocks, const void *bytes, size_t count);
void blocks_put_u16(struct blocks *blocks, uint16_t number);
void blocks_put_u32(struct blocks *blocks, uint32_t number);
void blocks_put_u64(struct blocks *blocks, uint64_t number);
/* Zeroes up to the next multiple of four. */
void blocks_pad(struct blocks *blocks);

void blocks_begin(struct blocks *blocks, uint32_t type);
void blocks_end(struct blocks *blocks);
/* One option; a text without its NUL, cut to what 16 bits can count. */
void blocks_option(struct blocks *blocks, uint16_t code, const void *bytes, size_t count);
void blocks_text_option(struct blocks *blocks, uint16_t code, const char *text);

/* A Section Header Block; strings may be NULL. */
struct pcapng_section {
	const char *comment;
	const char *os;
	const char *application;
};
void pcapng_put_section(struct blocks *blocks, const struct pcapng_section *section);

/* An Interface Description Block, of nanoseconds and SLL2. */
void pcapng_put_interface(struct blocks *blocks, const char *name, const char *description);

/* An Enhanced Packet Block: what SLL2 says of the packet, and its bytes from the IP header on. */
struct pcapng_packet {
	uint64_t wall_ns; /* CLOCK_REALTIME */
	uint64_t id;
	uint32_t interface; /* of the section, from 0 on */
	uint32_t ifindex;
	bool is_outbound;
	bool is_loopback;
	const uint8_t *bytes;
	uint32_t count;
	uint32_t wire_bytes;	 /* at least count */
	const char *comments[2]; /* NULL: none */
};
void pcapng_put_packet(struct blocks *blocks, const struct pcapng_packet *packet);

/*
 * A systemd Journal Export Block: fields, each once, between begin and end. The time comes first; a
 * reader shows it in microseconds.
 */
void journal_begin(struct blocks *blocks, uint64_t wall_ns);
/* Any bytes: what is no line of text is written in the binary form. */
void journal_field(struct blocks *blocks, const char *name, const char *value, size_t count);
void journal_text(struct blocks *blocks, const char *name, const char *text);
void journal_number(struct blocks *blocks, const char *name, uint64_t number);
void journal_end(struct blocks *blocks);

#endif
