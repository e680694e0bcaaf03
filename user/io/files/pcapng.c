// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Numbers, options and blocks, byte by byte. */
#include "user/io/files/pcapng.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE	 4096
#define LENGTH_UNKNOWN	 UINT64_MAX
#define SLL2_BYTES	 20
#define SLL2_TO_US	 0
#define SLL2_FROM_US	 4
#define ARPHRD_ETHER	 1
#define ARPHRD_LOOPBACK	 772
#define ETHERTYPE_IPV4	 0x0800
#define ETHERTYPE_IPV6	 0x86dd
#define JOURNAL_LEAST	 23 /* shorter ones are taken for damage by Wireshark 4.0 */
#define OPTION_BYTES_MAX UINT16_MAX

static uint8_t *make_room(struct blocks *blocks, size_t count)
{
	size_t size = blocks->size ? blocks->size : FIRST_SIZE;
	uint8_t *bytes;

	while (size - blocks->used < count)
		size *= 2;
	if (size == blocks->size)
		return blocks->bytes + blocks->used;
	bytes = realloc(blocks->bytes, size);
	if (!bytes) {
		blocks->has_failed = true;
		return NULL;
	}
	blocks->bytes = bytes;
	blocks->size = size;
	return bytes + blocks->used;
}

void blocks_put(struct blocks *blocks, const void *bytes, size_t count)
{
	uint8_t *room = blocks->has_failed ? NULL : make_room(blocks, count);

	if (!room || !count)
		return;
	memcpy(room, bytes, count);
	blocks->used += count;
}

static void put_number(struct blocks *blocks, uint64_t number, unsigned count)
{
	uint8_t bytes[8];

	for (unsigned i = 0; i < count; i++)
		bytes[i] = (uint8_t)(number >> 8 * i);
	blocks_put(blocks, bytes, count);
}

void blocks_put_u16(struct blocks *blocks, uint16_t number)
{
	put_number(blocks, number, 2);
}

void blocks_put_u32(struct blocks *blocks, uint32_t number)
{
	put_number(blocks, number, 4);
}

void blocks_put_u64(struct blocks *blocks, uint64_t number)
{
	put_number(blocks, number, 8);
}

void blocks_pad(struct blocks *blocks)
{
	static const uint8_t zeroes[4];

	blocks_put(blocks, zeroes, (4 - (blocks->used - blocks->began) % 4) % 4);
}

void blocks_begin(struct blocks *blocks, uint32_t type)
{
	blocks->began = blocks->used;
	blocks_put_u32(blocks, type);
	blocks_put_u32(blocks, 0); /* its length, once that is known */
}

void blocks_end(struct blocks *blocks)
{
	uint32_t length;

	blocks_pad(blocks);
	length = (uint32_t)(blocks->used - blocks->began + sizeof(length));
	blocks_put_u32(blocks, length);
	if (!blocks->has_failed)
		for (unsigned i = 0; i < sizeof(length); i++)
			blocks->bytes[blocks->began + sizeof(uint32_t) + i] =
				(uint8_t)(length >> 8 * i);
}

void blocks_option(struct blocks *blocks, uint16_t code, const void *bytes, size_t count)
{
	count = count < OPTION_BYTES_MAX ? count : OPTION_BYTES_MAX;
	blocks_put_u16(blocks, code);
	blocks_put_u16(blocks, (uint16_t)count);
	blocks_put(blocks, bytes, count);
	blocks_pad(blocks);
}

void blocks_text_option(struct blocks *blocks, uint16_t code, const char *text)
{
	if (text)
		blocks_option(blocks, code, text, strlen(text));
}

void pcapng_put_section(struct blocks *blocks, const struct pcapng_section *section)
{
	blocks_begin(blocks, PCAPNG_SECTION);
	blocks_put_u32(blocks, PCAPNG_BYTE_ORDER);
	blocks_put_u16(blocks, 1); /* version 1.0 */
	blocks_put_u16(blocks, 0);
	blocks_put_u64(blocks, LENGTH_UNKNOWN);
	blocks_text_option(blocks, PCAPNG_OS, section->os);
	blocks_text_option(blocks, PCAPNG_APPLICATION, section->application);
	blocks_text_option(blocks, PCAPNG_COMMENT, section->comment);
	blocks_option(blocks, PCAPNG_END, NULL, 0);
	blocks_end(blocks);
}

void pcapng_put_interface(struct blocks *blocks, const char *name, const char *description)
{
	static const uint8_t resolution = PCAPNG_NANOSECONDS;

	blocks_begin(blocks, PCAPNG_INTERFACE);
	blocks_put_u16(blocks, PCAPNG_LINK_SLL2);
	blocks_put_u16(blocks, 0);
	blocks_put_u32(blocks, PCAPNG_SNAPLEN);
	blocks_text_option(blocks, PCAPNG_NAME, name);
	blocks_text_option(blocks, PCAPNG_DESCRIPTION, description);
	blocks_option(blocks, PCAPNG_RESOLUTION, &resolution, sizeof(resolution));
	blocks_option(blocks, PCAPNG_END, NULL, 0);
	blocks_end(blocks);
}

