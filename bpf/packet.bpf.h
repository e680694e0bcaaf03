/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Packets: where their IP header is, which tuple they belong to, and the record about them. Reads no more than filtering needs. */
#ifndef BPF_PACKET_H
#define BPF_PACKET_H

#include "bpf/follow.bpf.h"

#define IPPROTO_ICMP   1
#define IPPROTO_TCP    6
#define IPPROTO_ICMPV6 58

#define KTP_FIN 0x01
#define KTP_SYN 0x02
#define KTP_RST 0x04
#define KTP_ACK 0x10

#define KTP_IFF_LOOPBACK 0x8

/* IEEE 802.1Q and, for the outer one of two, 802.1ad; a third tag is not IP to us. */
#define ETH_P_8021Q	   0x8100
#define ETH_P_8021AD	   0x88a8
#define KTP_TAGS_MAX	   2
#define KTP_TAG_BYTES	   4
#define KTP_ETHERNET_BYTES 14

/* Pure ACKs and data beyond this many an attempt are not recorded: they say nothing new about the handshake. */
#define KTP_PLAIN_PACKETS_MAX 4

enum ktp_packet_kind { KTP_NO_PACKET, KTP_TCP, KTP_ICMP };

/* What filtering needs to know of a packet. Addresses as in the TCP header it carries, or, for an ICMP error, in the one it quotes. */
struct ktp_packet {
	struct ktp_tuple tuple; /* local = source */
	__u8 flags;		/* TCP; 0 for ICMP */
	__u8 kind;		/* enum ktp_packet_kind */
	__u16 pad;
	__u32 seq; /* of the segment, or of the quoted one */
};

