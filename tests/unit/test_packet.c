/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Header bytes: read as the RFCs say, and never beyond their end. Each parse has a buffer of
 * exactly its size, for the sanitizer to guard.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "user/core/packet.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define V4		0x0800
#define V6		0x86dd

/* 10.1.0.2 to 10.2.0.2, ttl 63, id 0xe68d */
#define IPV4(protocol, words, fragment)                                                            \
	0x40 | (words), 0, 0, 60, 0xe6, 0x8d, (fragment) >> 8, (fragment)&0xff, 63, protocol, 0,   \
		0, 10, 1, 0, 2, 10, 2, 0, 2
/* 2001:db8::1 to 2001:db8::2, hop limit 62 */
#define IPV6(next) IPV6_OF(40, next)
#define IPV6_OF(bytes, next)                                                                       \
	0x60, 0, 0, 0, 0, bytes, next, 62, 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,   \
		0, 1, 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2
/* 40000 to 80, seq 0x01020304, ack 0x05060708, window 64240 */
#define TCP(words, flags)                                                                          \
	0x9c, 0x40, 0, 80, 1, 2, 3, 4, 5, 6, 7, 8, (words) << 4, flags, 0xfa, 0xf0, 0, 0, 0, 0
/* mss 1460, sack, stamps 0x11223344/0x55667788, nop, wscale 7: 20 bytes */
#define OPTIONS                                                                                    \
	2, 4, 0x05, 0xb4, 4, 2, 8, 10, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 1, 3, 3, 7
#define SYN	    TCP_FLAG_SYN
#define ALL_OPTIONS (TCP_HAS_MSS | TCP_HAS_WSCALE | TCP_HAS_SACK | TCP_HAS_TIMESTAMPS)

static const uint8_t tcp4[] = {IPV4(6, 5, 0x4000), TCP(10, SYN), OPTIONS};
static const uint8_t tcp4_options[] = {IPV4(6, 7, 0), 1, 1, 1, 1, 1, 1, 1, 0, TCP(5, SYN)};
static const uint8_t tcp4_first_fragment[] = {IPV4(6, 5, 0x2000), TCP(5, SYN)};
static const uint8_t tcp6[] = {IPV6(6), TCP(10, SYN), OPTIONS};
/* hop-by-hop (8 bytes), routing (16), destination options (8), a fragment that is the whole (8) */
static const uint8_t tcp6_extended[] = {IPV6_OF(80, 0),
					43,
					0,
					1,
					4,
					0,
					0,
					0,
					0,
					60,
					1,
					0,
					0,
					0,
					0,
					0,
					0,
					0,
					0,
					0,
					0,
					0,
					0,
					0,
					0,
					44,
					0,
					1,
					4,
					0,
					0,
					0,
					0,
					6,
					0,
					0,
					0,
					0,
					0,
					0,
					9,
					TCP(10, SYN),
					OPTIONS};
static const uint8_t icmp4_full[] = {
	IPV4(1, 5, 0), 3, 13, 0, 0, 0, 0, 0, 0, IPV4(6, 5, 0x4000), TCP(10, SYN), OPTIONS};
static const uint8_t icmp4_cut[] = {
	IPV4(1, 5, 0), 3,    4, 0,  0, 0, 0, 0x05, 0x14, IPV4(6, 6, 0x4000), 1, 1, 1, 1,
	0x9c,	       0x40, 0, 80, 1, 2, 3, 4};
static const uint8_t icmp6_full[] = {IPV6(58),	   1,	   4, 0, 0, 0, 0, 0, 0, IPV6(6),
				     TCP(10, SYN), OPTIONS};

static const struct {
	const char *name;
	const uint8_t *bytes;
	size_t count;
	uint16_t ethertype;
	size_t needed; /* shorter is refused */
} packets[] = {
	{"tcp4", tcp4, sizeof(tcp4), V4, 24},
	{"tcp4_options", tcp4_options, sizeof(tcp4_options), V4, 32},
	{"tcp4_first_fragment", tcp4_first_fragment, sizeof(tcp4_first_fragment), V4, 24},
	{"tcp6", tcp6, sizeof(tcp6), V6, 44},
	{"tcp6_extended", tcp6_extended, sizeof(tcp6_extended), V6, 84},
	{"icmp4_full", icmp4_full, sizeof(icmp4_full), V4, 52},
	{"icmp4_cut", icmp4_cut, sizeof(icmp4_cut), V4, 56},
	{"icmp6_full", icmp6_full, sizeof(icmp6_full), V6, 92},
};

