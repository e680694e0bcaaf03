/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The scripted peer's packets: what it reads from the TUN device, what it writes there. */
#ifndef LAB_PEER_PACKET_H
#define LAB_PEER_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEGMENT_QUOTE_MAX 128 /* both headers with all their options: 60 + 60 */
#define REPLY_MAX	  256

/*
 * A TCP segment as read. Numbers are in host order, addresses as they were in the packet, IPv4 in
 * the first four bytes.
 */
struct segment {
	uint8_t source[16], destination[16];
	uint32_t seq, ack;
	uint32_t tsval; /* when has_timestamps */
	uint16_t source_port, destination_port;
	uint16_t payload_bytes;
	uint8_t quote_bytes;
	uint8_t flags; /* TH_SYN and so on */
	bool is_ipv6;
	bool has_timestamps;
	uint8_t quote[SEGMENT_QUOTE_MAX]; /* the packet's first bytes, for an ICMP error */
};

/* Returns false for anything but an unfragmented TCP segment. */
bool segment_parse(const uint8_t *packet, size_t length, struct segment *ret_segment);

/* What to say to the sender of a segment, from the host it was sent to. */
struct tcp_reply {
	uint32_t seq, ack;
	uint32_t tsval, tsecr; /* when has_timestamps */
	uint8_t flags;	       /* a SYN gets MSS, SACK and window scale, too */
	uint8_t ttl;
	bool has_timestamps;
	bool has_bad_checksum;
};

/*
 * from: the router, IPv4 in the first four bytes. info is the second word of the ICMP header (an
 * MTU, for some).
 */
struct icmp_reply {
	uint8_t type, code;
	uint8_t ttl;
	bool has_wrong_quote; /* the quoted sequence number is not the segment's */
	bool has_short_quote; /* it ends with the ports */
	uint32_t info;
	uint8_t from[16];
};

/* Both return the length written to ret_packet, of REPLY_MAX bytes. */
size_t tcp_reply_build(const struct segment *to, const struct tcp_reply *reply,
		       uint8_t *ret_packet);
size_t icmp_reply_build(const struct segment *to, const struct icmp_reply *reply,
			uint8_t *ret_packet);

#endif
