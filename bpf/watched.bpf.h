/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Who is watched, and what a system call under way has to do with a socket. For call.bpf.c, which sees the calls, and socket.bpf.c, which sees what they
 * do to the socket while they run.
 */
#ifndef BPF_WATCHED_H
#define BPF_WATCHED_H

#include "bpf/follow.bpf.h"

/* A call between entry and return, by thread. */
struct ktp_syscall {
	__u64 enter_ns;
	__u64 sk; /* the socket's address in the kernel: of an MPTCP socket not the one that sends the SYN */
	__u64 arguments[4];
	struct ktp_attempt attempt; /* connect: the one that began during it */
	__s32 fd;
	__u8 call; /* enum ktp_call */
	__u8 is_blocking;
	__u8 sockaddr[KTP_SOCKADDR_MAX];
	__u16 interrupted; /* by a signal, and not told of that yet: KTP_ERESTART*, or one of the two below; 0: not */
	__u8 begins;	   /* connect: of a socket with nothing under way, so that whatever it returns is about a new attempt */
	__u8 pad[3];
};

/* A program may ask a million times a second: a call that says again what it said before is told of this often. */
#define KTP_SAME_AGAIN_NS 100000000ull
/* So many are told of whatever comes between: their order may count. */
#define KTP_IN_ORDER_MAX 16
/* So many readiness calls and transfers of a socket that is no longer SYN_SENT say all there is to know of its connect. */
#define KTP_AFTER_MAX 8
#define KTP_TASKS_MAX 16384
/* Instead of a descriptor. */
#define KTP_FD_UNSEEN -1 /* of a connect: made by no call that is seen */
#define KTP_FD_URING  -2
#define KTP_EINTR     4
/* The kernel's own numbers for "try again after the signal" (include/linux/errno.h); a program sees EINTR, or nothing of it. */
#define KTP_ERESTARTSYS		  512
#define KTP_ERESTARTNOINTR	  513
#define KTP_ERESTART_RESTARTBLOCK 516
#define KTP_CALLED_AGAIN	  1   /* the first handler has decided that the call is made again, ... */
#define KTP_HANDLED		  2   /* ... and has returned: one that jumps away instead has given the call up */
#define PF_EXITING		  0x4 /* include/linux/sched.h */
#define KTP_SYN_SENT		  2
#define KTP_SYN_RECV		  3
#define KTP_CLOSE		  7

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, struct ktp_syscall);
} ktp_open_syscalls __weak SEC(".maps");

/* Requests of io_uring that connect: some never say that they are complete (IOSQE_CQE_SKIP_SUCCESS). */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, struct ktp_syscall);
} ktp_requests __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, struct ktp_watched_socket);
} ktp_watched_sockets __weak SEC(".maps");

/* Thread groups that are watched by number: user space puts the first ones in, as its own pid namespace numbers them; see ktp_child_key(). */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} ktp_tasks __weak SEC(".maps");

/*
 * Thread groups whose other calls are looked at, in the initial pid namespace's numbers: those watched by number, those that have connected, and what these
 * fork. The dead leave by themselves: their sockets are closed after their exit is told. enum ktp_visibility
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} ktp_users __weak SEC(".maps");

static __always_inline void ktp_note_seen(__u32 tgid)
{
	ktp_shared.seen[tgid & (KTP_SEEN_BYTES - 1)] = 1;
}

/* Cheap enough to be asked for every call of every task. */
static __always_inline bool ktp_may_be_user(__u32 tgid)
{
	return *(volatile __u8 *)&ktp_shared.seen[tgid & (KTP_SEEN_BYTES - 1)];
}

static __always_inline bool ktp_is_user(__u32 tgid)
{
	return ktp_may_be_user(tgid) && bpf_map_lookup_elem(&ktp_users, &tgid);
}

/* As user space numbers it; 0: it has no number there. */
static __always_inline __u32 ktp_tgid(void)
{
	__u32 pid, tid;

	ktp_caller(&pid, &tid);
	return pid;
}

/* A child is known by its number in the initial pid namespace, the only one that the kernel side can read of another task. Numbers end at 1 << 22. */
static __always_inline __u32 ktp_child_key(__u32 global_tgid)
{
	return global_tgid | 1u << 31;
}

