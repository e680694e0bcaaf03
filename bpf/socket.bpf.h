/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A socket is admitted, and its state reported: for socket.bpf.c, which admits our own, and
 * watch.bpf.c, which admits those of other programs.
 */
#ifndef BPF_SOCKET_H
#define BPF_SOCKET_H

#include "bpf/follow.bpf.h"

#define TCP_ESTABLISHED 1
#define TCP_SYN_SENT	2
#define TCP_SYN_RECV	3
#define TCP_CLOSE	7

static __always_inline void copy_addresses(const struct sock *sk, struct ktp_socket_event *event)
{
	__builtin_memset(event->source, 0, 32);
	if (sk->__sk_common.skc_family == AF_INET6) {
		BPF_CORE_READ_INTO(&event->source, sk, __sk_common.skc_v6_rcv_saddr);
		BPF_CORE_READ_INTO(&event->destination, sk, __sk_common.skc_v6_daddr);
	} else {
		*(__be32 *)event->source = sk->__sk_common.skc_rcv_saddr;
		*(__be32 *)event->destination = sk->__sk_common.skc_daddr;
	}
	event->source_port = sk->__sk_common.skc_num;
	event->destination_port = __builtin_bswap16(sk->__sk_common.skc_dport);
}

/* A socket event with the addresses as they are now; the caller sets what happened, and submits. */
static __always_inline struct ktp_socket_event *reserve_event(enum ktp_kind kind,
							      const struct sock *sk,
							      const struct ktp_socket *socket,
							      const struct ktp_attempt *attempt)
{
	struct ktp_socket_event *event = ktp_reserve(socket->ring, sizeof(*event));

	if (!event)
		return NULL;
	ktp_stamp(&event->record, kind, attempt->cookie, attempt->number, socket->netns,
		  sk->__sk_common.skc_family);
	copy_addresses(sk, event);
	event->old_state = event->new_state = sk->__sk_common.skc_state;
	event->protocol = sk->sk_protocol;
	event->error = event->error_soft = 0;
	event->bound_ifindex = sk->__sk_common.skc_bound_dev_if;
	event->reset_before_ns = 0;
	event->pid = event->tid = 0;
	__builtin_memset(event->comm, 0, sizeof(event->comm));
	return event;
}

static __always_inline void forget_tuples(struct ktp_socket *socket, __u64 cookie)
{
	struct ktp_tuple tuple;

#pragma unroll
	for (__u32 i = 0; i < KTP_TUPLES_MAX; i++) {
		if (i >= socket->tuple_count)
			break;
		tuple = socket->tuples[i];
		struct ktp_attempt *owner = bpf_map_lookup_elem(&ktp_tuples, &tuple);

		if (owner && owner->cookie == cookie) /* unless a later one has it by now */
			bpf_map_delete_elem(&ktp_tuples, &tuple);
	}
	socket->tuple_count = 0;
}

/*
 * Follow the socket from here on, or again; its records go to that ring. NULL when there is no
 * room. ret_is_fresh: it was not followed before.
 */
static __always_inline struct ktp_socket *admit(const struct sock *sk, __u64 cookie, __u32 ring,
						bool *ret_is_fresh)
{
	struct ktp_socket fresh = {.number = 1, .netns = ktp_sock_netns(sk), .ring = ring};
	struct ktp_socket *socket;

	if (ktp_config.netns && fresh.netns != ktp_config.netns)
		ktp_shared.has_lower = 1;
	*ret_is_fresh = !bpf_map_update_elem(&ktp_sockets, &cookie, &fresh, BPF_NOEXIST);
	socket = ktp_followed(cookie);
	ktp_shared.rings[ring & (KTP_RINGS_MAX - 1)].connecting = cookie;
	ktp_shared.rings[ring & (KTP_RINGS_MAX - 1)].connecting_sk = (__u64)sk;

	if (!socket)
		ktp_lost(ring, KTP_LOSS_MAP);
	if (!socket || *ret_is_fresh)
		return socket;
	/*
	 * Those of its attempts before, for what it does not remember it would not take out again.
	 * Our own connect once, and load sooner without this.
	 */
	if (ktp_config.filter != KTP_FILTER_OWN && socket->tuple_count == KTP_TUPLES_MAX)
		forget_tuples(socket, cookie);
	socket->plain_packets = 0;
	socket->number++;
	return socket;
}

/*
 * caller: of the task that connects, which is the current one with new_state SYN_SENT only; NULL
 * with the others.
 */
static __always_inline void emit_state(const struct sock *sk, struct ktp_socket *socket,
				       __u64 cookie, int old_state, int new_state,
				       const struct bpf_pidns_info *caller)
{
	const struct ktp_attempt attempt = {.cookie = cookie, .number = socket->number};
	struct ktp_socket_event *event = reserve_event(KTP_STATE, sk, socket, &attempt);

	if (!event)
		return;
	event->old_state = old_state;
	event->new_state = new_state;
	if (ktp_config.forgets_at_close && socket->reset_ns) {
		/* Never 0, which is none */
		event->reset_before_ns = (__u32)(event->record.time_ns - socket->reset_ns) | 1;
		socket->reset_ns = 0;
	}
	if (caller) {
		event->pid = caller->tgid;
		event->tid = caller->pid;
		bpf_get_current_comm(event->comm, sizeof(event->comm));
	}
	ktp_submit(socket->ring, event, new_state != TCP_SYN_SENT);
}

/*
 * What user space would do later, where what is said of a socket after its end is not wanted.
 * Returns whether it was still followed.
 */
static __always_inline bool forget(struct ktp_socket *socket, __u64 cookie)
{
	forget_tuples(socket, cookie);
	if (socket->isn)
		bpf_map_delete_elem(&ktp_isns, &socket->isn);
	return !bpf_map_delete_elem(&ktp_sockets, &cookie);
}

#endif
