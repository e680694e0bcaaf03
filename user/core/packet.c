// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Header bytes, read into fields. */
#include "user/core/packet.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

enum {
	PROTOCOL_ICMP = 1,
	PROTOCOL_TCP = 6,
	PROTOCOL_ICMPV6 = 58,
	ETHERTYPE_IPV4 = 0x0800,
	ETHERTYPE_IPV6 = 0x86dd,
	/* RFC 792: an ICMP error quotes at least 8 bytes behind the IP header */
	QUOTED_AT_LEAST = 8,
	TCP_HEADER_MIN = 20,
	PORTS_BYTES = 4,
};

/* What is left to read. */
struct bytes {
	const uint8_t *at;
	size_t count;
};

static uint16_t read_u16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t read_u32(const uint8_t *at)
{
	return (uint32_t)read_u16(at) << 16 | read_u16(at + 2);
}

static bool bytes_skip(struct bytes *bytes, size_t count)
{
	if (bytes->count < count)
		return false;
	bytes->at += count;
	bytes->count -= count;
	return true;
}

struct ip_header {
	struct address source;
	struct address destination;
	uint8_t protocol;
	uint8_t ttl;
	uint16_t id;
	bool is_first; /* of several fragments: the rest follows in others */
	/* by the header, what follows it; SIZE_MAX: it does not say (RFC 2675) */
	size_t payload;
};

static size_t left_of(size_t total, size_t used)
{
	if (total == SIZE_MAX)
		return SIZE_MAX;
	return total > used ? total - used : 0;
}

static int read_ipv4(struct bytes *bytes, struct ip_header *ret_header)
{
	const uint8_t *at = bytes->at;

	if (bytes->count < 20 || at[0] >> 4 != 4 || (at[0] & 0x0f) < 5)
		return -EBADMSG;
	if (read_u16(at + 6) & 0x1fff) /* a later fragment: no TCP header in it */
		return -EBADMSG;
	ret_header->is_first = read_u16(at + 6) & 0x2000;
	ret_header->id = read_u16(at + 4);
	ret_header->ttl = at[8];
	ret_header->protocol = at[9];
	ret_header->source = address_make(AF_INET, at + 12, 0);
	ret_header->destination = address_make(AF_INET, at + 16, 0);
	ret_header->payload =
		left_of(read_u16(at + 2) ? read_u16(at + 2) : SIZE_MAX, (size_t)(at[0] & 0x0f) * 4);
	return bytes_skip(bytes, (size_t)(at[0] & 0x0f) * 4) ? 0 : -EBADMSG;
}

/* Extension headers before TCP (RFC 8200, section 4); the first fragment has the TCP header. */
static bool is_extension(uint8_t protocol)
{
	return protocol == 0 || protocol == 43 || protocol == 44 || protocol == 60;
}

static int read_ipv6(struct bytes *bytes, struct ip_header *ret_header)
{
	const uint8_t *at = bytes->at;

	if (bytes->count < 40 || at[0] >> 4 != 6)
		return -EBADMSG;
	ret_header->is_first = false;
	ret_header->id = 0;
	ret_header->protocol = at[6];
	ret_header->ttl = at[7];
	ret_header->source = address_make(AF_INET6, at + 8, 0);
	ret_header->destination = address_make(AF_INET6, at + 24, 0);
	ret_header->payload = read_u16(bytes->at + 4) ? read_u16(bytes->at + 4) : SIZE_MAX;
	bytes_skip(bytes, 40);
	while (is_extension(ret_header->protocol)) {
		bool is_fragment = ret_header->protocol == 44;
		size_t length;

		if (bytes->count < 8 || (is_fragment && read_u16(bytes->at + 2) & 0xfff8))
			return -EBADMSG;
		ret_header->is_first |= is_fragment && bytes->at[3] & 1;
		ret_header->protocol = bytes->at[0];
		length = is_fragment ? 8 : (size_t)(bytes->at[1] + 1) * 8;
		ret_header->payload = left_of(ret_header->payload, length);
		if (!bytes_skip(bytes, length))
			return -EBADMSG;
	}
	return 0;
}

/* One TCP option, length included. A known kind of a wrong length is skipped, as by the kernel. */
static void read_option(const uint8_t *at, size_t length, struct tcp_fields *tcp)
{
	switch (at[0]) {
	case 2:
		if (length == 4) {
			tcp->mss = read_u16(at + 2);
			tcp->options |= TCP_HAS_MSS;
		}
		break;
	case 3:
		if (length == 3) {
			tcp->wscale = at[2];
			tcp->options |= TCP_HAS_WSCALE;
		}
		break;
	case 4:
		if (length == 2)
			tcp->options |= TCP_HAS_SACK;
		break;
	case 8:
		if (length == 10) {
			tcp->tsval = read_u32(at + 2);
			tcp->tsecr = read_u32(at + 6);
			tcp->options |= TCP_HAS_TIMESTAMPS;
		}
		break;
	case 30:
		if (length >= 3) /* RFC 8684: with a subtype */
			tcp->options |= TCP_HAS_MPTCP;
		break;
	case 34:
		/* RFC 7413: asked for, or a cookie */
		if (length == 2 || (length >= 6 && length <= 18 && length % 2 == 0))
			tcp->options |= TCP_HAS_FASTOPEN;
		break;
	}
}

