// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Which programs are watched, and what becomes of their sockets: admission of other programs'
 * connects, the end of sockets and tasks, children.
 */
#include "bpf/call_report.bpf.h"
#include "bpf/fd.bpf.h"
#include "bpf/handover.bpf.h"
#include "bpf/socket.bpf.h"

#define SHUTDOWN_MASK 3

/*
 * The call that its task is in, if that connects, or a request of io_uring. 32-bit programs connect
 * without one that is seen.
 */
static __always_inline struct ktp_syscall *connecting_call(const struct sock *sk)
{
	__u64 task = bpf_get_current_pid_tgid(), request = (__u64)sk;
	struct ktp_syscall *syscall = bpf_map_lookup_elem(&ktp_open_syscalls, &task);

	if (syscall &&
	    (syscall->call == KTP_CALL_CONNECT || syscall->call == KTP_CALL_SEND_FASTOPEN))
		return syscall;
	return bpf_map_lookup_elem(&ktp_requests, &request);
}

/* Its socket gets a cookie here, and the call that it is in the attempt. */
static __always_inline void admit_watched(const struct sock *sk, int old_state, int new_state)
{
	struct ktp_syscall unseen = {
		.sk = (__u64)sk, .fd = KTP_FD_UNSEEN, .call = KTP_CALL_CONNECT};
	struct ktp_syscall *syscall = connecting_call(sk);
	__u64 cookie = bpf_get_socket_cookie((void *)sk), key = (__u64)sk;
	struct bpf_pidns_info caller = {};
	bool is_fresh;
	struct ktp_socket *socket = admit(sk, cookie, 0, &is_fresh);
	struct ktp_watched_socket watched = {};

	if (!socket)
		return;
	if (is_fresh)
		__sync_fetch_and_add(&ktp_shared.active, 1);
	watched.attempt = (struct ktp_attempt){.cookie = cookie, .number = socket->number};
	watched.tgid = bpf_get_current_pid_tgid() >> 32;
	watched.mptcp = syscall && syscall->sk != key ? syscall->sk : 0;
	socket->watched = key;
	if (bpf_map_update_elem(&ktp_watched_sockets, &key, &watched, BPF_ANY) ||
	    (watched.mptcp &&
	     bpf_map_update_elem(&ktp_watched_sockets, &watched.mptcp, &watched, BPF_ANY)))
		ktp_lost(0, KTP_LOSS_MAP);
	if (syscall) {
		syscall->attempt = watched.attempt;
		ktp_emit_call(syscall, &watched.attempt, 0, 0, true);
	} else {
		unseen.enter_ns = bpf_ktime_get_ns();
		ktp_emit_call(&unseen, &watched.attempt, 0, 0, true);
	}
	ktp_caller(&caller.tgid, &caller.pid);
	emit_state(sk, socket, cookie, old_state, new_state, &caller);
}

/*
 * An independent witness, where SYNs were repeated: while another process attaches a program to a
 * tracepoint, or takes one off, the kernel may pass over ours, and counts no loss.
 */
static __always_inline void tell_retransmits(const struct sock *sk,
					     const struct ktp_watched_socket *watched)
{
	struct ktp_socket *socket = ktp_followed(watched->attempt.cookie);
	__u32 retransmits = BPF_CORE_READ((const struct tcp_sock *)sk, total_retrans);
	struct ktp_socket_event *event;

	if (!retransmits || !socket)
		return;
	event = reserve_event(KTP_INFO, sk, socket, &watched->attempt);
	if (!event)
		return;
	event->error = (__s32)retransmits;
	ktp_submit(socket->ring, event, false);
}

static __always_inline int take_watched_state(const struct sock *sk, int old_state, int new_state)
{
	__u64 key = (__u64)sk;
	struct ktp_watched_socket *watched;

	if (sk->sk_protocol != IPPROTO_TCP)
		return 0;
	if (new_state == TCP_SYN_SENT) {
		if (ktp_is_watched(sk))
			admit_watched(sk, old_state, new_state);
		return 0;
	}
	if (old_state != TCP_SYN_SENT || !ktp_cookie(sk))
		return 0;
	watched = bpf_map_lookup_elem(&ktp_watched_sockets, &key);
	if (!watched)
		return 0;
	tell_retransmits(sk, watched);
	/* tcp_close() has set it by now; a reset that came in sets it later. */
	if (new_state == TCP_CLOSE && BPF_CORE_READ(sk, sk_shutdown) == SHUTDOWN_MASK)
		ktp_emit_close(key, watched);
	return 0;
}

/* Before ktp_state, for the reader of a close must know first that it was the program's own. */
SEC("?ktp_tp/inet_sock_set_state")
int BPF_PROG(ktp_watch_state, const struct sock *sk, int old_state, int new_state)
{
	ktp_leave_mark(ctx, KTP_TURN_WATCH_STATE, (__u64)sk, ktp_transition(old_state, new_state));
	return take_watched_state(sk, old_state, new_state);
}