/* Of the cooked header, numbers are big-endian. */
static void put_network_order(struct blocks *blocks, uint32_t number, unsigned count)
{
	uint8_t bytes[4];

	for (unsigned i = 0; i < count; i++)
		bytes[i] = (uint8_t)(number >> 8 * (count - 1 - i));
	blocks_put(blocks, bytes, count);
}

static void put_cooked_header(struct blocks *blocks, const struct pcapng_packet *packet)
{
	static const uint8_t no_address[8];
	bool is_ipv6 = packet->count && packet->bytes[0] >> 4 == 6;
	uint8_t type = packet->is_outbound ? SLL2_FROM_US : SLL2_TO_US, length = 0;

	put_network_order(blocks, is_ipv6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4, 2);
	put_network_order(blocks, 0, 2);
	put_network_order(blocks, packet->ifindex, 4);
	put_network_order(blocks, packet->is_loopback ? ARPHRD_LOOPBACK : ARPHRD_ETHER, 2);
	blocks_put(blocks, &type, 1);
	blocks_put(blocks, &length, 1);
	blocks_put(blocks, no_address, sizeof(no_address));
}

static void put_packet_options(struct blocks *blocks, const struct pcapng_packet *packet)
{
	uint32_t flags = packet->is_outbound ? PCAPNG_FLAG_OUTBOUND : PCAPNG_FLAG_INBOUND;

	for (size_t i = 0; i < sizeof(packet->comments) / sizeof(packet->comments[0]); i++)
		blocks_text_option(blocks, PCAPNG_COMMENT, packet->comments[i]);
	blocks_put_u16(blocks, PCAPNG_FLAGS);
	blocks_put_u16(blocks, sizeof(flags));
	blocks_put_u32(blocks, flags);
	blocks_put_u16(blocks, PCAPNG_PACKET_ID);
	blocks_put_u16(blocks, sizeof(packet->id));
	blocks_put_u64(blocks, packet->id);
	blocks_option(blocks, PCAPNG_END, NULL, 0);
}

void pcapng_put_packet(struct blocks *blocks, const struct pcapng_packet *packet)
{
	blocks_begin(blocks, PCAPNG_PACKET);
	blocks_put_u32(blocks, packet->interface);
	blocks_put_u32(blocks, (uint32_t)(packet->wall_ns >> 32));
	blocks_put_u32(blocks, (uint32_t)packet->wall_ns);
	blocks_put_u32(blocks, SLL2_BYTES + packet->count);
	blocks_put_u32(blocks, SLL2_BYTES + packet->wire_bytes);
	put_cooked_header(blocks, packet);
	blocks_put(blocks, packet->bytes, packet->count);
	blocks_pad(blocks);
	put_packet_options(blocks, packet);
	blocks_end(blocks);
}

void journal_begin(struct blocks *blocks, uint64_t wall_ns)
{
	blocks_begin(blocks, PCAPNG_JOURNAL);
	journal_number(blocks, "__REALTIME_TIMESTAMP", wall_ns / 1000);
}

/* Fit for NAME=value: no newline, and nothing else that a terminal obeys. */
static bool is_line(const char *value, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if ((uint8_t)value[i] < ' ' && value[i] != '\t')
			return false;
	return true;
}

void journal_field(struct blocks *blocks, const char *name, const char *value, size_t count)
{
	bool has_line = is_line(value, count);

	blocks_put(blocks, name, strlen(name));
	blocks_put(blocks, has_line ? "=" : "\n", 1);
	if (!has_line)
		blocks_put_u64(blocks, count);
	blocks_put(blocks, value, count);
	blocks_put(blocks, "\n", 1);
}

void journal_text(struct blocks *blocks, const char *name, const char *text)
{
	if (text)
		journal_field(blocks, name, text, strlen(text));
}

void journal_number(struct blocks *blocks, const char *name, uint64_t number)
{
	char digits[24];
	int length = snprintf(digits, sizeof(digits), "%" PRIu64, number);

	journal_field(blocks, name, digits, (size_t)length);
}

/* The fields of a block end with an empty line's worth of padding at most. */
void journal_end(struct blocks *blocks)
{
	size_t entry = blocks->used - blocks->began - 2 * sizeof(uint32_t);

	if (entry < JOURNAL_LEAST)
		journal_text(blocks, "PRIORITY", "6");
	blocks_end(blocks);
}