/* enum ktp_visibility, if the current task is one of those watched by number, else 0. */
static __always_inline __u32 ktp_task_visibility(void)
{
	__u32 own = ktp_tgid(), child = ktp_child_key(bpf_get_current_pid_tgid() >> 32);
	__u32 *visibility = bpf_map_lookup_elem(&ktp_tasks, &child);

	if (!visibility && own)
		visibility = bpf_map_lookup_elem(&ktp_tasks, &own);
	return visibility ? *visibility : 0;
}

static __always_inline bool ktp_is_same_comm(const char *comm)
{
	for (int i = 0; i < KTP_NAME_MAX; i++)
		if (comm[i] != ktp_config.comm[i])
			return false;
	return true;
}

/* Threads may have names of their own: the process's is its first one's. */
static __always_inline bool ktp_is_comm(void)
{
	const struct task_struct *task = (const struct task_struct *)bpf_get_current_task();
	char comm[KTP_NAME_MAX] = {};

	bpf_get_current_comm(comm, sizeof(comm));
	if (ktp_is_same_comm(comm))
		return true;
	BPF_CORE_READ_INTO(&comm, task, group_leader, comm);
	return ktp_is_same_comm(comm);
}

/* How deep it is below the root cannot be told from within a cgroup namespace. */
#define KTP_CGROUP_LEVELS 32

static __always_inline bool ktp_is_in_cgroup(void)
{
	__u64 above = 1;

	for (int level = 0; level < KTP_CGROUP_LEVELS && above; level++) { /* at its own level and above none */
		above = bpf_get_current_ancestor_cgroup_id(level);
		if (above == ktp_config.cgroup)
			return true;
	}
	return false;
}

/* Runs in the task that calls. */
static __always_inline bool ktp_is_watched(const struct sock *sk)
{
	__u32 tgid = ktp_tgid();

	if (!(ktp_config.filter & ~(__u32)KTP_FILTER_OWN) || (tgid && tgid == ktp_config.tgid))
		return false;
	if (ktp_config.filter & KTP_FILTER_TASKS && !ktp_task_visibility())
		return false;
	if (ktp_config.filter & KTP_FILTER_COMM && !ktp_is_comm())
		return false;
	if (ktp_config.filter & KTP_FILTER_CGROUP && !ktp_is_in_cgroup())
		return false;
	return !(ktp_config.filter & KTP_FILTER_NETNS) || BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum) == ktp_config.filter_netns;
}

static __always_inline void ktp_fill_caller(struct ktp_call_event *event)
{
	event->cgroup = bpf_get_current_cgroup_id();
	ktp_caller(&event->pid, &event->tid);
	event->uid = (__u32)bpf_get_current_uid_gid();
	bpf_get_current_comm(event->comm, sizeof(event->comm));
}