SEC("?ktp_tp/inet_sock_set_state")
int BPF_PROG(ktp_watch_state_again, const struct sock *sk, int old_state, int new_state)
{
	return KTP_TAKE_OVER(ctx, KTP_TURN_WATCH_STATE, (__u64)sk,
			     ktp_transition(old_state, new_state),
			     take_watched_state(sk, old_state, new_state));
}

/*
 * If the close could not be reported, user space may not know this socket, and would never release
 * it.
 */
static __always_inline void forget_unheard(__u64 cookie)
{
	struct ktp_socket *socket = ktp_followed(cookie);

	if (!socket)
		return;
	if (forget(socket, cookie)) /* else user space has, and took it off */
		__sync_fetch_and_sub(&ktp_shared.active, 1);
}

/*
 * A socket that was CLOSE already ends in the call that closes its last descriptor. Its address may
 * be another socket's next.
 */
static __always_inline int take_end(const struct sock *sk)
{
	__u64 key = (__u64)sk, mptcp;
	struct ktp_watched_socket *watched;

	if (!ktp_cookie(sk)) /* whose connect was admitted has one */
		return 0;
	watched = bpf_map_lookup_elem(&ktp_watched_sockets, &key);
	if (!watched)
		return 0;
	mptcp = watched->mptcp;
	if (ktp_followed(watched->attempt.cookie) && !ktp_emit_close(key, watched))
		forget_unheard(watched->attempt.cookie);
	bpf_map_delete_elem(&ktp_watched_sockets, &key);
	if (mptcp)
		bpf_map_delete_elem(&ktp_watched_sockets, &mptcp);
	bpf_map_delete_elem(&ktp_requests, &key);
	return 0;
}

SEC("?ktp_tp/tcp_destroy_sock")
int BPF_PROG(ktp_destroy, const struct sock *sk)
{
	ktp_leave_mark(ctx, KTP_TURN_DESTROY, (__u64)sk, 0);
	return take_end(sk);
}

SEC("?ktp_tp/tcp_destroy_sock")
int BPF_PROG(ktp_destroy_again, const struct sock *sk)
{
	return KTP_TAKE_OVER(ctx, KTP_TURN_DESTROY, (__u64)sk, 0, take_end(sk));
}

/* A watched task's children are watched like itself, and inherit its sockets in any case. */
static __always_inline int take_fork(const struct task_struct *child)
{
	__u32 from = bpf_get_current_pid_tgid() >> 32, to = BPF_CORE_READ(child, tgid), *found,
	      visibility;
	__u32 task_sight = ktp_config.filter & KTP_FILTER_TASKS ? ktp_task_visibility() : 0;

	if (to == from)
		return 0;
	found = bpf_map_lookup_elem(&ktp_users, &from);
	visibility = found ? *found : task_sight;
	if (visibility) {
		bpf_map_update_elem(&ktp_users, &to, &visibility, BPF_ANY);
		ktp_note_seen(to);
	}
	if (!task_sight || !ktp_config.follows_children)
		return 0;
	to = ktp_child_key(to);
	if (bpf_map_update_elem(&ktp_tasks, &to, &task_sight, BPF_ANY))
		ktp_lost(0, KTP_LOSS_MAP);
	return 0;
}

SEC("?ktp_tp/sched_process_fork")
int BPF_PROG(ktp_fork, const struct task_struct *parent, const struct task_struct *child)
{
	ktp_leave_preemptible_mark(ctx, KTP_TURN_FORK, (__u64)child, 0);
	return take_fork(child);
}

SEC("?ktp_tp/sched_process_fork")
int BPF_PROG(ktp_fork_again, const struct task_struct *parent, const struct task_struct *child)
{
	return KTP_TAKE_OVER(ctx, KTP_TURN_FORK, (__u64)child, 0, take_fork(child));
}

/*
 * A call that a signal cut short for good has not returned. The thread that a process began with
 * may end long before the others do.
 */
static __always_inline int take_task_end(const struct task_struct *task)
{
	__u32 child = ktp_child_key(BPF_CORE_READ(task, tgid)), own = ktp_tgid();
	__u64 thread = bpf_get_current_pid_tgid();

	bpf_map_delete_elem(&ktp_open_syscalls, &thread);
	if (BPF_CORE_READ(task, signal, live.counter) != 0)
		return 0;
	bpf_map_delete_elem(&ktp_tasks, &child);
	bpf_map_delete_elem(&ktp_tasks, &own); /* it may be another process's next */
	return 0;
}

SEC("?ktp_tp/sched_process_exit")
int BPF_PROG(ktp_exit, const struct task_struct *task)
{
	ktp_leave_preemptible_mark(ctx, KTP_TURN_EXIT, (__u64)task, 0);
	return take_task_end(task);
}

SEC("?ktp_tp/sched_process_exit")
int BPF_PROG(ktp_exit_again, const struct task_struct *task)
{
	return KTP_TAKE_OVER(ctx, KTP_TURN_EXIT, (__u64)task, 0, take_task_end(task));
}

char LICENSE[] SEC("license") __weak = "Dual BSD/GPL";