static int parse(const void *bytes, size_t count, uint16_t ethertype, struct packet *ret_packet)
{
	uint8_t *copy = malloc(count ? count : 1);
	int result;

	memcpy(copy, bytes, count);
	result = packet_parse(count ? copy : copy + 1, count, ethertype, ret_packet);
	free(copy);
	return result;
}

static struct packet parsed(const uint8_t *bytes, size_t count, uint16_t ethertype)
{
	struct packet packet;

	cr_assert_eq(parse(bytes, count, ethertype, &packet), 0);
	return packet;
}

static void expect_address(const struct address *address, const char *text)
{
	char actual[ADDRESS_TEXT_MAX];

	cr_expect_str_eq(address_format_with_port(address, actual), text);
}

static void expect_segment(const struct tcp_fields *tcp, uint8_t options)
{
	cr_expect_eq(tcp->seq, 0x01020304);
	cr_expect_eq(tcp->ack, 0x05060708);
	cr_expect_eq(tcp->flags, SYN);
	cr_expect_eq(tcp->window, 64240);
	cr_assert_eq(tcp->options, options);
	cr_expect_eq(tcp->mss, options ? 1460 : 0);
	cr_expect_eq(tcp->wscale, options ? 7 : 0);
	cr_expect_eq(tcp->tsval, options ? 0x11223344 : 0);
	cr_expect_eq(tcp->tsecr, options ? 0x55667788 : 0);
}

Test(packet, tcp_over_ipv4_with_its_options)
{
	struct packet packet = parsed(tcp4, sizeof(tcp4), V4);

	cr_expect_eq(packet.kind, PACKET_TCP);
	expect_address(&packet.source, "10.1.0.2:40000");
	expect_address(&packet.destination, "10.2.0.2:80");
	cr_expect_eq(packet.ttl, 63);
	cr_expect_eq(packet.ip_id, 0xe68d);
	expect_segment(&packet.tcp, ALL_OPTIONS);
}

Test(packet, ipv4_options_are_skipped)
{
	struct packet packet = parsed(tcp4_options, sizeof(tcp4_options), V4);

	expect_address(&packet.source, "10.1.0.2:40000");
	expect_segment(&packet.tcp, 0);
}

Test(packet, tcp_over_ipv6_with_and_without_extension_headers)
{
	struct packet plain = parsed(tcp6, sizeof(tcp6), V6),
		      extended = parsed(tcp6_extended, sizeof(tcp6_extended), V6);

	expect_address(&plain.source, "[2001:db8::1]:40000");
	expect_address(&plain.destination, "[2001:db8::2]:80");
	cr_expect_eq(plain.ttl, 62);
	cr_expect_eq(plain.ip_id, 0);
	expect_segment(&plain.tcp, ALL_OPTIONS);
	cr_expect_eq(memcmp(&plain, &extended, sizeof(plain)), 0);
}

/* By the IP header's word: the bytes themselves are not kept. */
Test(packet, data_is_counted)
{
	uint8_t v4[sizeof(tcp4)], v6[sizeof(tcp6_extended)];

	memcpy(v4, tcp4, sizeof(v4));
	memcpy(v6, tcp6_extended, sizeof(v6));
	cr_expect_eq(parsed(v4, sizeof(v4), V4).tcp.data_bytes, 0);
	v4[3] = 65;
	cr_expect_eq(parsed(v4, sizeof(v4), V4).tcp.data_bytes, 5);
	v6[5] = 40 + 40 + 7;
	cr_expect_eq(parsed(v6, sizeof(v6), V6).tcp.data_bytes, 7);
}

Test(packet, icmp_with_a_full_quote_has_the_quoted_segment)
{
	struct packet v4 = parsed(icmp4_full, sizeof(icmp4_full), V4),
		      v6 = parsed(icmp6_full, sizeof(icmp6_full), V6);

	cr_expect_eq(v4.kind, PACKET_ICMP);
	cr_expect_eq(v4.icmp_type, 3);
	cr_expect_eq(v4.icmp_code, 13);
	expect_address(&v4.source, "10.1.0.2:0");
	expect_address(&v4.quoted_source, "10.1.0.2:40000");
	expect_address(&v4.quoted_destination, "10.2.0.2:80");
	cr_expect_eq(v4.ip_id, 0xe68d);
	cr_expect_not(v4.tcp_is_cut);
	expect_segment(&v4.tcp, ALL_OPTIONS);
	cr_expect_eq(v6.icmp_type, 1);
	cr_expect_eq(v6.icmp_code, 4);
	expect_address(&v6.quoted_destination, "[2001:db8::2]:80");
	expect_segment(&v6.tcp, ALL_OPTIONS);
}

