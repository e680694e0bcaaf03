/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Bytes of a packet, changed as the shape says; its transport checksum stays what it was. */
#include "tests/lab/peer_shape.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#define IPV4_BYTES     20
#define IPV6_BYTES     40
#define FRAGMENT_BYTES 8
/* Of TCP: ports, sequence number, and half of the next one. */
#define EARLY_END 10

static size_t header_bytes(const uint8_t *packet)
{
	return packet[0] >> 4 == 6 ? IPV6_BYTES : IPV4_BYTES;
}

static void put_u16(uint8_t *at, size_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

/* RFC 1071 */
static void set_ip_checksum(uint8_t *packet)
{
	uint32_t sum = 0;

	put_u16(packet + 10, 0);
	for (size_t i = 0; i < IPV4_BYTES; i += 2)
		sum += (uint32_t)(packet[i] << 8 | packet[i + 1]);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	put_u16(packet + 10, ~sum & 0xffff);
}

/* bytes: of what follows the IP header. */
static void set_length(uint8_t *packet, size_t bytes)
{
	if (header_bytes(packet) == IPV6_BYTES) {
		put_u16(packet + 4, bytes);
		return;
	}
	put_u16(packet + 2, IPV4_BYTES + bytes);
	set_ip_checksum(packet);
}

/* Between the IPv6 header and what follows it. */
static void insert(uint8_t *packet, size_t *length, const uint8_t *extension, size_t bytes)
{
	memmove(packet + IPV6_BYTES + bytes, packet + IPV6_BYTES, *length - IPV6_BYTES);
	memcpy(packet + IPV6_BYTES, extension, bytes);
	packet[IPV6_BYTES] = packet[6];
	*length += bytes;
	set_length(packet, *length - IPV6_BYTES);
}

/* "more" and the offset in bytes, RFC 8200 section 4.5. */
static void insert_fragment_header(uint8_t *packet, size_t *length, size_t offset, bool has_more)
{
	uint8_t header[FRAGMENT_BYTES] = {
		0, 0, (uint8_t)(offset >> 8), (uint8_t)(offset | has_more), 1, 2, 3, 4};

	insert(packet, length, header, sizeof(header));
	packet[6] = IPPROTO_FRAGMENT;
}

/*
 * Destination options, filled with PadN, and one hop-by-hop header before them, where alone it may
 * be.
 */
static void insert_extensions(uint8_t *packet, size_t *length)
{
	static const uint8_t padding[8] = {0, 0, 1, 4, 0, 0, 0, 0};

	for (int i = 0; i < 4; i++) {
		insert(packet, length, padding, sizeof(padding));
		packet[6] = i == 3 ? IPPROTO_HOPOPTS : IPPROTO_DSTOPTS;
	}
}

/* As small as fragments can be. */
static void cut_to_pieces(const uint8_t *packet, size_t length, struct shaped *shaped)
{
	/*
	 * Of IPv6 the kernel takes no first fragment without a whole TCP header but for its options
	 * (RFC 7112).
	 */
	size_t start = header_bytes(packet), bytes = length - start,
	       piece = start == IPV6_BYTES ? 24 : 16;

	if (bytes > piece * SHAPE_PARTS_MAX)
		piece = (bytes / SHAPE_PARTS_MAX + 8) & ~7UL;
	shaped->count = 0;
	for (size_t offset = 0; offset < bytes; offset += piece) {
		uint8_t *part = shaped->packets[shaped->count];
		size_t part_bytes = bytes - offset < piece ? bytes - offset : piece;
		bool has_more = offset + part_bytes < bytes;

		memcpy(part, packet, start);
		memcpy(part + start, packet + start + offset, part_bytes);
		shaped->lengths[shaped->count] = start + part_bytes;
		if (start == IPV6_BYTES) {
			insert_fragment_header(part, &shaped->lengths[shaped->count], offset,
					       has_more);
		} else {
			put_u16(part + 6, offset / 8 | (has_more ? 0x2000u : 0u));
			set_length(part, part_bytes);
		}
		shaped->count++;
	}
}

void peer_shape(enum peer_shape shape, const uint8_t *packet, size_t length,
		struct shaped *ret_shaped)
{
	uint8_t *first = ret_shaped->packets[0], *transport = first + header_bytes(packet);

	memcpy(first, packet, length);
	ret_shaped->count = 1;
	ret_shaped->lengths[0] = length;
	switch (shape) {
	case PEER_WHOLE:
		break;
	case PEER_BAD_ICMP_CHECKSUM:
		transport[2] ^= 0x55;
		break;
	case PEER_BAD_IP_CHECKSUM:
		first[10] ^= 0x55;
		break;
	case PEER_SHORT_IP_LENGTH:
		set_length(first, EARLY_END);
		break;
	case PEER_ENDS_EARLY:
		set_length(first, EARLY_END);
		ret_shaped->lengths[0] = header_bytes(packet) + EARLY_END;
		break;
	case PEER_SHORT_TCP_LENGTH:
		transport[12] = 4 << 4;
		break;
	case PEER_LONG_TCP_LENGTH:
		transport[12] = 15 << 4;
		break;
	case PEER_ATOMIC_FRAGMENT:
		insert_fragment_header(first, &ret_shaped->lengths[0], 0, false);
		break;
	case PEER_EXTENSIONS:
		insert_extensions(first, &ret_shaped->lengths[0]);
		break;
	case PEER_FRAGMENTS:
		cut_to_pieces(packet, length, ret_shaped);
		break;
	case PEER_FIRST_FRAGMENT:
		cut_to_pieces(packet, length, ret_shaped);
		ret_shaped->count = 1;
		break;
	}
}