struct ktp_ports {
	__u16 source;
	__u16 destination;
	__u32 seq;
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

/* Reads an IP header into the tuple. Returns the transport header, and its protocol; NULL when there is none to read. */
static __always_inline const void *ktp_read_ip(const void *ip, struct ktp_tuple *tuple, __u8 *ret_protocol)
{
	struct ktp_ipv6 header = {};
	const struct ktp_ipv4 *v4 = (const void *)&header;

	if (bpf_probe_read_kernel(&header, sizeof(*v4), ip))
		return NULL;
	if (v4->version_and_length >> 4 == 4) {
		if (v4->fragment & __builtin_bswap16(0x1fff))
			return NULL; /* a later fragment has no TCP header */
		tuple->family = AF_INET;
		__builtin_memcpy(tuple->local, v4->source, 4);
		__builtin_memcpy(tuple->remote, v4->destination, 4);
		*ret_protocol = v4->protocol;
		return ip + (v4->version_and_length & 0x0f) * 4;
	}
	if (v4->version_and_length >> 4 != 6 || bpf_probe_read_kernel(&header, sizeof(header), ip))
		return NULL;
	tuple->family = AF_INET6;
	__builtin_memcpy(tuple->local, header.source, 16);
	__builtin_memcpy(tuple->remote, header.destination, 16);
	ip += sizeof(header);

	/* Hop-by-hop, routing and destination options (RFC 8200); two in a row are already rare before TCP. */
	__u8 next = header.next_header;

#pragma unroll
	for (int i = 0; i < 2; i++) {
		__u8 extension[2];

		if (next != 0 && next != 43 && next != 60)
			break;
		if (bpf_probe_read_kernel(extension, sizeof(extension), ip))
			return NULL;
		next = extension[0];
		ip += (extension[1] + 1) * 8;
	}
	*ret_protocol = next;
	return ip;
}

/* No more than an ICMP error is sure to quote. */
static __always_inline bool ktp_read_ports(const void *tcp, struct ktp_packet *packet)
{
	struct ktp_ports ports;

	if (bpf_probe_read_kernel(&ports, sizeof(ports), tcp))
		return false;
	packet->tuple.local_port = __builtin_bswap16(ports.source);
	packet->tuple.remote_port = __builtin_bswap16(ports.destination);
	packet->seq = __builtin_bswap32(ports.seq);
	return true;
}

/* An ICMP error (RFC 792, RFC 4443) about a TCP segment? Then the tuple becomes the quoted segment's. */
static __always_inline bool ktp_read_quote(const void *icmp, __u8 protocol, struct ktp_packet *packet)
{
	struct ktp_tuple *tuple = &packet->tuple;
	__u8 type, quoted_protocol = 0;

	if (bpf_probe_read_kernel(&type, sizeof(type), icmp))
		return false;
	if (protocol == IPPROTO_ICMP ? (type != 3 && type != 11 && type != 12) : (type < 1 || type > 4))
		return false;
	__builtin_memset(tuple->local, 0, sizeof(tuple->local) + sizeof(tuple->remote));

	const void *tcp = ktp_read_ip(icmp + 8, tuple, &quoted_protocol);

	return tcp && quoted_protocol == IPPROTO_TCP && ktp_read_ports(tcp, packet);
}

static __always_inline bool ktp_read_tcp(const void *tcp, struct ktp_packet *packet)
{
	packet->kind = KTP_TCP;
	return ktp_read_ports(tcp, packet) && !bpf_probe_read_kernel(&packet->flags, 1, tcp + 13);
}

/* A TCP segment only: what a followed socket sends. Fills *packet but for tuple.netns. */
static __always_inline bool ktp_read_segment(const void *ip, struct ktp_packet *packet)
{
	__u8 protocol = 0;
	const void *transport = ktp_read_ip(ip, &packet->tuple, &protocol);

	return transport && protocol == IPPROTO_TCP && ktp_read_tcp(transport, packet);
}

/* The same, or an ICMP error about a segment. */
static __always_inline bool ktp_read_packet(const void *ip, struct ktp_packet *packet)
{
	__u8 protocol = 0;
	const void *transport = ktp_read_ip(ip, &packet->tuple, &protocol);

	if (!transport)
		return false;
	if (protocol == IPPROTO_TCP)
		return ktp_read_tcp(transport, packet);
	packet->kind = KTP_ICMP;
	return (protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6) && ktp_read_quote(transport, protocol, packet);
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
	return protocol == __builtin_bswap16(ETH_P_8021Q) || protocol == __builtin_bswap16(ETH_P_8021AD);
}

/* How many bytes of VLAN tags stand at `at`, behind the ethertype `protocol`, before an IP header; negative when none follows. */
static __always_inline int ktp_tag_bytes(const void *at, __be16 protocol)
{
	int bytes = 0;

#pragma unroll
	for (int i = 0; i < KTP_TAGS_MAX; i++) {
		if (!ktp_is_tag(protocol))
			break;
		if (bpf_probe_read_kernel(&protocol, sizeof(protocol), at + bytes + 2)) /* behind the tag's control information */
			return -1;
		bytes += KTP_TAG_BYTES;
	}
	return protocol == __builtin_bswap16(ETH_P_IP) || protocol == __builtin_bswap16(ETH_P_IPV6) ? bytes : -1;
}

/*
 * The IP header of packets on their way out and of dropped ones; on the way in skb->data is the IP header and network_header may not be set yet.
 * A VLAN device that writes its tag itself (reorder_hdr off) leaves network_header at the tag, others before it: the link-layer header is sure.
 */
static __always_inline const void *ktp_network_header(const struct sk_buff *skb)
{
	const void *head = BPF_CORE_READ(skb, head);
	__be16 protocol = BPF_CORE_READ(skb, protocol);

	if (ktp_is_tag(protocol)) {
		const void *behind = head + BPF_CORE_READ(skb, mac_header) + KTP_ETHERNET_BYTES;
		int tags = ktp_tag_bytes(behind, protocol);

		if (tags > 0)
			return behind + tags;
	}
	return head + BPF_CORE_READ(skb, network_header);
}

/* Everything a packet record needs besides the packet. */
struct ktp_sighting {
	enum ktp_kind kind;
	__u32 ring;
	__u64 cookie;
	__u32 number;
	__u32 netns;
	bool is_own;
	bool is_decisive;
	__u32 reason;
	__u64 location;
	__u32 hop_netns;
	bool is_received;
};

static __always_inline void ktp_copy_device(struct ktp_packet_event *event, const struct net_device *dev)
{
	event->ifindex = 0;
	event->is_loopback = 0;
	__builtin_memset(event->device, 0, sizeof(event->device));
	if (!dev)
		return;
	event->ifindex = BPF_CORE_READ(dev, ifindex);
	event->is_loopback = (BPF_CORE_READ(dev, flags) & KTP_IFF_LOOPBACK) != 0;
	BPF_CORE_READ_STR_INTO(&event->device, dev, name);
}

/* Copies what is there of the headers: packets are linear up to the end of TCP's header wherever these programs look at them. */
static __always_inline void ktp_copy_header(struct ktp_packet_event *event, __u32 ring, const struct sk_buff *skb, const void *ip)
{
	__u64 end = (__u64)(BPF_CORE_READ(skb, head) + BPF_CORE_READ(skb, tail));
	__u64 bytes = end > (__u64)ip ? end - (__u64)ip : 0;

	if (bytes > KTP_HEADER_MAX)
		bytes = KTP_HEADER_MAX;
	if (bytes < 20 || bpf_probe_read_kernel(event->header, bytes, ip)) {
		bytes = 0;
		ktp_lost(ring, KTP_LOSS_HEADERS);
	}
	event->header_bytes = bytes;
	event->ethertype = bytes && event->header[0] >> 4 == 6 ? ETH_P_IPV6 : ETH_P_IP;
}

static __always_inline void ktp_fill_packet(struct ktp_packet_event *event, const struct ktp_sighting *sighting, const struct sk_buff *skb,
					    const struct net_device *dev, const void *ip, __u8 family)
{
	ktp_stamp(&event->record, sighting->kind, sighting->cookie, sighting->number, sighting->netns, family);
	event->location = sighting->location;
	event->skb = (__u64)skb;
	event->reason = sighting->reason;
	event->packet_bytes = BPF_CORE_READ(skb, len);
	event->is_own = sighting->is_own;
	event->is_received = sighting->is_received;
	event->pad = 0;
	event->hop_netns = sighting->hop_netns;
	ktp_copy_device(event, dev);
	ktp_copy_header(event, sighting->ring, skb, ip);
}

static __always_inline void ktp_emit_packet(const struct ktp_sighting *sighting, const struct sk_buff *skb, const struct net_device *dev,
					    const void *ip, __u8 family)
{
	struct ktp_packet_event *event = ktp_reserve(sighting->ring, sizeof(*event));

	if (!event)
		return;
	ktp_fill_packet(event, sighting, skb, dev, ip, family);
	ktp_submit(sighting->ring, event, sighting->is_decisive);
}

#endif
