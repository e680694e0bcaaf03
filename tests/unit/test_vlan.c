/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * VLAN tags that are still in the packet: the kernel side finds the IP header behind them, and
 * nothing else behind anything else.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/kernel_side.h"
#include "user/core/packet.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define IP4		0x0800
#define IP6		0x86dd
#define ARP		0x0806
#define VLAN		0x8100 /* IEEE 802.1Q */
#define SERVICE_VLAN	0x88a8 /* 802.1ad, the outer one of two */
#define OTHER_TAG	0x9100 /* not IEEE's; the kernel does not take it for a tag */
#define ETHERTYPE(type) (type) >> 8, (type)&0xff
/* Priority 2 and 3: the first half-byte of the control information looks like IP's version. */
#define LIKE_IPV4 0x40, 0x07
#define LIKE_IPV6 0x60, 0x07
#define ADDRESSES 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2

/*
 * A SYN as it was on the wire of VLAN 7 (of VLAN 3 of service VLAN 100), from its Ethernet header
 * on.
 */
#define SYN4                                                                                       \
	0x45, 0, 0, 40, 0xe6, 0x8d, 0x40, 0, 64, 6, 0, 0, 10, 1, 0, 2, 10, 2, 0, 2, 0x9c, 0x40, 0, \
		80, 1, 2, 3, 4, 0, 0, 0, 0, 0x50, 2, 0xfa, 0xf0, 0, 0, 0, 0
#define SYN6                                                                                       \
	0x60, 0, 0, 0, 0, 20, 6, 64, 0xfd, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0xfd, 0,   \
		0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x9c, 0x40, 0, 80, 1, 2, 3, 4, 0, 0, 0,  \
		0, 0x50, 2, 0xfa, 0xf0, 0, 0, 0, 0
static const uint8_t plain4[] = {ADDRESSES, ETHERTYPE(IP4), SYN4};
static const uint8_t plain6[] = {ADDRESSES, ETHERTYPE(IP6), SYN6};
static const uint8_t tagged4[] = {ADDRESSES, ETHERTYPE(VLAN), 0, 7, ETHERTYPE(IP4), SYN4};
static const uint8_t tagged6[] = {ADDRESSES, ETHERTYPE(VLAN), 0, 7, ETHERTYPE(IP6), SYN6};
static const uint8_t tagged_like_ip4[] = {ADDRESSES, ETHERTYPE(VLAN), LIKE_IPV4, ETHERTYPE(IP6),
					  SYN6};
static const uint8_t tagged_like_ip6[] = {ADDRESSES, ETHERTYPE(VLAN), LIKE_IPV6, ETHERTYPE(IP4),
					  SYN4};
static const uint8_t twice4[] = {ADDRESSES, ETHERTYPE(SERVICE_VLAN), 0,	  100, ETHERTYPE(VLAN), 0,
				 3,	    ETHERTYPE(IP4),	     SYN4};
static const uint8_t twice6[] = {ADDRESSES, ETHERTYPE(SERVICE_VLAN), 0,	  100, ETHERTYPE(VLAN), 0,
				 3,	    ETHERTYPE(IP6),	     SYN6};
static const uint8_t twice_q[] = {ADDRESSES, ETHERTYPE(VLAN), 0,   100, ETHERTYPE(VLAN),
				  LIKE_IPV4, ETHERTYPE(IP4),  SYN4};

static const struct {
	const char *name;
	const uint8_t *frame;
	size_t count;
	uint16_t protocol; /* of what follows the addresses: skb->protocol */
	uint16_t ip_type;
	int tag_bytes;
} frames[] = {
	{"IPv4", plain4, sizeof(plain4), IP4, IP4, 0},
	{"IPv6", plain6, sizeof(plain6), IP6, IP6, 0},
	{"802.1Q, IPv4", tagged4, sizeof(tagged4), VLAN, IP4, 4},
	{"802.1Q, IPv6", tagged6, sizeof(tagged6), VLAN, IP6, 4},
	{"802.1Q of priority 2", tagged_like_ip4, sizeof(tagged_like_ip4), VLAN, IP6, 4},
	{"802.1Q of priority 3", tagged_like_ip6, sizeof(tagged_like_ip6), VLAN, IP4, 4},
	{"802.1ad and 802.1Q, IPv4", twice4, sizeof(twice4), SERVICE_VLAN, IP4, 8},
	{"802.1ad and 802.1Q, IPv6", twice6, sizeof(twice6), SERVICE_VLAN, IP6, 8},
	{"802.1Q twice", twice_q, sizeof(twice_q), VLAN, IP4, 8},
};

