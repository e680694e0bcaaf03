// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The wire's view: SYNs as they leave by a device, and whatever comes back for their tuple. */
#include "bpf/learn.bpf.h"
#include "bpf/sighting.bpf.h"

/*
 * Pure ACKs and data beyond this many an attempt are not recorded: they say nothing new about the
 * handshake.
 */
#define KTP_PLAIN_PACKETS_MAX 4
#define KTP_SYN_SENT	      2

/*
 * Worth a record? Only the first few packets without SYN, RST and FIN say anything about the
 * handshake.
 */
static __always_inline bool is_telling(struct ktp_socket *socket, const struct ktp_packet *packet)
{
	if (packet->kind == KTP_ICMP || packet->flags & (KTP_SYN | KTP_RST | KTP_FIN))
		return true;
	/* Not atomic: one more does no harm */
	return socket->plain_packets++ < KTP_PLAIN_PACKETS_MAX;
}

/*
 * Traffic control sends a copy to another device (mirred), and the copy has no socket; from an ifb
 * it comes back to its own. The first SYN, whose tuple is not known yet, is of the socket that
 * connects: in the thread that calls, or else where there is but one.
 */
static __always_inline __u64 find_detached(const struct ktp_packet *packet)
{
	struct ktp_attempt *attempt = ktp_attempt_of(&packet->tuple);
	const volatile struct ktp_ring_shared *shared;
	KTP_ALIGNED struct ktp_tuple own;

	if (attempt)
		return attempt->cookie;
	if ((packet->flags & (KTP_SYN | KTP_ACK)) != KTP_SYN)
		return 0;
	shared = &ktp_shared.rings[ktp_ring_of((__u32)bpf_get_current_pid_tgid()) &
				   (KTP_RINGS_MAX - 1)];
	read_own_tuple((const struct sock *)shared->connecting_sk, &packet->tuple, &own);
	if (!is_same_tuple(&own, &packet->tuple))
		return 0;
	ktp_shared.has_detached = 1;
	return shared->connecting;
}

/*
 * Back at its own device nothing marks it any more: then all that was not made here is looked at,
 * but only where traffic control is known to do so.
 */
static __always_inline bool is_detached(const struct sk_buff *skb)
{
	if (skb->sk || !skb->skb_iif)
		return false;
	return *(volatile __u64 *)&ktp_shared.has_detached ||
	       (bpf_core_field_exists(skb->redirected) &&
		BPF_CORE_READ_BITFIELD_PROBED(skb, redirected));
}

static __always_inline __u8 state_of(const struct sock *sk)
{
	return sk ? sk->__sk_common.skc_state : 0;
}

/*
 * A device without a queue hands a SYN to its driver, or drops it, in the same call: that is one
 * record.
 */
static __always_inline bool is_queued_nowhere(const struct sk_buff *skb,
					      const struct net_device *dev)
{
	return state_of(skb->sk) == KTP_SYN_SENT && !dev->qdisc->enqueue;
}

static __always_inline bool note_queued(struct ktp_socket *socket, const struct sk_buff *skb,
					const struct net_device *dev)
{
	socket->queued_skb = is_queued_nowhere(skb, dev) ? (__u64)skb : 0;
	socket->queued_ns = bpf_ktime_get_ns();
	return socket->queued_skb;
}

