/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Header bytes read into fields. Total: any bytes give a packet or an error. */
#ifndef CORE_PACKET_H
#define CORE_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/base/address.h"

/* TCP flags as in the header (RFC 9293, section 3.1). */
enum {
	TCP_FLAG_FIN = 0x01,
	TCP_FLAG_SYN = 0x02,
	TCP_FLAG_RST = 0x04,
	TCP_FLAG_PSH = 0x08,
	TCP_FLAG_ACK = 0x10,
	TCP_FLAG_URG = 0x20,
	TCP_FLAG_ECE = 0x40,
	TCP_FLAG_CWR = 0x80,
};

/* Which options a TCP header carried. */
enum {
	TCP_HAS_MSS = 0x01,
	TCP_HAS_WSCALE = 0x02,
	TCP_HAS_SACK = 0x04,
	TCP_HAS_TIMESTAMPS = 0x08,
	TCP_HAS_FASTOPEN = 0x10,
	TCP_HAS_MPTCP = 0x20,
};

struct tcp_fields {
	uint32_t seq;
	uint32_t ack;
	uint32_t tsval; /* 0 without TCP_HAS_TIMESTAMPS */
	uint32_t tsecr;
	uint16_t window; /* not scaled */
	uint16_t mss;
	uint16_t data_bytes; /* behind the header, by the IP header's word; 0 of a quoted segment */
	uint8_t flags;
	uint8_t wscale;
	uint8_t options; /* TCP_HAS_* */
	uint8_t pad;
};

enum packet_kind {
	PACKET_TCP = 1,
	/* an ICMP or ICMPv6 error; `tcp` and the quoted_ fields are of the packet that it quotes */
	PACKET_ICMP,
	/*
	 * of a drop: none that can be read, but it carries a segment of the attempt's own socket: a
	 * tunnel's outer packet. No field is set
	 */
	PACKET_CARRIER,
};

struct packet {
	enum packet_kind kind;
	struct address source;	    /* of the outer packet; the ports are TCP's, 0 for ICMP */
	struct address destination; /* likewise */
	uint8_t ttl;		    /* or hop limit */
	uint8_t icmp_type;
	uint8_t icmp_code;
	/*
	 * The TCP header ends before its time (an ICMP error quotes 8 bytes of it at least), or its
	 * lengths or IP's lie, or it is in fragments: only the ports, and seq when it is there, are
	 * known.
	 */
	bool tcp_is_cut;
	/* an ICMP error's, before the sequence number (RFC 792): of which SYN is not known */
	bool quote_is_cut;
	uint16_t ip_id; /* IPv4 identification (of the quoted packet for ICMP); 0 for IPv6 */
	uint16_t mtu;	/* ICMP 3/4 and ICMPv6 2: next-hop MTU */
	struct tcp_fields tcp;
	struct address quoted_source;
	struct address quoted_destination;
};

/*
 * bytes begin at the IP header; ethertype is 0x0800 or 0x86dd. IPv6 extension headers are skipped.
 * Returns 0; -EBADMSG for what is no TCP segment and no ICMP error about one (including later
 * fragments), or is cut short.
 */
int packet_parse(const uint8_t *bytes, size_t count, uint16_t ethertype, struct packet *ret_packet);

/* No failure: the kernel goes on with a smaller segment. family: AF_INET or AF_INET6. */
bool packet_is_fragmentation_needed(int family, uint8_t type, uint8_t code);

#endif
