/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Headers of packets: where IP begins, and the tuple. Reads no more than filtering needs. */
#ifndef BPF_HEADER_H
#define BPF_HEADER_H

#include "bpf/follow.bpf.h"

#define IPPROTO_ICMP   1
#define IPPROTO_ICMPV6 58

#define KTP_FIN 0x01
#define KTP_SYN 0x02
#define KTP_RST 0x04
#define KTP_ACK 0x10

/* IEEE 802.1Q and, for the outer one of two, 802.1ad; a third tag is not IP to us. */
#define ETH_P_8021Q	   0x8100
#define ETH_P_8021AD	   0x88a8
#define KTP_TAGS_MAX	   2
#define KTP_TAG_BYTES	   4
#define KTP_ETHERNET_BYTES 14

#define KTP_FRAGMENT	   44
#define KTP_EXTENSIONS_MAX 6

enum ktp_packet_kind { KTP_NO_PACKET, KTP_TCP, KTP_ICMP };

static const void *(*const ktp_rdonly_cast)(const void *object,
					    __u32 btf_id) = (const void *)KTP_RDONLY_CAST;

/*
 * A field of a typed pointer is read by one instruction, where copying it calls a function. But for
 * each pointer that is followed from one it trusts, the verifier (from 6.2 on) searches the whole
 * of the kernel's BTF by name, a millisecond each time. From one that is good for reading only it
 * does not.
 */
static __always_inline const struct sk_buff *ktp_readable_skb(const struct sk_buff *skb)
{
	return ktp_config.has_rdonly_cast ? ktp_rdonly_cast(skb, ktp_config.sk_buff_id) : skb;
}

static __always_inline const struct net_device *ktp_readable_dev(const struct net_device *dev)
{
	return ktp_config.has_rdonly_cast ? ktp_rdonly_cast(dev, ktp_config.net_device_id) : dev;
}

/* For is_same_tuple(). */
#define KTP_ALIGNED __attribute__((aligned(8)))

/*
 * What filtering needs to know of a packet. Addresses as in the TCP header it carries, or, for an
 * ICMP error, in the one it quotes.
 */
struct ktp_packet {
	KTP_ALIGNED struct ktp_tuple tuple; /* local = source */
	__u8 flags;			    /* TCP; 0 for ICMP */
	__u8 kind;			    /* enum ktp_packet_kind */
	__u16 pad;
	__u32 seq; /* of the segment, or of the quoted one */
	__u32 ack; /* of the segment; 0 for ICMP */
};

/* RFC 9293 section 3.1, up to the window. */
struct ktp_segment {
	__u16 source;
	__u16 destination;
	__u32 seq;
	__u32 ack;
	__u8 data_offset;
	__u8 flags;
	__u16 window;
};

struct ktp_ipv4 {
	__u8 version_and_length;
	__u8 tos;
	__u16 total_length;
	__u16 id;
	__u16 fragment;
	__u8 ttl;
	__u8 protocol;
	__u16 checksum;
	__u8 source[4];
	__u8 destination[4];
};

struct ktp_ipv6 {
	__u32 version_and_flow;
	__u16 payload_length;
	__u8 next_header;
	__u8 hop_limit;
	__u8 source[16];
	__u8 destination[16];
};

/*
 * What nearly every packet begins with is copied at once. Behind its end there is other memory of
 * the kernel, never none.
 */
union ktp_start {
	struct {
		struct ktp_ipv4 header;
		struct ktp_segment segment;
	} v4;
	struct {
		struct ktp_ipv6 header;
		struct ktp_segment segment;
	} v6;
};

/* Where the transport header is, its protocol, and its first bytes, read as a segment's. */
struct ktp_transport {
	const void *at;
	struct ktp_segment segment;
	__u8 protocol;
};

static __always_inline bool ktp_read_transport(struct ktp_transport *transport)
{
	return !bpf_probe_read_kernel(&transport->segment, sizeof(transport->segment),
				      transport->at);
}

static __always_inline bool ktp_read_ipv4(const union ktp_start *start, struct ktp_tuple *tuple,
					  struct ktp_transport *transport)
{
	const struct ktp_ipv4 *header = &start->v4.header;
	__u32 bytes = (header->version_and_length & 0x0f) * 4;

