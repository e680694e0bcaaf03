// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The wire's view: SYNs as they leave by a device, and whatever comes back for their tuple. */
#include "bpf/packet.bpf.h"

/* Here only: the linker of libbpf before 1.5 refuses a kernel function that two objects name. */
extern void *bpf_rdonly_cast(const void *object, __u32 btf_id) __ksym __weak;

/*
 * A field of a typed pointer is read by one instruction, where copying it calls a function. But for each pointer that is followed from one it trusts, the
 * verifier (from 6.2 on) searches the whole of the kernel's BTF by name, a millisecond each time. From one that is good for reading only it does not.
 */
#define readable(pointer)                                                                                                                  \
	((typeof(pointer))(ktp_config.has_rdonly_cast ? bpf_rdonly_cast(pointer, bpf_core_type_id_kernel(typeof(*(pointer)))) : (pointer)))

/* Both are aligned to 8 bytes: in half as many steps. */
static __always_inline bool is_same_tuple(const struct ktp_tuple *a, const struct ktp_tuple *b)
{
	const __u64 *words_a = (const __u64 *)a, *words_b = (const __u64 *)b;
	__u64 difference = a->family ^ b->family;

#pragma unroll
	for (unsigned i = 0; i < sizeof(*a) / sizeof(__u64); i++)
		difference |= words_a[i] ^ words_b[i];
	return !difference;
}

/* Packets of this tuple, coming back, are this attempt's from now on: registered before the driver sees the SYN. */
static __always_inline void learn_tuple(struct ktp_socket *socket, __u64 cookie, const struct ktp_tuple *tuple)
{
	struct ktp_attempt attempt = {.cookie = cookie, .number = socket->number};
	struct ktp_attempt *known;
	__u32 count;

	if (socket->learned == attempt.number && is_same_tuple(&socket->tuples[0], tuple))
		return;
	known = socket->tuple_count ? bpf_map_lookup_elem(&ktp_tuples, tuple) : NULL;
	if (known && known->cookie == cookie && known->number == attempt.number)
		return;
	if (bpf_map_update_elem(&ktp_tuples, tuple, &attempt, BPF_ANY)) {
		ktp_lost(socket->ring, KTP_LOSS_MAP);
		return;
	}
	count = socket->tuple_count; /* not before the calls: spilled around them, its bound would be lost on older verifiers (5.10, 6.1) */
	if (!count)
		socket->learned = attempt.number;
	if (count < KTP_TUPLES_MAX) {
		socket->tuples[count] = *tuple;
		socket->tuple_count = count + 1;
	}
}

/* The tuple that a socket's SYN has where no NAT changes it. */
static __always_inline void read_own_tuple(const struct sock *sk, const struct ktp_tuple *wire, struct ktp_tuple *ret_own)
{
	*ret_own = (struct ktp_tuple){.netns = wire->netns, .family = wire->family};
	ret_own->local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
	ret_own->remote_port = __builtin_bswap16(BPF_CORE_READ(sk, __sk_common.skc_dport));
	if (wire->family == AF_INET6) {
		BPF_CORE_READ_INTO(&ret_own->local, sk, __sk_common.skc_v6_rcv_saddr);
		BPF_CORE_READ_INTO(&ret_own->remote, sk, __sk_common.skc_v6_daddr);
	} else {
		BPF_CORE_READ_INTO((__be32 *)ret_own->local, sk, __sk_common.skc_rcv_saddr);
		BPF_CORE_READ_INTO((__be32 *)ret_own->remote, sk, __sk_common.skc_daddr);
	}
}

/*
 * What this host redirects to itself is translated back before the answer takes its way over loopback: it comes in with the socket's own
 * addresses, not with those the SYN had on the wire.
 */
static __always_inline void learn_own_tuple(struct ktp_socket *socket, __u64 cookie, const struct sock *sk, const struct ktp_tuple *wire)
{
	KTP_ALIGNED struct ktp_tuple own;

	read_own_tuple(sk, wire, &own);
	learn_tuple(socket, cookie, &own);
}

/*
 * A device that was made over one of another namespace (a container's macvlan or VLAN) never shows what it receives: only the device below does, over there.
 */
static __always_inline void learn_lower_tuple(struct ktp_socket *socket, __u64 cookie, const struct net_device *dev,
					      const struct ktp_tuple *wire)
{
	KTP_ALIGNED struct ktp_tuple lower = *wire;
	const void *list = (const void *)dev + bpf_core_field_offset(dev->adj_list.lower);
	const void *first = BPF_CORE_READ(dev, adj_list.lower.next);
	const struct netdev_adjacent *below = first - bpf_core_field_offset(struct netdev_adjacent, list);

	if (!first || first == list)
		return;
	lower.netns = BPF_CORE_READ(below, dev, nd_net.net, ns.inum);
	if (!lower.netns || lower.netns == wire->netns)
		return;
	ktp_shared.has_lower = 1;
	learn_tuple(socket, cookie, &lower);
}

/* So that its SYN is known again in whatever namespace it passes (path.bpf.c), and an answer by whatever way it comes. */
static __always_inline void learn_isn(struct ktp_socket *socket, __u64 cookie, __u32 isn)
{
	struct ktp_attempt attempt = {.cookie = cookie, .number = socket->number};

	if (socket->isn == isn)
		return;
	if (socket->isn)
		bpf_map_delete_elem(&ktp_isns, &socket->isn); /* of the socket's attempt before */
	if (bpf_map_update_elem(&ktp_isns, &isn, &attempt, BPF_ANY))
		ktp_lost(socket->ring, KTP_LOSS_MAP);
	socket->isn = isn;
	socket->hops = 0;
}

