/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The scripted peer's packets: what it reads from the TUN device, what it writes there. */
#include "tests/lab/peer_packet.h"

#include <arpa/inet.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <string.h>

#define WINDOW			64240
#define WINDOW_SCALE		7
#define OPTION_TIMESTAMPS_BYTES 10
#define ICMP_HEADER_BYTES	8

static size_t address_bytes(const struct segment *segment)
{
	return segment->is_ipv6 ? 16 : 4;
}

static size_t ip_header_bytes(const struct segment *segment)
{
	return segment->is_ipv6 ? sizeof(struct ip6_hdr) : sizeof(struct iphdr);
}

static uint32_t sum_words(uint32_t sum, const uint8_t *bytes, size_t length)
{
	size_t i;

	for (i = 0; i + 1 < length; i += 2)
		sum += (uint32_t)(bytes[i] << 8 | bytes[i + 1]);
	if (i < length)
		sum += (uint32_t)(bytes[i] << 8);
	return sum;
}

static uint16_t checksum(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

/* Returns where the TCP header begins; 0 when there is none. */
static size_t parse_ip(const uint8_t *packet, size_t length, struct segment *segment)
{
	const struct iphdr *v4 = (const struct iphdr *)packet;
	const struct ip6_hdr *v6 = (const struct ip6_hdr *)packet;

	segment->is_ipv6 = length && packet[0] >> 4 == 6;
	if (length < ip_header_bytes(segment))
		return 0;
	if (segment->is_ipv6) {
		memcpy(segment->source, &v6->ip6_src, 16);
		memcpy(segment->destination, &v6->ip6_dst, 16);
		return v6->ip6_nxt == IPPROTO_TCP ? sizeof(*v6) : 0;
	}
	memcpy(segment->source, &v4->saddr, 4);
	memcpy(segment->destination, &v4->daddr, 4);
	if (v4->version != 4 || v4->protocol != IPPROTO_TCP ||
	    (ntohs(v4->frag_off) & (IP_OFFMASK | IP_MF)))
		return 0;
	return v4->ihl * 4U;
}

static void parse_options(const uint8_t *options, size_t length, struct segment *segment)
{
	size_t at = 0;

	while (at < length && options[at] != TCPOPT_EOL) {
		if (options[at] == TCPOPT_NOP) {
			at++;
			continue;
		}
		if (at + 1 >= length || options[at + 1] < 2 || at + options[at + 1] > length)
			return;
		if (options[at] == TCPOPT_TIMESTAMP && options[at + 1] == OPTION_TIMESTAMPS_BYTES) {
			segment->has_timestamps = true;
			memcpy(&segment->tsval, options + at + 2, sizeof(segment->tsval));
			segment->tsval = ntohl(segment->tsval);
		}
		at += options[at + 1];
	}
}

bool segment_parse(const uint8_t *packet, size_t length, struct segment *ret_segment)
{
	struct segment segment = {0};
	size_t start = parse_ip(packet, length, &segment);
	const struct tcphdr *tcp = (const struct tcphdr *)(packet + start);
	size_t header_bytes;

	if (!start || length < start + sizeof(*tcp))
		return false;
	header_bytes = tcp->doff * 4U;
	if (header_bytes < sizeof(*tcp) || length < start + header_bytes)
		return false;
	segment.seq = ntohl(tcp->seq);
	segment.ack = ntohl(tcp->ack_seq);
	segment.source_port = ntohs(tcp->source);
	segment.destination_port = ntohs(tcp->dest);
	segment.flags = tcp->th_flags;
	segment.payload_bytes = (uint16_t)(length - start - header_bytes);
	parse_options((const uint8_t *)(tcp + 1), header_bytes - sizeof(*tcp), &segment);
	segment.quote_bytes =
		(uint8_t)(start + header_bytes < SEGMENT_QUOTE_MAX ? start + header_bytes
								   : SEGMENT_QUOTE_MAX);
	memcpy(segment.quote, packet, segment.quote_bytes);
	*ret_segment = segment;
	return true;
}

static void write_ip(const struct segment *to, const uint8_t *from, uint8_t protocol, uint8_t ttl,
		     size_t payload_bytes, uint8_t *packet)
{
	struct iphdr *v4 = (struct iphdr *)packet;
	struct ip6_hdr *v6 = (struct ip6_hdr *)packet;

	memset(packet, 0, ip_header_bytes(to));
	if (to->is_ipv6) {
		v6->ip6_vfc = 6 << 4;
		v6->ip6_plen = htons((uint16_t)payload_bytes);
		v6->ip6_nxt = protocol;
		v6->ip6_hlim = ttl;
		memcpy(&v6->ip6_src, from, 16);
		memcpy(&v6->ip6_dst, to->source, 16);
		return;
	}
	v4->version = 4;
	v4->ihl = 5;
	v4->tot_len = htons((uint16_t)(sizeof(*v4) + payload_bytes));
	v4->frag_off = htons(IP_DF);
	v4->ttl = ttl;
	v4->protocol = protocol;
	memcpy(&v4->saddr, from, 4);
	memcpy(&v4->daddr, to->source, 4);
	v4->check = checksum(sum_words(0, packet, sizeof(*v4)));
}

/* The checksum with the pseudo header of TCP and ICMPv6. */
static uint16_t transport_checksum(const struct segment *to, const uint8_t *from, uint8_t protocol,
				   const uint8_t *bytes, size_t length)
{
	uint32_t sum = protocol + (uint32_t)length;

	sum = sum_words(sum, from, address_bytes(to));
	sum = sum_words(sum, to->source, address_bytes(to));
	return checksum(sum_words(sum, bytes, length));
}

static size_t write_options(const struct segment *to, const struct tcp_reply *reply,
			    uint8_t *options)
{
	uint16_t mss = to->is_ipv6 ? 1440 : 1460;
	const uint8_t syn[] = {TCPOPT_MAXSEG,
			       4,
			       (uint8_t)(mss >> 8),
			       (uint8_t)mss,
			       TCPOPT_SACK_PERMITTED,
			       2,
			       TCPOPT_NOP,
			       TCPOPT_NOP,
			       TCPOPT_NOP,
			       TCPOPT_WINDOW,
			       3,
			       WINDOW_SCALE};
	const uint8_t timestamps[] = {TCPOPT_NOP, TCPOPT_NOP, TCPOPT_TIMESTAMP,
				      OPTION_TIMESTAMPS_BYTES};
	uint32_t stamps[] = {htonl(reply->tsval), htonl(reply->tsecr)};
	size_t used = 0;

	if (reply->flags & TH_SYN) {
		memcpy(options, syn, sizeof(syn));
		used += sizeof(syn);
	}
	if (reply->has_timestamps) {
		memcpy(options + used, timestamps, sizeof(timestamps));
		memcpy(options + used + sizeof(timestamps), stamps, sizeof(stamps));
		used += sizeof(timestamps) + sizeof(stamps);
	}
	return used;
}

size_t tcp_reply_build(const struct segment *to, const struct tcp_reply *reply, uint8_t *ret_packet)
{
	size_t start = ip_header_bytes(to), tcp_bytes;
	struct tcphdr *tcp = (struct tcphdr *)(ret_packet + start);

	memset(tcp, 0, sizeof(*tcp));
	tcp_bytes = sizeof(*tcp) + write_options(to, reply, (uint8_t *)(tcp + 1));
	tcp->source = htons(to->destination_port);
	tcp->dest = htons(to->source_port);
	tcp->seq = htonl(reply->seq);
	tcp->ack_seq = htonl(reply->ack);
	tcp->doff = (uint8_t)(tcp_bytes / 4) & 0xf;
	tcp->th_flags = reply->flags;
	tcp->window = htons(reply->flags & TH_RST ? 0 : WINDOW);
	tcp->check = transport_checksum(to, to->destination, IPPROTO_TCP, (const uint8_t *)tcp,
					tcp_bytes);
	if (reply->has_bad_checksum)
		tcp->check = (uint16_t)~tcp->check;
	write_ip(to, to->destination, IPPROTO_TCP, reply->ttl, tcp_bytes, ret_packet);
	return start + tcp_bytes;
}

size_t icmp_reply_build(const struct segment *to, const struct icmp_reply *reply,
			uint8_t *ret_packet)
{
	size_t start = ip_header_bytes(to),
	       quote_bytes = reply->has_short_quote ? start + offsetof(struct tcphdr, seq)
						    : to->quote_bytes;
	size_t icmp_bytes = ICMP_HEADER_BYTES + quote_bytes;
	uint8_t *icmp = ret_packet + start, *quote = icmp + ICMP_HEADER_BYTES;
	uint8_t protocol = to->is_ipv6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	uint32_t info = htonl(reply->info);
	uint16_t check;

	memset(icmp, 0, ICMP_HEADER_BYTES);
	icmp[0] = reply->type;
	icmp[1] = reply->code;
	memcpy(icmp + 4, &info, sizeof(info));
	memcpy(quote, to->quote, quote_bytes);
	if (reply->has_wrong_quote)
		quote[(to->is_ipv6 ? start : quote[0] % 16 * 4U) + offsetof(struct tcphdr, seq)] ^=
			0x40;
	check = to->is_ipv6 ? transport_checksum(to, reply->from, protocol, icmp, icmp_bytes)
			    : checksum(sum_words(0, icmp, icmp_bytes));
	memcpy(icmp + 2, &check, sizeof(check));
	write_ip(to, reply->from, protocol, reply->ttl, icmp_bytes, ret_packet);
	return start + icmp_bytes;
}