	if (header->fragment & __builtin_bswap16(0x1fff))
		return false; /* a later fragment has no TCP header */
	tuple->family = AF_INET;
	__builtin_memcpy(tuple->local, header->source, 4);
	__builtin_memcpy(tuple->remote, header->destination, 4);
	transport->protocol = header->protocol;
	transport->at += bytes;
	transport->segment = start->v4.segment;
	return bytes == sizeof(*header) || ktp_read_transport(transport);
}

/*
 * Hop-by-hop, routing, fragment and destination options (RFC 8200). A translator from IPv4 puts a
 * fragment header before whatever it translates (RFC 6145).
 */
static __always_inline bool ktp_is_extension(__u32 next_header)
{
	return next_header < 64 &&
	       (1ull << 0 | 1ull << 43 | 1ull << KTP_FRAGMENT | 1ull << 60) >> next_header & 1;
}

/* All bits or none, without a branch: of several in a row the verifier would go all ways. */
static __always_inline __u64 ktp_mask_if_zero(__u32 number)
{
	__s64 mask = (__s64)(__u64)number - 1;

	barrier_var(mask);
	return (__u64)(mask >> 63);
}

/*
 * How far behind `at` the transport header is, and what it is: offset << 8 | next header; negative
 * when there is none to be read. Global, so that the verifier looks at it once a program, and not
 * at all that follows for each number of extensions.
 */
__weak __noinline int ktp_find_transport(__u64 at, __u32 next_header)
{
	__u32 offset = 0;

	for (int i = 0; i < KTP_EXTENSIONS_MAX && ktp_is_extension(next_header); i++) {
		__u64 fragment = ktp_mask_if_zero(next_header ^ KTP_FRAGMENT);
		__u8 extension[4];

		if (bpf_probe_read_kernel(extension, sizeof(extension),
					  (const void *)(at + offset)) ||
		    fragment & (extension[2] | (extension[3] & 0xf8)))
			return -1; /* a later fragment has no TCP header */
		next_header = extension[0];
		offset += 8 + (~fragment & extension[1]) * 8;
	}
	return (int)(offset << 8 | (next_header & 0xff));
}

static __always_inline bool ktp_read_extensions(struct ktp_transport *transport)
{
	__u64 at;
	int found;

	/*
	 * By copying it becomes a number, which is all that a global function takes; 7.2 has it as
	 * a pointer.
	 */
	if (bpf_probe_read_kernel(&at, sizeof(at), &transport->at))
		return false;
	found = ktp_find_transport(at, transport->protocol);
	if (found < 0)
		return false;
	transport->protocol = (__u8)found;
	transport->at += found >> 8;
	return ktp_read_transport(transport);
}

static __always_inline bool ktp_read_ipv6(const union ktp_start *start, struct ktp_tuple *tuple,
					  struct ktp_transport *transport)
{
	const struct ktp_ipv6 *header = &start->v6.header;

	tuple->family = AF_INET6;
	__builtin_memcpy(tuple->local, header->source, 16);
	__builtin_memcpy(tuple->remote, header->destination, 16);
	transport->protocol = header->next_header;
	transport->at += sizeof(*header);
	transport->segment = start->v6.segment;
	return !ktp_is_extension(transport->protocol) || ktp_read_extensions(transport);
}

/* Reads an IP header into the tuple. False when it is none, or what follows cannot be read. */
static __always_inline bool ktp_read_ip(const void *ip, struct ktp_tuple *tuple,
					struct ktp_transport *transport)
{
	union ktp_start start;

	if (bpf_probe_read_kernel(&start, sizeof(start), ip))
		return false;
	transport->at = ip;
	if (start.v4.header.version_and_length >> 4 == 4)
		return ktp_read_ipv4(&start, tuple, transport);
	return start.v4.header.version_and_length >> 4 == 6 &&
	       ktp_read_ipv6(&start, tuple, transport);
}

/* No more than an ICMP error is sure to quote. */
static __always_inline void ktp_take_ports(const struct ktp_segment *segment,
					   struct ktp_packet *packet)
{
	packet->tuple.local_port = __builtin_bswap16(segment->source);
	packet->tuple.remote_port = __builtin_bswap16(segment->destination);
	packet->seq = __builtin_bswap32(segment->seq);
}

/*
 * An ICMP error (RFC 792, RFC 4443) about a TCP segment? Then the tuple becomes the quoted
 * segment's.
 */
static __always_inline bool ktp_read_quote(const struct ktp_transport *icmp,
					   struct ktp_packet *packet)
{
	struct ktp_tuple *tuple = &packet->tuple;
	struct ktp_transport quoted = {};
	__u8 type = (__u8)icmp->segment.source; /* the first byte */

