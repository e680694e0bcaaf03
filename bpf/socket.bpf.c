// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The socket's view: admission at CLOSE -> SYN_SENT, state changes, resets, retransmits, errors;
 * and other sockets that accept our SYN.
 */
#include "bpf/socket.bpf.h"
#include "bpf/handover.bpf.h"

/* Ours: made by this process, and its cookie was asked for before connect(). */
static __always_inline bool is_wanted(__u64 cookie, struct bpf_pidns_info *ret_pids)
{
	if (ktp_config.filter != KTP_FILTER_OWN || !cookie)
		return false;
	if (bpf_get_ns_current_pid_tgid(ktp_config.pidns_dev, ktp_config.pidns_ino, ret_pids,
					sizeof(*ret_pids)))
		return false;
	return ret_pids->tgid == ktp_config.tgid;
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
	tuple->netns = ktp_sock_netns(sk);
	tuple->local_port = __builtin_bswap16(sk->__sk_common.skc_dport);
	tuple->remote_port = sk->__sk_common.skc_num;
	tuple->family = sk->__sk_common.skc_family;
	if (tuple->family == AF_INET6) {
		BPF_CORE_READ_INTO(&tuple->local, sk, __sk_common.skc_v6_daddr);
		BPF_CORE_READ_INTO(&tuple->remote, sk, __sk_common.skc_v6_rcv_saddr);
		if (!is_v4_mapped(tuple->local))
			return;
		__builtin_memset(tuple->local, 0, 32);
	}
	tuple->family = AF_INET;
	*(__be32 *)tuple->local = sk->__sk_common.skc_daddr;
	*(__be32 *)tuple->remote = sk->__sk_common.skc_rcv_saddr;
}

/*
 * Some other socket became ESTABLISHED from SYN_RECV: was it our SYN that it accepted, on this very
 * host?
 */
static __always_inline void check_local_accept(const struct sock *sk)
{
	struct ktp_tuple tuple = {};
	struct ktp_socket_event *event;
	struct ktp_attempt *attempt;
	struct ktp_socket *socket;

	read_peer_tuple(sk, &tuple);
	attempt = ktp_attempt_of(&tuple);
	socket = attempt ? ktp_followed(attempt->cookie) : NULL;
	/*
	 * Found by the device below, in another namespace than its own, it is another host that
	 * accepts it.
	 */
	if (!socket || socket->netns != tuple.netns)
		return;
	event = reserve_event(KTP_LOCAL_ACCEPT, sk, socket, attempt);
	if (event)
		ktp_submit(socket->ring, event, false);
}

static __always_inline int take_state(const struct sock *sk, int old_state, int new_state)
{
	struct ktp_socket *socket;
	__u64 cookie;

	if (ktp_is_idle())
		return 0;
	cookie = ktp_cookie(sk);
	if (new_state == TCP_SYN_SENT) {
		struct bpf_pidns_info pids = {};
		bool is_fresh;

		socket = is_wanted(cookie, &pids)
				 ? admit(sk, cookie, ktp_ring_of(pids.pid), &is_fresh)
				 : NULL;
		if (socket)
			emit_state(sk, socket, cookie, old_state, new_state, &pids);
		return 0;
	}
	socket = ktp_followed(cookie);
	if (socket) {
		emit_state(sk, socket, cookie, old_state, new_state, NULL);
		if (ktp_config.forgets_at_close && new_state == TCP_CLOSE && !socket->is_kept)
			forget(socket, cookie);
	} else if (old_state == TCP_SYN_RECV && new_state == TCP_ESTABLISHED) {
		check_local_accept(sk);
	}
	return 0;
}

SEC("?ktp_tp/inet_sock_set_state")
int BPF_PROG(ktp_state, const struct sock *sk, int old_state, int new_state)
{
	ktp_leave_mark(ctx, KTP_TURN_STATE, (__u64)sk, ktp_transition(old_state, new_state));
	return take_state(sk, old_state, new_state);
}

SEC("?ktp_tp/inet_sock_set_state")
int BPF_PROG(ktp_state_again, const struct sock *sk, int old_state, int new_state)
{
	return KTP_TAKE_OVER(ctx, KTP_TURN_STATE, (__u64)sk, ktp_transition(old_state, new_state),
			     take_state(sk, old_state, new_state));
}