/* Worth a record? Only the first few packets without SYN, RST and FIN say anything about the handshake. */
static __always_inline bool is_telling(struct ktp_socket *socket, const struct ktp_packet *packet)
{
	if (packet->kind == KTP_ICMP || packet->flags & (KTP_SYN | KTP_RST | KTP_FIN))
		return true;
	return socket->plain_packets++ < KTP_PLAIN_PACKETS_MAX; /* not atomic: one more does no harm */
}

/*
 * Traffic control sends a copy to another device (mirred), and the copy has no socket; from an ifb it comes back to its own. The first SYN, whose tuple is not
 * known yet, is of the socket that connects: in the thread that calls, or else where there is but one.
 */
static __always_inline __u64 find_detached(const struct ktp_packet *packet)
{
	struct ktp_attempt *attempt = bpf_map_lookup_elem(&ktp_tuples, &packet->tuple);
	const volatile struct ktp_ring_shared *shared;
	KTP_ALIGNED struct ktp_tuple own;

	if (attempt)
		return attempt->cookie;
	if ((packet->flags & (KTP_SYN | KTP_ACK)) != KTP_SYN)
		return 0;
	shared = &ktp_shared.rings[ktp_ring_of((__u32)bpf_get_current_pid_tgid()) & (KTP_RINGS_MAX - 1)];
	read_own_tuple((const struct sock *)shared->connecting_sk, &packet->tuple, &own);
	if (!is_same_tuple(&own, &packet->tuple))
		return 0;
	ktp_shared.has_detached = 1;
	return shared->connecting;
}

/* Back at its own device nothing marks it any more: then all that was not made here is looked at, but only where traffic control is known to do so. */
static __always_inline bool is_detached(const struct sk_buff *skb)
{
	if (skb->sk || !skb->skb_iif)
		return false;
	return *(volatile __u64 *)&ktp_shared.has_detached ||
	       (bpf_core_field_exists(skb->redirected) && BPF_CORE_READ_BITFIELD_PROBED(skb, redirected));
}

static __always_inline int transmit(enum ktp_kind kind, const struct sk_buff *skb, const struct net_device *dev)
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
		/* What a tunnel made of a SYN that has been seen before is no loss; one that was never readable (IPsec) is. */
		if (!socket->tuple_count)
			ktp_lost(socket->ring, KTP_LOSS_HEADERS);
		return 0;
	}
	if ((packet.flags & (KTP_SYN | KTP_ACK)) == KTP_SYN) {
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
		.state = is_own ? BPF_CORE_READ(skb, sk, __sk_common.skc_state) : 0,
	};

	ktp_emit_packet(&sighting, skb, dev, ip, packet.tuple.family);
	return 0;
}

SEC("?tp_btf/net_dev_queue")
int BPF_PROG(ktp_queue, const struct sk_buff *skb)
{
	if (ktp_is_idle())
		return 0;
	skb = readable(skb);
	return transmit(KTP_QUEUE, skb, skb->dev);
}

SEC("?tp_btf/net_dev_start_xmit")
int BPF_PROG(ktp_xmit, const struct sk_buff *skb, const struct net_device *dev)
{
	return ktp_is_idle() ? 0 : transmit(KTP_XMIT, readable(skb), readable(dev));
}

/* Traffic control redirects what came in to an ifb device, to shape it there; then it comes in by its own device once more. */
static __always_inline bool is_received_again(struct ktp_socket *socket, const struct sk_buff *skb, const struct net_device *dev)
{
	__u32 ifindex = dev->ifindex;
	bool is_again = socket->received_skb == (__u64)skb && socket->received_ifindex == ifindex;

	socket->received_skb = (__u64)skb;
	socket->received_ifindex = ifindex;
	/* The pointer alone proves nothing: the next packet may get the memory of this one. */
	return is_again && bpf_core_field_exists(skb->tc_skip_classify) && BPF_CORE_READ_BITFIELD_PROBED(skb, tc_skip_classify);
}

SEC("?tp_btf/netif_receive_skb")
int BPF_PROG(ktp_receive, const struct sk_buff *skb)
{
	struct ktp_packet packet = {};
	const struct net_device *dev;
	struct ktp_sighting sighting = {.kind = KTP_RECEIVE};
	struct ktp_socket *socket;
	int tags;

	if (ktp_is_idle())
		return 0;
	skb = readable(skb);
	dev = skb->dev;
	packet.tuple.netns = ktp_dev_netns(dev);
	if (ktp_is_elsewhere(packet.tuple.netns))
		return 0;
	tags = ktp_tag_bytes(skb->data, skb->protocol);
	if (tags < 0)
		return 0;
	/* To the verifier a number that it does not know (it is 0): else it looks at all that follows once for each number of tags. */
	tags = (tags + ktp_unknown_zero()) & (KTP_TAGS_MAX * KTP_TAG_BYTES | KTP_TAG_BYTES);
	if (!ktp_read_packet(skb->data + tags, &packet))
		return 0;
	if (packet.kind == KTP_TCP) /* an ICMP error quotes what we sent: that is our side already */
		ktp_tuple_reverse(&packet.tuple);
	socket = ktp_find_owner(&packet, dev, &sighting);
	if (!socket || is_received_again(socket, skb, dev) || !is_telling(socket, &packet))
		return 0;
	/* Again, by copying: from 7.2 on a difference to a pointer read by its type is a pointer still, and how much to copy must be a number. */
	const void *ip = BPF_CORE_READ(skb, data) + tags;

	sighting.is_decisive = packet.kind == KTP_ICMP;
	ktp_emit_packet(&sighting, skb, dev, ip, packet.tuple.family);
	return 0;
}

char LICENSE[] SEC("license") __weak = "Dual BSD/GPL";