Test(packet, icmp_that_quotes_eight_bytes_has_ports_and_sequence_number)
{
	struct packet packet = parsed(icmp4_cut, sizeof(icmp4_cut), V4);

	cr_expect(packet.tcp_is_cut);
	cr_expect_eq(packet.tcp.seq, 0x01020304);
	cr_expect_eq(packet.tcp.options, 0);
	cr_expect_eq(packet.mtu, 1300);
	expect_address(&packet.quoted_source, "10.1.0.2:40000");
}

Test(packet, icmp_that_quotes_fewer_has_the_ports)
{
	struct packet packet = parsed(icmp4_full, 52, V4);

	cr_expect(packet.quote_is_cut);
	cr_expect_eq(packet.tcp.seq, 0);
	expect_address(&packet.quoted_source, "10.1.0.2:40000");
	cr_expect_not(parsed(icmp4_full, 56, V4).quote_is_cut);
}

Test(packet, cut_short_is_refused_and_leaves_the_output_alone)
{
	for (size_t i = 0; i < COUNT_OF(packets); i++) {
		for (size_t count = 0; count < packets[i].count; count++) {
			struct packet packet, untouched;
			int result;

			memset(&packet, 0xa5, sizeof(packet));
			untouched = packet;
			result = parse(packets[i].bytes, count, packets[i].ethertype, &packet);
			cr_expect_eq(result, count < packets[i].needed ? -EBADMSG : 0,
				     "%s cut to %zu: %d", packets[i].name, count, result);
			if (result < 0)
				cr_expect_eq(memcmp(&packet, &untouched, sizeof(packet)), 0,
					     "%s cut to %zu", packets[i].name, count);
		}
	}
}

/* By what its IP header or its own says of lengths. */
Test(packet, a_tcp_header_that_is_not_whole_has_ports_and_sequence_number)
{
	static const uint8_t too_short[] = {IPV4(6, 5, 0), TCP(4, SYN)},
			     too_long[] = {IPV4(6, 5, 0), TCP(11, SYN), OPTIONS};
	uint8_t trimmed[sizeof(tcp4)], trimmed6[sizeof(tcp6)];
	const struct {
		const uint8_t *bytes;
		size_t count;
		uint16_t ethertype;
	} cases[] = {{too_short, sizeof(too_short), V4},
		     {too_long, sizeof(too_long), V4},
		     {tcp4, 28, V4},
		     {trimmed, sizeof(trimmed), V4},
		     {trimmed6, sizeof(trimmed6), V6}};

	memcpy(trimmed, tcp4, sizeof(tcp4));
	memcpy(trimmed6, tcp6, sizeof(tcp6));
	trimmed[3] = 59; /* of 60 */
	trimmed6[5] = 19;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct packet packet = parsed(cases[i].bytes, cases[i].count, cases[i].ethertype);

		cr_expect(packet.tcp_is_cut, "case %zu", i);
		cr_expect_eq(packet.source.port, 40000, "case %zu", i);
		cr_expect_eq(packet.destination.port, 80, "case %zu", i);
		cr_expect_eq(packet.tcp.seq, 0x01020304, "case %zu", i);
		cr_expect_eq(packet.tcp.flags, 0, "case %zu", i);
		cr_expect_eq(packet.tcp.options, 0, "case %zu", i);
	}
}

Test(packet, options_of_illegal_length_are_not_there)
{
	static const uint8_t bytes[] = {IPV4(6, 5, 0),
					TCP(10, SYN),
					4,
					3,
					0,
					2,
					3,
					5,
					3,
					4,
					7,
					0,
					34,
					3,
					0,
					30,
					2,
					8,
					4,
					0,
					1,
					1};

	cr_expect_eq(parsed(bytes, sizeof(bytes), V4).tcp.options, 0);
}

Test(packet, cut_options_are_simply_not_there)
{
	struct packet packet = parsed(tcp4, 40 + 4 + 2, V4);

	cr_expect_eq(packet.tcp.options, TCP_HAS_MSS | TCP_HAS_SACK);
	packet = parsed(tcp4, 40 + 3, V4);
	cr_expect_eq(packet.tcp.options, 0);
}