static void read_options(struct bytes options, struct tcp_fields *tcp)
{
	while (options.count && options.at[0] != 0) {
		size_t length = 1;

		if (options.at[0] != 1) { /* all but the one-byte NOP carry their length */
			if (options.count < 2 || options.at[1] < 2 || options.at[1] > options.count)
				return;
			length = options.at[1];
			read_option(options.at, length, tcp);
		}
		bytes_skip(&options, length);
	}
}

/* payload: bytes by the IP header, of which some may not be copied. false when it is not whole. */
static bool read_tcp(struct bytes bytes, size_t payload, struct tcp_fields *ret_tcp)
{
	struct tcp_fields tcp = {0};
	size_t header;

	if (bytes.count < TCP_HEADER_MIN || payload < TCP_HEADER_MIN)
		return false;
	tcp.seq = read_u32(bytes.at + 4);
	tcp.ack = read_u32(bytes.at + 8);
	tcp.flags = bytes.at[13];
	tcp.window = read_u16(bytes.at + 14);
	header = (size_t)(bytes.at[12] >> 4) * 4;
	if (header < TCP_HEADER_MIN || header > payload)
		return false;
	tcp.data_bytes = payload == SIZE_MAX ? 0 : (uint16_t)(payload - header);
	if (header > bytes.count)
		header = bytes.count;
	if (header > TCP_HEADER_MIN)
		read_options((struct bytes){bytes.at + TCP_HEADER_MIN, header - TCP_HEADER_MIN},
			     &tcp);
	*ret_tcp = tcp;
	return true;
}

/* Whether fragments ever become a whole is not for the first one to say. */
static int read_segment(struct bytes bytes, const struct ip_header *ip, struct packet *packet)
{
	size_t payload = ip->payload;

	if (bytes.count < PORTS_BYTES || payload < PORTS_BYTES)
		return -EBADMSG;
	packet->source.port = read_u16(bytes.at);
	packet->destination.port = read_u16(bytes.at + 2);
	if (bytes.count >= QUOTED_AT_LEAST && payload >= QUOTED_AT_LEAST)
		packet->tcp.seq = read_u32(bytes.at + 4);
	packet->tcp_is_cut = ip->is_first || !read_tcp(bytes, payload, &packet->tcp);
	return 0;
}

static bool is_icmp_error(uint8_t protocol, uint8_t type)
{
	if (protocol == PROTOCOL_ICMP)
		return type == 3 || type == 11 || type == 12; /* RFC 792 */
	return type >= 1 && type <= 4;			      /* RFC 4443 */
}

/* The packet that an ICMP error quotes; routers may cut it after 8 bytes of TCP. */
static int read_quote(struct bytes bytes, int family, struct packet *packet)
{
	struct ip_header quoted;
	int result = family == AF_INET ? read_ipv4(&bytes, &quoted) : read_ipv6(&bytes, &quoted);

	if (result < 0)
		return result;
	if (quoted.protocol != PROTOCOL_TCP || bytes.count < PORTS_BYTES)
		return -EBADMSG;
	packet->ip_id = quoted.id;
	packet->quoted_source = quoted.source;
	packet->quoted_destination = quoted.destination;
	packet->quoted_source.port = read_u16(bytes.at);
	packet->quoted_destination.port = read_u16(bytes.at + 2);
	packet->quote_is_cut = bytes.count < QUOTED_AT_LEAST;
	if (!packet->quote_is_cut)
		packet->tcp.seq = read_u32(bytes.at + 4);
	packet->tcp_is_cut =
		/* what its IP header says of lengths, routers have changed at will */
		!read_tcp(bytes, SIZE_MAX, &packet->tcp);
	return 0;
}

static int read_icmp(struct bytes bytes, uint8_t protocol, struct packet *packet)
{
	if (bytes.count < 8 || !is_icmp_error(protocol, bytes.at[0]))
		return -EBADMSG;
	packet->kind = PACKET_ICMP;
	packet->icmp_type = bytes.at[0];
	packet->icmp_code = bytes.at[1];
	packet->mtu = read_u16(bytes.at + 6);
	bytes_skip(&bytes, 8);
	return read_quote(bytes, protocol == PROTOCOL_ICMP ? AF_INET : AF_INET6, packet);
}

int packet_parse(const uint8_t *data, size_t count, uint16_t ethertype, struct packet *ret_packet)
{
	struct bytes bytes = {data, count};
	struct packet packet = {0};
	struct ip_header header;
	int result = -EBADMSG;

	if (ethertype == ETHERTYPE_IPV4)
		result = read_ipv4(&bytes, &header);
	else if (ethertype == ETHERTYPE_IPV6)
		result = read_ipv6(&bytes, &header);
	if (result < 0)
		return result;
	packet.source = header.source;
	packet.destination = header.destination;
	packet.ttl = header.ttl;
	packet.ip_id = header.id;
	if (header.protocol == PROTOCOL_TCP) {
		packet.kind = PACKET_TCP;
		result = read_segment(bytes, &header, &packet);
	} else if (header.protocol ==
		   (ethertype == ETHERTYPE_IPV4 ? PROTOCOL_ICMP : PROTOCOL_ICMPV6)) {
		result = read_icmp(bytes, header.protocol, &packet);
	} else {
		return -EBADMSG;
	}
	if (result < 0)
		return result;
	*ret_packet = packet;
	return 0;
}

bool packet_is_fragmentation_needed(int family, uint8_t type, uint8_t code)
{
	return family == AF_INET ? type == 3 && code == 4 : type == 2;
}
