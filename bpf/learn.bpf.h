/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a followed socket's SYN shows of it on its way out: by what its answers, and itself
 * elsewhere, will be known again.
 */
#ifndef BPF_LEARN_H
#define BPF_LEARN_H

#include "bpf/header.bpf.h"

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

/*
 * Packets of this tuple, coming back, are this attempt's from now on: registered before the driver
 * sees the SYN.
 */
static __always_inline void learn_tuple(struct ktp_socket *socket, __u64 cookie,
					const struct ktp_tuple *tuple)
{
	struct ktp_attempt attempt = {.cookie = cookie, .number = socket->number};
	struct ktp_attempt *known;
	__u32 count;

	if (socket->learned == attempt.number && is_same_tuple(&socket->tuples[0], tuple))
		return;
	known = socket->tuple_count ? ktp_attempt_of(tuple) : NULL;
	if (known && known->cookie == cookie && known->number == attempt.number)
		return;
	if (ktp_register_tuple(tuple, &attempt)) {
		ktp_lost(socket->ring, KTP_LOSS_MAP);
		return;
	}
	/*
	 * Not before the calls: spilled around them, its bound would be lost on older verifiers
	 * (5.10, 6.1)
	 */
	count = socket->tuple_count;
	if (!count)
		socket->learned = attempt.number;
	if (count < KTP_TUPLES_MAX) {
		socket->tuples[count] = *tuple;
		socket->tuple_count = count + 1;
	}
}

/* The tuple that a socket's SYN has where no NAT changes it. */
static __always_inline void read_own_tuple(const struct sock *sk, const struct ktp_tuple *wire,
					   struct ktp_tuple *ret_own)
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
 * What this host redirects to itself is translated back before the answer takes its way over
 * loopback: it comes in with the socket's own addresses, not with those the SYN had on the wire.
 */
static __always_inline void learn_own_tuple(struct ktp_socket *socket, __u64 cookie,
					    const struct sock *sk, const struct ktp_tuple *wire)
{
	KTP_ALIGNED struct ktp_tuple own;

	read_own_tuple(sk, wire, &own);
	learn_tuple(socket, cookie, &own);
}

/*
 * A device that was made over one of another namespace (a container's macvlan or VLAN) never shows
 * what it receives: only the device below does, over there.
 */
static __always_inline void learn_lower_tuple(struct ktp_socket *socket, __u64 cookie,
					      const struct net_device *dev,
					      const struct ktp_tuple *wire)
{
	KTP_ALIGNED struct ktp_tuple lower = *wire;
	const void *list = (const void *)dev + bpf_core_field_offset(dev->adj_list.lower);
	const void *first = BPF_CORE_READ(dev, adj_list.lower.next);
	const struct netdev_adjacent *below =
		first - bpf_core_field_offset(struct netdev_adjacent, list);

	if (!first || first == list)
		return;
	lower.netns = BPF_CORE_READ(below, dev, nd_net.net, ns.inum);
	if (!lower.netns || lower.netns == wire->netns)
		return;
	ktp_shared.has_lower = 1;
	learn_tuple(socket, cookie, &lower);
}

/*
 * So that its SYN is known again in whatever namespace it passes (path.bpf.c), and an answer by
 * whatever way it comes.
 */
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

#endif
