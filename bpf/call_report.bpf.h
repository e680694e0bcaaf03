/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is reported of a call about a watched socket, and what says nothing new. For call.bpf.c,
 * which sees the calls, and watch.bpf.c, which sees what they do to the socket while they run.
 */
#ifndef BPF_CALL_REPORT_H
#define BPF_CALL_REPORT_H

#include "bpf/watched.bpf.h"

/*
 * A program may ask a million times a second: a call that says again what it said before is
 * reported this often.
 */
#define KTP_SAME_AGAIN_NS 100000000ull
/* So many are reported whatever comes between: their order may count. */
#define KTP_IN_ORDER_MAX 16
/*
 * So many readiness calls and transfers of a socket that is no longer SYN_SENT say all there is to
 * know of its connect.
 */
#define KTP_AFTER_MAX 8

static __always_inline void ktp_fill_caller(struct ktp_call_event *event)
{
	event->cgroup = bpf_get_current_cgroup_id();
	ktp_caller(&event->pid, &event->tid);
	event->uid = (__u32)bpf_get_current_uid_gid();
	bpf_get_current_comm(event->comm, sizeof(event->comm));
}

/* A call about this attempt: entered, or returned with that result. */
static __always_inline bool ktp_emit_call(const struct ktp_syscall *syscall,
					  const struct ktp_attempt *attempt, __s32 result,
					  __s32 error, bool is_entered)
{
	/* Else pending would be taken for a struct of the kernel's */
	const struct sock *sk = (const struct sock *)syscall->sk;
	/*
	 * Before the record has its time: the event of what led to it has an earlier one. MPTCP's
	 * own states are another matter.
	 */
	__u8 state = is_entered || BPF_CORE_READ(sk, sk_protocol) != IPPROTO_TCP
			     ? 0
			     : BPF_CORE_READ(sk, __sk_common.skc_state);
	struct ktp_call_event *event = ktp_reserve(0, sizeof(*event));

	if (!event)
		return false;
	ktp_stamp(&event->record, KTP_CALL, attempt->cookie, attempt->number, ktp_sock_netns(sk),
		  0);
	event->enter_ns = syscall->enter_ns;
	event->cgroup = 0;
	event->pid = event->tid = event->uid = 0;
	event->fd = syscall->fd;
	event->result = result;
	event->error = error;
	event->call = syscall->call;
	event->is_entered = is_entered;
	event->manner = syscall->manner;
	event->state = state;
	__builtin_memcpy(event->sockaddr, syscall->sockaddr, sizeof(event->sockaddr));
	__builtin_memset(event->comm, 0, sizeof(event->comm));
	if (is_entered) {
		ktp_fill_caller(event);
		event->record.time_ns = syscall->enter_ns;
	}
	ktp_submit(0, event, !is_entered);
	return true;
}

/*
 * Of a socket that is no longer SYN_SENT these only show that the program goes on; an error may be
 * how it learns the outcome.
 */
static __always_inline bool ktp_is_routine(__u32 call, __s32 result)
{
	switch (call) {
	case KTP_CALL_POLL:
	case KTP_CALL_SELECT:
	case KTP_CALL_EPOLL:
	case KTP_CALL_EPOLL_CTL:
		return true;
	case KTP_CALL_SEND:
	case KTP_CALL_RECEIVE:
	case KTP_CALL_SHUTDOWN:
	case KTP_CALL_IOCTL:
		return result >= 0;
	}
	return false;
}

/* That a call was repeated is reported once: a program that asks again waits. */
static __always_inline bool ktp_is_repeat(struct ktp_watched_socket *watched, __u32 call,
					  __s32 result, __u64 now_ns)
{
	__u32 at = call & (KTP_CALLS_MAX - 1), bit = 1u << at;
	bool is_same = watched->reported_result[at] == result &&
		       now_ns - watched->reported_ns[at] < KTP_SAME_AGAIN_NS;
	bool is_reported = watched->repeated & bit &&
			   (watched->reported_call == call || watched->reported > KTP_IN_ORDER_MAX);

	if (is_same)
		watched->repeated |= bit;
	else
		watched->repeated &= ~bit;
	return is_same && is_reported;
}

/*
 * A program may ask again and again, and will go on asking long after the handshake: that says
 * nothing new.
 */