/* One changed byte of a good packet each. */
static const struct {
	const char *why;
	const uint8_t *bytes;
	size_t count;
	uint16_t ethertype;
	size_t at;
	uint8_t value;
} refused[] = {
	{"version 6 under the ethertype of IPv4", tcp4, sizeof(tcp4), V4, 0, 0x65},
	{"a header of 16 bytes", tcp4, sizeof(tcp4), V4, 0, 0x44},
	{"a header longer than the packet", tcp4_options, sizeof(tcp4_options), V4, 0, 0x4f},
	{"a later fragment", tcp4, sizeof(tcp4), V4, 7, 1},
	{"UDP", tcp4, sizeof(tcp4), V4, 9, 17},
	{"ICMPv6 over IPv4", icmp4_full, sizeof(icmp4_full), V4, 9, 58},
	{"version 4 under the ethertype of IPv6", tcp6, sizeof(tcp6), V6, 0, 0x45},
	{"a later IPv6 fragment", tcp6_extended, sizeof(tcp6_extended), V6, 40 + 8 + 16 + 8 + 3, 8},
	{"an extension header longer than the packet", tcp6_extended, sizeof(tcp6_extended), V6, 41,
	 200},
	{"encrypted (ESP)", tcp6, sizeof(tcp6), V6, 6, 50},
	{"an echo reply", icmp4_full, sizeof(icmp4_full), V4, 20, 0},
	{"an ICMPv6 echo request", icmp6_full, sizeof(icmp6_full), V6, 40, 128},
	{"an error about UDP", icmp4_full, sizeof(icmp4_full), V4, 28 + 9, 17},
	{"a quote of a later fragment", icmp4_full, sizeof(icmp4_full), V4, 28 + 7, 1},
};

Test(packet, what_is_no_segment_and_no_error_about_one_is_refused)
{
	struct packet packet;

	for (size_t i = 0; i < COUNT_OF(refused); i++) {
		uint8_t bytes[256];

		memcpy(bytes, refused[i].bytes, refused[i].count);
		bytes[refused[i].at] = refused[i].value;
		cr_expect_eq(parse(bytes, refused[i].count, refused[i].ethertype, &packet),
			     -EBADMSG, "%s", refused[i].why);
	}
	cr_expect_eq(parse(tcp4, sizeof(tcp4), 0x0806, &packet), -EBADMSG, "ARP");
}

/*
 * As the kernel does: a known kind with a wrong length is skipped, a length that leads nowhere ends
 * the list.
 */
Test(packet, odd_options_are_skipped_or_end_the_list)
{
	static const struct {
		uint8_t options[8];
		uint8_t expected;
	} cases[] = {
		{{4, 2, 2, 4, 5, 0xb4, 0, 0}, TCP_HAS_SACK | TCP_HAS_MSS},
		{{1, 1, 1, 1, 4, 2, 1, 1}, TCP_HAS_SACK},
		{{0, 4, 2, 1, 1, 1, 1, 1}, 0},		   /* the end comes first */
		{{2, 3, 5, 4, 2, 1, 1, 1}, TCP_HAS_SACK},  /* an MSS of one byte */
		{{8, 2, 4, 2, 1, 1, 1, 1}, TCP_HAS_SACK},  /* stamps without stamps */
		{{99, 4, 0, 0, 4, 2, 1, 1}, TCP_HAS_SACK}, /* unknown */
		{{99, 0, 4, 2, 1, 1, 1, 1}, 0},		   /* a length of 0 */
		{{99, 1, 4, 2, 1, 1, 1, 1}, 0},		   /* and of 1 */
		{{4, 2, 99, 7, 4, 2, 1, 1}, TCP_HAS_SACK}, /* beyond the header */
		{{1, 1, 1, 1, 1, 1, 1, 99}, 0},		   /* no room for a length */
		{{34, 2, 30, 4, 0, 0, 3, 3},
		 TCP_HAS_FASTOPEN | TCP_HAS_MPTCP}, /* window scaling is cut */
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		uint8_t bytes[48] = {IPV4(6, 5, 0), TCP(7, SYN)};

		memcpy(bytes + 40, cases[i].options, sizeof(cases[i].options));
		cr_expect_eq(parsed(bytes, sizeof(bytes), V4).tcp.options, cases[i].expected,
			     "case %zu", i);
	}
}

static uint64_t next_random(uint64_t *state) /* xorshift64 */
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	return *state ^= *state << 17;
}

/*
 * Good packets with some bytes made random, and cut anywhere: they get further in than noise would.
 */
Test(packet, random_bytes_never_crash)
{
	uint64_t state = 0x9e3779b97f4a7c15;
	unsigned accepted = 0, rejected = 0;

	for (int round = 0; round < 200000; round++) {
		size_t which = next_random(&state) % COUNT_OF(packets),
		       count = next_random(&state) % (packets[which].count + 1);
		uint8_t bytes[256];
		struct packet packet;

		memcpy(bytes, packets[which].bytes, packets[which].count);
		for (unsigned i = next_random(&state) % 8; i-- > 0;)
			bytes[next_random(&state) % packets[which].count] =
				(uint8_t)next_random(&state);
		if (parse(bytes, count, packets[which].ethertype, &packet) == 0)
			accepted++;
		else
			rejected++;
	}
	cr_expect_gt(accepted, 10000);
	cr_expect_gt(rejected, 10000);
}