	if (icmp->protocol == IPPROTO_ICMP ? (type != 3 && type != 11 && type != 12)
					   : (type < 1 || type > 4))
		return false;
	__builtin_memset(tuple->local, 0, sizeof(tuple->local) + sizeof(tuple->remote));
	if (!ktp_read_ip(icmp->at + 8, tuple, &quoted) || quoted.protocol != IPPROTO_TCP)
		return false;
	ktp_take_ports(&quoted.segment, packet);
	return true;
}

static __always_inline void ktp_take_segment(const struct ktp_segment *segment,
					     struct ktp_packet *packet)
{
	ktp_take_ports(segment, packet);
	packet->kind = KTP_TCP;
	packet->flags = segment->flags;
	packet->ack = __builtin_bswap32(segment->ack);
}

/* A TCP segment only: what a followed socket sends. Fills *packet but for tuple.netns. */
static __always_inline bool ktp_read_segment(const void *ip, struct ktp_packet *packet)
{
	struct ktp_transport transport = {};

	if (!ktp_read_ip(ip, &packet->tuple, &transport) || transport.protocol != IPPROTO_TCP)
		return false;
	ktp_take_segment(&transport.segment, packet);
	return true;
}

/* The same, or an ICMP error about a segment. */
static __always_inline bool ktp_read_packet(const void *ip, struct ktp_packet *packet)
{
	struct ktp_transport transport = {};

	if (!ktp_read_ip(ip, &packet->tuple, &transport))
		return false;
	if (transport.protocol == IPPROTO_TCP) {
		ktp_take_segment(&transport.segment, packet);
		return true;
	}
	packet->kind = KTP_ICMP;
	return (transport.protocol == IPPROTO_ICMP || transport.protocol == IPPROTO_ICMPV6) &&
	       ktp_read_quote(&transport, packet);
}

/* Swap the two ends. */
static __always_inline void ktp_tuple_reverse(struct ktp_tuple *tuple)
{
	__u8 address[16];
	__u16 port = tuple->local_port;

	__builtin_memcpy(address, tuple->local, 16);
	__builtin_memcpy(tuple->local, tuple->remote, 16);
	__builtin_memcpy(tuple->remote, address, 16);
	tuple->local_port = tuple->remote_port;
	tuple->remote_port = port;
}

static __always_inline bool ktp_is_tag(__be16 protocol)
{
	return protocol == __builtin_bswap16(ETH_P_8021Q) ||
	       protocol == __builtin_bswap16(ETH_P_8021AD);
}

/*
 * How many bytes of VLAN tags stand at `at`, behind the ethertype `protocol`, before an IP header;
 * negative when none follows.
 */
static __always_inline int ktp_tag_bytes(const void *at, __be16 protocol)
{
	int bytes = 0;

#pragma unroll
	for (int i = 0; i < KTP_TAGS_MAX; i++) {
		const void *behind = at + bytes + 2; /* the tag's control information */

		if (!ktp_is_tag(protocol))
			break;
		if (bpf_probe_read_kernel(&protocol, sizeof(protocol), behind))
			return -1;
		bytes += KTP_TAG_BYTES;
	}
	return protocol == __builtin_bswap16(ETH_P_IP) || protocol == __builtin_bswap16(ETH_P_IPV6)
		       ? bytes
		       : -1;
}

/*
 * The IP header of packets on their way out and of dropped ones; on the way in skb->data is the IP
 * header and network_header may not be set yet. A VLAN device that writes its tag itself
 * (reorder_hdr off) leaves network_header at the tag, others before it: the link-layer header is
 * sure.
 */
static __always_inline const void *ktp_network_header(const struct sk_buff *skb)
{
	const void *head = BPF_CORE_READ(skb, head);

	if (ktp_is_tag(skb->protocol)) {
		const void *behind = head + skb->mac_header + KTP_ETHERNET_BYTES;
		int tags = ktp_tag_bytes(behind, skb->protocol);

		if (tags > 0)
			return behind + tags;
	}
	return head + skb->network_header;
}

/*
 * The same by one instruction, where no tag is in the way. To be read from, not to be counted with:
 * to the verifier of 7.2 it is no number.
 */
static __always_inline const void *ktp_readable_header(const struct sk_buff *skb)
{
	return ktp_is_tag(skb->protocol) ? ktp_network_header(skb)
					 : skb->head + skb->network_header;
}

#endif
