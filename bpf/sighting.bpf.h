/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A packet that was seen: whose it is, and the record about it. */
#ifndef BPF_SIGHTING_H
#define BPF_SIGHTING_H

#include "bpf/header.bpf.h"

#define KTP_IFF_LOOPBACK 0x8

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
	bool is_stray;
	__u8 state;
	__u64 queued_ns; /* see ktp_take_queued() */
};

/* When its device got it, if that is still to be reported; 0: it is not. */
static __always_inline __u64 ktp_take_queued(struct ktp_socket *socket, const struct sk_buff *skb)
{
	if (socket->queued_skb != (__u64)skb)
		return 0;
	socket->queued_skb = 0;
	return socket->queued_ns;
}

/*
 * What carries our port and number is about our SYN, from any host and to any host: an answer by
 * another way than the SYN's (NAT that it bypasses), the SYN itself, sent back, or an ICMP error
 * about one that was rewritten.
 */
static __always_inline struct ktp_attempt *
ktp_find_by_number(const struct ktp_packet *packet, const struct net_device *dev, __u16 *ret_port)
{
	bool has_ack = packet->kind == KTP_TCP && packet->flags & KTP_ACK;
	bool is_our_side = packet->kind == KTP_TCP && !has_ack;
	__u32 isn = has_ack ? packet->ack - 1 : packet->seq;

	/*
	 * Acknowledgements of others' data are many, and of what goes over loopback each SYN comes
	 * back in.
	 */
	if (has_ack ? !(packet->flags & (KTP_SYN | KTP_RST))
		    : is_our_side && (!(packet->flags & KTP_SYN) || dev->flags & KTP_IFF_LOOPBACK))
		return NULL;
	*ret_port = is_our_side ? packet->tuple.remote_port : packet->tuple.local_port;
	return bpf_map_lookup_elem(&ktp_isns, &isn);
}

/* Whose packet it is that came in: by its tuple, which is seen from our side, or by its number. */
static __always_inline struct ktp_socket *ktp_find_owner(const struct ktp_packet *packet,
							 const struct net_device *dev,
							 struct ktp_sighting *sighting)
{
	struct ktp_attempt *attempt = ktp_attempt_of(&packet->tuple);
	struct ktp_socket *socket;
	__u16 port = 0;

	if (!attempt) {
		attempt = ktp_find_by_number(packet, dev, &port);
		sighting->is_stray = true;
	}
	if (!attempt)
		return NULL;
	sighting->cookie = attempt->cookie;
	sighting->number = attempt->number;
	socket = ktp_followed(sighting->cookie);
	if (!socket || (sighting->is_stray && (socket->number != sighting->number ||
					       socket->netns != packet->tuple.netns ||
					       socket->tuples[0].local_port != port)))
		return NULL;
	sighting->netns = socket->netns;
	sighting->ring = socket->ring;
	return socket;
}

static __always_inline void ktp_copy_device(struct ktp_packet_event *event,
					    const struct net_device *dev)
{
	event->ifindex = 0;
	event->is_loopback = 0;
	__builtin_memset(event->device, 0, sizeof(event->device));
	if (!dev)
		return;
	event->ifindex = dev->ifindex;
	event->is_loopback = (dev->flags & KTP_IFF_LOOPBACK) != 0;
	bpf_probe_read_kernel(event->device, sizeof(event->device), dev->name);
}

/*
 * Copies what is there of the headers: packets are linear up to the end of TCP's header wherever
 * these programs look at them.
 */
static __always_inline void ktp_copy_header(struct ktp_packet_event *event, __u32 ring,
					    const struct sk_buff *skb, const void *ip)
{
	__u64 end = (__u64)(BPF_CORE_READ(skb, head) + skb->tail);
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

static __always_inline void ktp_fill_packet(struct ktp_packet_event *event,
					    const struct ktp_sighting *sighting,
					    const struct sk_buff *skb, const struct net_device *dev,
					    const void *ip, __u8 family)
{
	ktp_stamp(&event->record, sighting->kind, sighting->cookie, sighting->number,
		  sighting->netns, family);
	event->location = sighting->location;
	event->skb = (__u64)skb;
	event->reason = sighting->reason;
	event->packet_bytes = skb->len + (__u32)((__u64)skb->data - (__u64)ip);
	event->is_own = sighting->is_own;
	event->is_received = sighting->is_received;
	event->state = sighting->state;
	event->hop_netns = sighting->hop_netns;
	event->is_stray = sighting->is_stray;
	__builtin_memset(event->pad, 0, sizeof(event->pad));
	event->queued_before_ns = 0;
	if (sighting->queued_ns) /* never 0, which is none */
		event->queued_before_ns = (__u32)(event->record.time_ns - sighting->queued_ns) | 1;
	ktp_copy_device(event, dev);
	ktp_copy_header(event, sighting->ring, skb, ip);
}

static __always_inline void ktp_emit_packet(const struct ktp_sighting *sighting,
					    const struct sk_buff *skb, const struct net_device *dev,
					    const void *ip, __u8 family)
{
	struct ktp_packet_event *event = ktp_reserve(sighting->ring, sizeof(*event));

	if (!event)
		return;
	ktp_fill_packet(event, sighting, skb, dev, ip, family);
	ktp_submit(sighting->ring, event, sighting->is_decisive);
}

#endif