static __always_inline void emit_socket(enum ktp_kind kind, const struct sock *sk, int error,
					int error_soft, bool is_decisive)
{
	struct ktp_attempt attempt = {.cookie = ktp_is_idle() ? 0 : ktp_cookie(sk)};
	struct ktp_socket *socket = ktp_followed(attempt.cookie);
	struct ktp_socket_event *event;

	if (!socket)
		return;
	attempt.number = socket->number;
	event = reserve_event(kind, sk, socket, &attempt);
	if (!event)
		return;
	event->error = error;
	event->error_soft = error_soft;
	ktp_submit(socket->ring, event, is_decisive);
}

/* Not BPF_PROG: the third argument exists from 6.18 on, and reading it elsewhere would not load. */
static __always_inline int take_retransmit(unsigned long long *ctx)
{
	int error = 0;

	if (ktp_config.retransmit_skb_args > 2)
		error = (int)ctx[2];
	emit_socket(KTP_RETRANSMIT, (const struct sock *)ctx[0], error, 0, false);
	return 0;
}

SEC("?ktp_tp/tcp_retransmit_skb")
int ktp_retransmit(unsigned long long *ctx)
{
	ktp_leave_preemptible_mark(ctx, KTP_TURN_RETRANSMIT, ctx[1], 0);
	return take_retransmit(ctx);
}

SEC("?ktp_tp/tcp_retransmit_skb")
int ktp_retransmit_again(unsigned long long *ctx)
{
	return KTP_TAKE_OVER(ctx, KTP_TURN_RETRANSMIT, ctx[1], 0, take_retransmit(ctx));
}

/*
 * Of a socket that is followed no longer than until it is CLOSE, which it is at once (tcp_reset()):
 * that is one record. Its tuples go before its source port does, which is free for another thread's
 * connect by the time the socket is CLOSE: deleted then, they might be that one's already.
 */
static __always_inline void note_reset(const struct sock *sk)
{
	__u64 cookie = ktp_is_idle() ? 0 : ktp_cookie(sk);
	struct ktp_socket *socket = ktp_followed(cookie);

	if (!socket)
		return;
	socket->reset_ns = bpf_ktime_get_ns();
	forget_tuples(socket, cookie);
}

static __always_inline int take_reset(const struct sock *sk)
{
	if (ktp_config.forgets_at_close)
		note_reset(sk);
	else
		emit_socket(KTP_RESET_RECEIVED, sk, 0, 0, false);
	return 0;
}

SEC("?ktp_tp/tcp_receive_reset")
int BPF_PROG(ktp_reset_received, const struct sock *sk)
{
	ktp_leave_mark(ctx, KTP_TURN_RESET_RECEIVED, (__u64)sk, 0);
	return take_reset(sk);
}

SEC("?ktp_tp/tcp_receive_reset")
int BPF_PROG(ktp_reset_received_again, const struct sock *sk)
{
	return KTP_TAKE_OVER(ctx, KTP_TURN_RESET_RECEIVED, (__u64)sk, 0, take_reset(sk));
}

/* sk is NULL where the kernel answers for no socket at all. */
static __always_inline int take_reset_sent(const struct sock *sk)
{
	emit_socket(KTP_RESET_SENT, sk, 0, 0, false);
	return 0;
}

SEC("?ktp_tp/tcp_send_reset")
int BPF_PROG(ktp_reset_sent, const struct sock *sk, const struct sk_buff *skb)
{
	ktp_leave_mark(ctx, KTP_TURN_RESET_SENT, (__u64)skb, 0);
	return take_reset_sent(sk);
}

SEC("?ktp_tp/tcp_send_reset")
int BPF_PROG(ktp_reset_sent_again, const struct sock *sk, const struct sk_buff *skb)
{
	return KTP_TAKE_OVER(ctx, KTP_TURN_RESET_SENT, (__u64)skb, 0, take_reset_sent(sk));
}

static __always_inline int take_error(const struct sock *sk)
{
	emit_socket(KTP_ERROR_REPORT, sk, sk->sk_err, sk->sk_err_soft, true);
	return 0;
}

SEC("?ktp_tp/inet_sk_error_report")
int BPF_PROG(ktp_error_report, const struct sock *sk)
{
	ktp_leave_mark(ctx, KTP_TURN_ERROR_REPORT, (__u64)sk, 0);
	return take_error(sk);
}

SEC("?ktp_tp/inet_sk_error_report")
int BPF_PROG(ktp_error_report_again, const struct sock *sk)
{
	return KTP_TAKE_OVER(ctx, KTP_TURN_ERROR_REPORT, (__u64)sk, 0, take_error(sk));
}

char LICENSE[] SEC("license") __weak = "Dual BSD/GPL";