static __always_inline bool ktp_should_report(struct ktp_watched_socket *watched, __u64 sk,
					      __u32 call, __s32 result, __u64 now_ns)
{
	__u32 at = call & (KTP_CALLS_MAX - 1);
	__u8 state = BPF_CORE_READ((const struct sock *)sk, __sk_common.skc_state);

	if (call == KTP_CALL_SELECT && !result &&
	    watched->reported_call == call) /* it asks, as it did before */
		return false;
	if (ktp_is_repeat(watched, call, result, now_ns))
		return false;
	if (state != KTP_SYN_SENT && state != KTP_SYN_RECV && ktp_is_routine(call, result) &&
	    ++watched->after > KTP_AFTER_MAX)
		return false;
	watched->reported++;
	watched->reported_call = call;
	watched->reported_result[at] = result;
	watched->reported_ns[at] = now_ns;
	return true;
}

static __always_inline __s32 ktp_error_of(long result)
{
	return result < 0 ? (__s32)-result : 0;
}

/*
 * Its next connect() begins a new attempt, or fails at once (net/ipv4/af_inet.c,
 * __inet_stream_connect()).
 */
static __always_inline bool ktp_is_unconnected(__u64 sk)
{
	const struct sock *sock = (const struct sock *)sk;

	return BPF_CORE_READ(sock, sk_socket, state) == SS_UNCONNECTED &&
	       BPF_CORE_READ(sock, __sk_common.skc_state) == KTP_CLOSE;
}

/*
 * It began during this call; or the socket has one already; or it failed before it began, and then
 * it gets a key of its own. Of what began before, and is not followed any more or never was,
 * nothing is said.
 */
static __always_inline void ktp_report_connect(const struct ktp_syscall *syscall, long result)
{
	struct ktp_attempt attempt = syscall->attempt;
	struct ktp_watched_socket *watched =
		syscall->begins ? NULL : bpf_map_lookup_elem(&ktp_watched_sockets, &syscall->sk);
	__s32 error = ktp_error_of(result);
	__u64 sk = syscall->sk;

	if (!attempt.cookie) {
		if (watched ? !ktp_followed(watched->attempt.cookie) : !syscall->begins)
			return;
		/* It is another one's by now. */
		if (!watched &&
		    BPF_CORE_READ((const struct sock *)sk, __sk_common.skc_state) != KTP_CLOSE)
			return;
		if (watched)
			attempt = watched->attempt;
		else
			attempt = (struct ktp_attempt){.cookie = 1ull << 63 | syscall->enter_ns,
						       .number = 1};
		if (watched && !ktp_should_report(watched, syscall->sk, syscall->call, -error,
						  bpf_ktime_get_ns()))
			return;
		if (!watched)
			ktp_emit_call(syscall, &attempt, 0, 0, true);
	}
	ktp_emit_call(syscall, &attempt, error ? -1 : 0, error, false);
}

static __always_inline bool ktp_sees_calls(__u32 tgid)
{
	__u32 *visibility = bpf_map_lookup_elem(&ktp_users, &tgid);

	return visibility && *visibility == KTP_CALLS_SEEN;
}

/* It ends, or has become another program by execve() and made no call yet that matters here. */
static __always_inline bool ktp_is_program_over(void)
{
	const struct task_struct *task = (const struct task_struct *)bpf_get_current_task();
	__u64 key = bpf_get_current_pid_tgid();
	struct ktp_syscall *syscall = bpf_map_lookup_elem(&ktp_open_syscalls, &key);

	return BPF_CORE_READ(task, flags) & PF_EXITING ||
	       (syscall && syscall->call == KTP_CALL_EXEC);
}

/*
 * The program has given the socket up. What it asked before is known only when all calls of the two
 * programs that connected and that close were seen; a poll() in another thread may come back when
 * the descriptor is no more, but has asked. Returns false when the close could not be reported.
 */
static __always_inline bool ktp_emit_close(__u64 sk, struct ktp_watched_socket *watched)
{
	struct ktp_syscall poll = {.enter_ns = watched->asked_ns,
				   .sk = sk,
				   .fd = KTP_FD_UNSEEN,
				   .call = KTP_CALL_POLL};
	struct ktp_syscall syscall = {.enter_ns = bpf_ktime_get_ns(),
				      .sk = sk,
				      .fd = KTP_FD_UNSEEN,
				      .call = KTP_CALL_CLOSE};
	bool is_seen =
		ktp_sees_calls(watched->tgid) && ktp_sees_calls(bpf_get_current_pid_tgid() >> 32);
	__s32 how =
		(is_seen ? 0 : KTP_CLOSE_UNSEEN) | (ktp_is_program_over() ? KTP_CLOSE_BY_EXIT : 0);

	if (watched->is_closed)
		return true;
	if (watched->asked_ns && !ktp_emit_call(&poll, &watched->attempt, 0, 0, false))
		return false;
	watched->asked_ns = 0;
	watched->is_closed = ktp_emit_call(&syscall, &watched->attempt, how, 0, false);
	return watched->is_closed;
}

#endif