static __always_inline int transmit(enum ktp_kind kind, const struct sk_buff *skb,
				    const struct net_device *dev)
{
	struct ktp_packet packet = {};
	struct ktp_socket *socket;
	bool is_own, is_read;
	const void *ip;
	__u32 netns = ktp_dev_netns(dev);
	__u64 cookie;

	if (ktp_is_elsewhere(netns))
		return 0;
	cookie = ktp_cookie(skb->sk);
	is_own = (cookie != 0) | ktp_unknown_zero(); /* what follows is the same for both */
	socket = ktp_followed(cookie);
	if (!socket && (is_own || !is_detached(skb)))
		return 0;
	if (kind == KTP_QUEUE && socket && netns == socket->netns && note_queued(socket, skb, dev))
		return 0;
	ip = ktp_network_header(skb);
	packet.tuple.netns = netns;
	is_read = ktp_read_segment(ip, &packet);
	if (!is_own && is_read) {
		cookie = find_detached(&packet);
		socket = ktp_followed(cookie);
	}
	if (!socket || netns != socket->netns)
		return 0;
	if (!is_read) {
		/*
		 * What a tunnel made of a SYN that has been seen before is no loss; one that was
		 * never readable (IPsec) is.
		 */
		if (!socket->tuple_count)
			ktp_lost(socket->ring, KTP_LOSS_HEADERS);
		return 0;
	}
	if ((packet.flags & (KTP_SYN | KTP_ACK)) == KTP_SYN && kind == KTP_QUEUE) {
		/* Of its own socket it is known until it leaves */
		if (!is_own)
			learn_tuple(socket, cookie, &packet.tuple);
	} else if ((packet.flags & (KTP_SYN | KTP_ACK)) == KTP_SYN) {
		learn_tuple(socket, cookie, &packet.tuple);
		learn_lower_tuple(socket, cookie, dev, &packet.tuple);
		if (is_own && dev->flags & KTP_IFF_LOOPBACK)
			learn_own_tuple(socket, cookie, BPF_CORE_READ(skb, sk), &packet.tuple);
		learn_isn(socket, cookie, packet.seq);
	}
	if (!is_telling(socket, &packet))
		return 0;

	struct ktp_sighting sighting = {
		.kind = kind,
		.ring = socket->ring,
		.cookie = cookie,
		.number = socket->number,
		.netns = socket->netns,
		.is_own = is_own,
		.state = is_own ? state_of(skb->sk) : 0,
		.queued_ns = kind == KTP_XMIT ? ktp_take_queued(socket, skb) : 0,
	};

	ktp_emit_packet(&sighting, skb, dev, ip, packet.tuple.family);
	return 0;
}

SEC("?ktp_tp/net_dev_queue")
int BPF_PROG(ktp_queue, const struct sk_buff *skb)
{
	if (ktp_is_idle())
		return 0;
	skb = ktp_readable_skb(skb);
	return transmit(KTP_QUEUE, skb, skb->dev);
}

SEC("?ktp_tp/net_dev_start_xmit")
int BPF_PROG(ktp_xmit, const struct sk_buff *skb, const struct net_device *dev)
{
	return ktp_is_idle() ? 0 : transmit(KTP_XMIT, ktp_readable_skb(skb), ktp_readable_dev(dev));
}

/*
 * Traffic control redirects what came in to an ifb device, to shape it there; then it comes in by
 * its own device once more.
 */
static __always_inline bool is_received_again(struct ktp_socket *socket, const struct sk_buff *skb,
					      const struct net_device *dev)
{
	__u32 ifindex = dev->ifindex;
	bool is_again = socket->received_skb == (__u64)skb && socket->received_ifindex == ifindex;

	socket->received_skb = (__u64)skb;
	socket->received_ifindex = ifindex;
	/* The pointer alone proves nothing: the next packet may get the memory of this one. */
	return is_again && bpf_core_field_exists(skb->tc_skip_classify) &&
	       BPF_CORE_READ_BITFIELD_PROBED(skb, tc_skip_classify);
}

SEC("?ktp_tp/netif_receive_skb")
int BPF_PROG(ktp_receive, const struct sk_buff *skb)
{
	struct ktp_packet packet = {};
	const struct net_device *dev;
	struct ktp_sighting sighting = {.kind = KTP_RECEIVE};
	struct ktp_socket *socket;
	int tags;

	if (ktp_is_idle())
		return 0;
	skb = ktp_readable_skb(skb);
	dev = skb->dev;
	packet.tuple.netns = ktp_dev_netns(dev);
	if (ktp_is_elsewhere(packet.tuple.netns))
		return 0;
	tags = ktp_tag_bytes(skb->data, skb->protocol);
	if (tags < 0)
		return 0;
	/*
	 * To the verifier a number that it does not know (it is 0): else it looks at all that
	 * follows once for each number of tags.
	 */
	tags = (tags + ktp_unknown_zero()) & (KTP_TAGS_MAX * KTP_TAG_BYTES | KTP_TAG_BYTES);
	if (!ktp_read_packet(skb->data + tags, &packet))
		return 0;
	if (packet.kind ==
	    KTP_TCP) /* an ICMP error quotes what we sent: that is our side already */
		ktp_tuple_reverse(&packet.tuple);
	socket = ktp_find_owner(&packet, dev, &sighting);
	if (!socket || is_received_again(socket, skb, dev) || !is_telling(socket, &packet))
		return 0;
	/*
	 * Again, by copying: from 7.2 on a difference to a pointer read by its type is a pointer
	 * still, and how much to copy must be a number.
	 */
	const void *ip = BPF_CORE_READ(skb, data) + tags;

	sighting.is_decisive = packet.kind == KTP_ICMP;
	ktp_emit_packet(&sighting, skb, dev, ip, packet.tuple.family);
	return 0;
}

char LICENSE[] SEC("license") __weak = "Dual BSD/GPL";