enum { LINK_BYTES = 14 };

/* In a buffer of exactly its size, for the sanitizer to guard. */
static int tag_bytes(const uint8_t *bytes, size_t count, uint16_t ethertype)
{
	uint8_t *copy = malloc(count + 1);
	int result;

	memcpy(copy + 1, bytes, count);
	result = kernel_side_tag_bytes(copy + 1, count, ethertype);
	free(copy);
	return result;
}

/* What comes in begins behind the ethertype; what is found there is what user space then reads. */
Test(vlan, a_received_packet_is_read_behind_its_tags)
{
	for (size_t i = 0; i < COUNT_OF(frames); i++) {
		const uint8_t *data = frames[i].frame + LINK_BYTES;
		size_t count = frames[i].count - LINK_BYTES;
		int tags = tag_bytes(data, count, frames[i].protocol);
		struct packet packet;

		cr_assert_eq(tags, frames[i].tag_bytes, "%s: %d bytes of tags", frames[i].name,
			     tags);
		cr_assert_eq(
			packet_parse(data + tags, count - (size_t)tags, frames[i].ip_type, &packet),
			0, "%s", frames[i].name);
		cr_expect_eq(packet.tcp.seq, 0x01020304, "%s", frames[i].name);
		cr_expect_eq(packet.destination.port, 80, "%s", frames[i].name);
	}
}

/*
 * The kernel's network header stands at the tag (a VLAN device with reorder_hdr off) or, when a tag
 * was put in behind its back, at IP.
 */
Test(vlan, a_packet_on_its_way_out_is_read_behind_its_tags_wherever_the_network_header_is)
{
	for (size_t i = 0; i < COUNT_OF(frames); i++) {
		uint16_t ip = (uint16_t)(LINK_BYTES + frames[i].tag_bytes);

		for (uint16_t network = LINK_BYTES; network <= ip; network += 4)
			cr_expect_eq(kernel_side_ip_offset(frames[i].frame, frames[i].count, 0,
							   network, frames[i].protocol),
				     ip, "%s, network header at %u", frames[i].name, network);
	}
}

/* Without a tag the link-layer header is not looked at: a TUN device has none. */
Test(vlan, a_packet_without_link_layer_header_is_where_the_kernel_says)
{
	cr_expect_eq(kernel_side_ip_offset(plain4, sizeof(plain4), 0xffff, LINK_BYTES, IP4),
		     LINK_BYTES);
	cr_expect_eq(kernel_side_ip_offset(plain6, sizeof(plain6), 0xffff, LINK_BYTES, IP6),
		     LINK_BYTES);
}

Test(vlan, what_is_not_ip_behind_its_tags_is_refused)
{
	static const struct {
		const char *why;
		uint8_t bytes[12];
		size_t count;
		uint16_t ethertype;
	} cases[] = {
		{"ARP", {0, 1}, 2, ARP},
		{"tagged ARP", {0, 7, ETHERTYPE(ARP), 0, 1}, 6, VLAN},
		{"a third tag",
		 {0, 1, ETHERTYPE(VLAN), 0, 2, ETHERTYPE(VLAN), 0, 3, ETHERTYPE(IP4)},
		 12,
		 SERVICE_VLAN},
		{"a tag that is not IEEE's", {0, 7, ETHERTYPE(IP4), 0x45}, 5, OTHER_TAG},
		{"a tag cut within its ethertype", {0, 7, 8}, 3, VLAN},
		{"a second tag cut short", {0, 7, ETHERTYPE(VLAN), 0, 7}, 6, VLAN},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++)
		cr_expect_lt(tag_bytes(cases[i].bytes, cases[i].count, cases[i].ethertype), 0, "%s",
			     cases[i].why);
}