/* A call about this attempt: entered, or returned with that result. */
static __always_inline bool ktp_emit_call(const struct ktp_syscall *syscall, const struct ktp_attempt *attempt, __s32 result, __s32 error,
					  bool is_entered)
{
	const struct sock *sk = (const struct sock *)syscall->sk; /* else pending would be taken for a struct of the kernel's */
	/* Before the record has its time: the event of what led to it has an earlier one. MPTCP's own states are another matter. */
	__u8 state = is_entered || BPF_CORE_READ(sk, sk_protocol) != IPPROTO_TCP ? 0 : BPF_CORE_READ(sk, __sk_common.skc_state);
	struct ktp_call_event *event = ktp_reserve(0, sizeof(*event));

	if (!event)
		return false;
	ktp_stamp(&event->record, KTP_CALL, attempt->cookie, attempt->number, ktp_sock_netns(sk), 0);
	event->enter_ns = syscall->enter_ns;
	event->cgroup = 0;
	event->pid = event->tid = event->uid = 0;
	event->fd = syscall->fd;
	event->result = result;
	event->error = error;
	event->call = syscall->call;
	event->is_entered = is_entered;
	event->is_blocking = syscall->is_blocking;
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

/* Of a socket that is no longer SYN_SENT these only show that the program goes on; an error may be what tells it the outcome. */
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

/* That a call was repeated is told once: a program that asks again waits. */
static __always_inline bool ktp_is_repeat(struct ktp_watched_socket *watched, __u32 call, __s32 result, __u64 now_ns)
{
	__u32 at = call & (KTP_CALLS_MAX - 1), bit = 1u << at;
	bool is_same = watched->told_result[at] == result && now_ns - watched->told_ns[at] < KTP_SAME_AGAIN_NS;
	bool is_told = watched->repeated & bit && (watched->told_call == call || watched->told > KTP_IN_ORDER_MAX);

	if (is_same)
		watched->repeated |= bit;
	else
		watched->repeated &= ~bit;
	return is_same && is_told;
}

/* A program may ask again and again, and will go on asking long after the handshake: that says nothing new. */
static __always_inline bool ktp_should_report(struct ktp_watched_socket *watched, __u64 sk, __u32 call, __s32 result, __u64 now_ns)
{
	__u32 at = call & (KTP_CALLS_MAX - 1);
	__u8 state = BPF_CORE_READ((const struct sock *)sk, __sk_common.skc_state);

	if (call == KTP_CALL_SELECT && !result && watched->told_call == call) /* it asks, as it did before */
		return false;
	if (ktp_is_repeat(watched, call, result, now_ns))
		return false;
	if (state != KTP_SYN_SENT && state != KTP_SYN_RECV && ktp_is_routine(call, result) && ++watched->after > KTP_AFTER_MAX)
		return false;
	watched->told++;
	watched->told_call = call;
	watched->told_result[at] = result;
	watched->told_ns[at] = now_ns;
	return true;
}

static __always_inline __s32 ktp_error_of(long result)
{
	return result < 0 ? (__s32)-result : 0;
}

/* Its next connect() begins a new attempt, or fails at once (net/ipv4/af_inet.c, __inet_stream_connect()). */
static __always_inline bool ktp_is_unconnected(__u64 sk)
{
	const struct sock *sock = (const struct sock *)sk;

	return BPF_CORE_READ(sock, sk_socket, state) == SS_UNCONNECTED && BPF_CORE_READ(sock, __sk_common.skc_state) == KTP_CLOSE;
}

/*
 * It began during this call; or the socket has one already; or it failed before it began, and then it gets a key of its own. Of what began before, and is not
 * followed any more or never was, nothing is said.
 */
static __always_inline void ktp_tell_connect(const struct ktp_syscall *syscall, long result)
{
	struct ktp_attempt attempt = syscall->attempt;
	struct ktp_watched_socket *watched = syscall->begins ? NULL : bpf_map_lookup_elem(&ktp_watched_sockets, &syscall->sk);
	__s32 error = ktp_error_of(result);
	__u64 sk = syscall->sk;

	if (!attempt.cookie) {
		if (watched ? !ktp_followed(watched->attempt.cookie) : !syscall->begins)
			return;
		/* It is another one's by now. */
		if (!watched && BPF_CORE_READ((const struct sock *)sk, __sk_common.skc_state) != KTP_CLOSE)
			return;
		if (watched)
			attempt = watched->attempt;
		else
			attempt = (struct ktp_attempt){.cookie = 1ull << 63 | syscall->enter_ns, .number = 1};
		if (watched && !ktp_should_report(watched, syscall->sk, syscall->call, -error, bpf_ktime_get_ns()))
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

static __always_inline bool ktp_is_exiting(void)
{
	const struct task_struct *task = (const struct task_struct *)bpf_get_current_task();

	return BPF_CORE_READ(task, flags) & PF_EXITING;
}

/*
 * The program has given the socket up. What it asked before is known only when all calls of the two programs that connected and that close were seen; a poll() in
 * another thread may come back when the descriptor is no more, but has asked. Returns false when that could not be told.
 */
static __always_inline bool ktp_emit_close(__u64 sk, struct ktp_watched_socket *watched)
{
	struct ktp_syscall poll = {.enter_ns = watched->asked_ns, .sk = sk, .fd = KTP_FD_UNSEEN, .call = KTP_CALL_POLL};
	struct ktp_syscall syscall = {.enter_ns = bpf_ktime_get_ns(), .sk = sk, .fd = KTP_FD_UNSEEN, .call = KTP_CALL_CLOSE};
	bool is_seen = ktp_sees_calls(watched->tgid) && ktp_sees_calls(bpf_get_current_pid_tgid() >> 32);
	__s32 how = (is_seen ? 0 : KTP_CLOSE_UNSEEN) | (ktp_is_exiting() ? KTP_CLOSE_BY_EXIT : 0);

	if (watched->is_closed)
		return true;
	if (watched->asked_ns && !ktp_emit_call(&poll, &watched->attempt, 0, 0, false))
		return false;
	watched->asked_ns = 0;
	watched->is_closed = ktp_emit_call(&syscall, &watched->attempt, how, 0, false);
	return watched->is_closed;
}

#endif
