// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The socket's view: admission at CLOSE -> SYN_SENT, state changes, resets, retransmits, errors; and other sockets that accept our SYN. */
#include "bpf/call.bpf.h"

#define TCP_ESTABLISHED 1
#define TCP_SYN_SENT	2
#define TCP_SYN_RECV	3
#define TCP_CLOSE	7

static __always_inline void copy_addresses(const struct sock *sk, struct ktp_socket_event *event)
{
	const struct sock_common *common = &sk->__sk_common;

	__builtin_memset(event->source, 0, 32);
	if (common->skc_family == AF_INET6) {
		BPF_CORE_READ_INTO(&event->source, common, skc_v6_rcv_saddr);
		BPF_CORE_READ_INTO(&event->destination, common, skc_v6_daddr);
	} else {
		*(__be32 *)event->source = common->skc_rcv_saddr;
		*(__be32 *)event->destination = common->skc_daddr;
	}
	event->source_port = common->skc_num;
	event->destination_port = __builtin_bswap16(common->skc_dport);
}

/* A socket event with the addresses as they are now; the caller sets what happened, and submits. */
static __always_inline struct ktp_socket_event *reserve_event(enum ktp_kind kind, const struct sock *sk, __u32 ring, __u64 cookie,
							      __u32 number)
{
	struct ktp_socket_event *event = ktp_reserve(ring, sizeof(*event));

	if (!event)
		return NULL;
	ktp_stamp(&event->record, kind, cookie, number, ktp_sock_netns(sk), sk->__sk_common.skc_family);
	copy_addresses(sk, event);
	event->old_state = event->new_state = sk->__sk_common.skc_state;
	event->protocol = sk->sk_protocol;
	event->error = event->error_soft = 0;
	event->pid = event->tid = 0;
	__builtin_memset(event->comm, 0, sizeof(event->comm));
	return event;
}

/* Ours: made by this process, and its cookie was asked for before connect(). */
static __always_inline bool is_wanted(__u64 cookie, struct bpf_pidns_info *ret_pids)
{
	if (!(ktp_config.filter & KTP_FILTER_OWN) || !cookie)
		return false;
	if (bpf_get_ns_current_pid_tgid(ktp_config.pidns_dev, ktp_config.pidns_ino, ret_pids, sizeof(*ret_pids)))
		return false;
	return ret_pids->tgid == ktp_config.tgid;
}

/* The ring of the thread that connects. */
static __always_inline __u32 ring_of(__u32 tid)
{
	for (__u32 ring = 1; ring < KTP_RINGS_MAX; ring++)
		if (*(volatile __u32 *)&ktp_shared.rings[ring].tid == tid)
			return ring;
	return 0;
}

/* Follow the socket from here on, or again. NULL when there is no room. */
static __always_inline struct ktp_socket *admit(const struct sock *sk, __u64 cookie, __u32 tid)
{
	struct ktp_socket *known = ktp_followed(cookie);
	struct ktp_socket fresh = {.number = 1};

	if (known) {
		known->plain_packets = 0;
		known->number++;
		return known;
	}
	fresh.netns = ktp_sock_netns(sk);
	fresh.ring = ring_of(tid);
	if (bpf_map_update_elem(&ktp_sockets, &cookie, &fresh, BPF_ANY))
		ktp_lost(fresh.ring, KTP_LOSS_MAP);
	return ktp_followed(cookie);
}

static __always_inline void emit_state(const struct sock *sk, const struct ktp_socket *socket, __u64 cookie, int old_state, int new_state)
{
	__u32 ring = socket->ring;
	struct ktp_socket_event *event = reserve_event(KTP_STATE, sk, ring, cookie, socket->number);

	if (!event)
		return;
	event->old_state = old_state;
	event->new_state = new_state;
	if (new_state == TCP_SYN_SENT) { /* runs in the caller's task: the only moment when current is who connects */
		__u64 id = bpf_get_current_pid_tgid();

		event->pid = id >> 32;
		event->tid = (__u32)id;
		bpf_get_current_comm(event->comm, sizeof(event->comm));
	}
	ktp_submit(ring, event, new_state != TCP_SYN_SENT);
}

/* ::ffff:a.b.c.d: an IPv6 listener's child that speaks IPv4. */
static __always_inline bool is_v4_mapped(const __u8 *address)
{
	const __u32 *words = (const __u32 *)address;

	return !words[0] && !words[1] && words[2] == __builtin_bswap32(0xffff);
}

/* The tuple of a child socket, seen from the other end: from the socket whose SYN it accepted. */
static __always_inline void read_peer_tuple(const struct sock *sk, struct ktp_tuple *tuple)
{
	const struct sock_common *common = &sk->__sk_common;

	tuple->netns = ktp_sock_netns(sk);
	tuple->local_port = __builtin_bswap16(common->skc_dport);
	tuple->remote_port = common->skc_num;
	tuple->family = common->skc_family;
	if (tuple->family == AF_INET6) {
		BPF_CORE_READ_INTO(&tuple->local, common, skc_v6_daddr);
		BPF_CORE_READ_INTO(&tuple->remote, common, skc_v6_rcv_saddr);
		if (!is_v4_mapped(tuple->local))
			return;
		__builtin_memset(tuple->local, 0, 32);
	}
	tuple->family = AF_INET;
	*(__be32 *)tuple->local = common->skc_daddr;
	*(__be32 *)tuple->remote = common->skc_rcv_saddr;
}

/* Some other socket became ESTABLISHED from SYN_RECV: was it our SYN that it accepted, on this very host? */
static __always_inline void check_local_accept(const struct sock *sk)
{
	struct ktp_tuple tuple = {};
	struct ktp_socket_event *event;
	struct ktp_attempt *attempt;
	struct ktp_socket *socket;

	read_peer_tuple(sk, &tuple);
	attempt = bpf_map_lookup_elem(&ktp_tuples, &tuple);
	socket = attempt ? ktp_followed(attempt->cookie) : NULL;
	if (!socket)
		return;
	event = reserve_event(KTP_LOCAL_ACCEPT, sk, socket->ring, attempt->cookie, attempt->number);
	if (event)
		ktp_submit(socket->ring, event, false);
}

/* What user space would do later, for all that is said of a socket after its end nobody waits. */
static __always_inline void forget(const struct ktp_socket *socket, __u64 cookie)
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
	if (ktp_config.has_path && socket->isn)
		bpf_map_delete_elem(&ktp_isns, &socket->isn);
	bpf_map_delete_elem(&ktp_sockets, &cookie);
}

/*
 * Another program's: its socket gets a cookie here, and the call that it is in, if any, the attempt. io_uring connects without a call of its own.
 */
static __always_inline struct ktp_socket *admit_watched(const struct sock *sk, __u64 *ret_cookie)
{
	struct ktp_pending none = {.sk = (__u64)sk, .fd = -1, .call = KTP_CALL_CONNECT, .enter_ns = bpf_ktime_get_ns()}, *pending;
	struct ktp_app app = {};
	struct ktp_socket *socket;
	__u64 task = bpf_get_current_pid_tgid();

	if (!ktp_config.has_calls || !ktp_is_watched(sk))
		return NULL;
	*ret_cookie = bpf_get_socket_cookie((void *)sk);
	socket = admit(sk, *ret_cookie, 0);
	pending = bpf_map_lookup_elem(&ktp_pendings, &task);
	if (!socket)
		return NULL;
	app.attempt = (struct ktp_attempt){.cookie = *ret_cookie, .number = socket->number};
	if (!pending || (pending->call != KTP_CALL_CONNECT && pending->call != KTP_CALL_SEND_FASTOPEN))
		pending = &none;
	pending->attempt = app.attempt;
	none.sk = pending->sk;
	bpf_map_update_elem(&ktp_apps, &none.sk, &app, BPF_ANY);
	ktp_emit_call(pending, &app.attempt, 0, 0, true);
	return socket;
}

SEC("?tp_btf/inet_sock_set_state")
int BPF_PROG(ktp_state, const struct sock *sk, int old_state, int new_state)
{
	struct ktp_socket *socket;
	__u64 cookie;

	if (ktp_is_idle())
		return 0;
	cookie = ktp_cookie(sk);
	if (new_state == TCP_SYN_SENT) {
		struct bpf_pidns_info pids = {};

		socket = is_wanted(cookie, &pids) ? admit(sk, cookie, pids.pid) : admit_watched(sk, &cookie);
		if (socket)
			emit_state(sk, socket, cookie, old_state, new_state);
		return 0;
	}
	socket = ktp_followed(cookie);
	if (socket) {
		emit_state(sk, socket, cookie, old_state, new_state);
		if (ktp_config.forgets_at_close && new_state == TCP_CLOSE)
			forget(socket, cookie);
	} else if (old_state == TCP_SYN_RECV && new_state == TCP_ESTABLISHED) {
		check_local_accept(sk);
	}
	return 0;
}

static __always_inline int emit_socket(enum ktp_kind kind, const struct sock *sk, int error, int error_soft, bool is_decisive)
{
	struct ktp_socket_event *event;
	struct ktp_socket *socket;
	__u64 cookie;

	if (ktp_is_idle() || !sk)
		return 0;
	cookie = ktp_cookie(sk);
	socket = ktp_followed(cookie);
	if (!socket)
		return 0;
	event = reserve_event(kind, sk, socket->ring, cookie, socket->number);
	if (!event)
		return 0;
	event->error = error;
	event->error_soft = error_soft;
	ktp_submit(socket->ring, event, is_decisive);
	return 0;
}

/* Not BPF_PROG: the third argument exists from 6.18 on, and reading it elsewhere would not load. */
SEC("?tp_btf/tcp_retransmit_skb")
int ktp_retransmit(unsigned long long *ctx)
{
	int error = 0;

	if (ktp_config.retransmit_skb_args > 2)
		error = (int)ctx[2];
	return emit_socket(KTP_RETRANSMIT, (const struct sock *)ctx[0], error, 0, false);
}

SEC("?tp_btf/tcp_receive_reset")
int BPF_PROG(ktp_reset_received, const struct sock *sk)
{
	return emit_socket(KTP_RESET_RECEIVED, sk, 0, 0, false);
}

/* sk is NULL where the kernel answers for no socket at all. */
SEC("?tp_btf/tcp_send_reset")
int BPF_PROG(ktp_reset_sent, const struct sock *sk)
{
	return emit_socket(KTP_RESET_SENT, sk, 0, 0, false);
}

SEC("?tp_btf/inet_sk_error_report")
int BPF_PROG(ktp_error_report, const struct sock *sk)
{
	return emit_socket(KTP_ERROR_REPORT, sk, sk->sk_err, sk->sk_err_soft, true);
}

char LICENSE[] SEC("license") __weak = "Dual BSD/GPL";
