/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which programs are watched, and what is kept of their calls and sockets. */
#ifndef BPF_WATCHED_H
#define BPF_WATCHED_H

#include "bpf/follow.bpf.h"

/* A call between entry and return, by thread. */
struct ktp_syscall {
	__u64 enter_ns;
	/* The socket's address in the kernel: of an MPTCP socket not the one that sends the SYN */
	__u64 sk;
	__u64 arguments[4];
	struct ktp_attempt attempt; /* connect: the one that began during it */
	__s32 fd;
	__u8 call;   /* enum ktp_call */
	__u8 manner; /* enum ktp_manner */
	__u8 sockaddr[KTP_SOCKADDR_MAX];
	/* By a signal, and has not returned yet: KTP_ERESTART*, or one of the two below; 0: not */
	__u16 interrupted;
	/*
	 * connect: of a socket with nothing under way, so that whatever it returns is about a new
	 * attempt
	 */
	__u8 begins;
	__u8 pad[3];
};

#define KTP_CALL_BITS 8 /* above them in a number: enum ktp_manner */

#define KTP_TASKS_MAX 16384
/* Instead of a descriptor. */
#define KTP_FD_UNSEEN -1 /* of a connect: made by no call that is seen */
#define KTP_FD_URING  -2
#define KTP_EINTR     4
#define KTP_EAGAIN    11
/*
 * The kernel's own numbers for "try again after the signal" (include/linux/errno.h); a program sees
 * EINTR, or nothing of it.
 */
#define KTP_ERESTARTSYS		  512
#define KTP_ERESTARTNOINTR	  513
#define KTP_ERESTART_RESTARTBLOCK 516
/* The first handler has decided that the call is made again, ... */
#define KTP_CALLED_AGAIN 1
/* ... and has returned: one that jumps away instead has given the call up */
#define KTP_HANDLED  2
#define PF_EXITING   0x4 /* include/linux/sched.h */
#define KTP_SYN_SENT 2
#define KTP_SYN_RECV 3
#define KTP_CLOSE    7

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, struct ktp_syscall);
} ktp_open_syscalls __weak SEC(".maps");

/*
 * Requests of io_uring that connect: some never say that they are complete
 * (IOSQE_CQE_SKIP_SUCCESS).
 */
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

/*
 * Thread groups that are watched by number: user space puts the first ones in, as its own pid
 * namespace numbers them; see ktp_child_key().
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} ktp_tasks __weak SEC(".maps");

/*
 * Thread groups whose other calls are looked at, in the initial pid namespace's numbers: those
 * watched by number, those that have connected, and what these fork. The dead leave by themselves:
 * their sockets are closed after their exit is seen. enum ktp_visibility
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

/*
 * A child is known by its number in the initial pid namespace, the only one that the kernel side
 * can read of another task. Numbers end at 1 << 22.
 */
static __always_inline __u32 ktp_child_key(__u32 global_tgid)
{
	return global_tgid | 1u << 31;
}

/*
 * Those watched by number, and what they fork, are marked as seen before they call anything; but
 * in another pid namespace only when they connect.
 */
static __always_inline bool ktp_is_unwatched(__u32 tgid)
{
	return ktp_config.filter & KTP_FILTER_TASKS && ktp_config.is_initial_pidns &&
	       !ktp_may_be_user(tgid);
}

/* enum ktp_visibility, if the current task is one of those watched by number, else 0. */
static __always_inline __u32 ktp_task_visibility(void)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32, own = ktp_tgid(),
	      child = ktp_child_key(tgid);
	__u32 *visibility;

	if (ktp_is_unwatched(tgid))
		return 0;
	visibility = bpf_map_lookup_elem(&ktp_tasks, &child);
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

/* How deep it is below the root is not known within a cgroup namespace. */
#define KTP_CGROUP_LEVELS 32

static __always_inline bool ktp_is_in_cgroup(void)
{
	__u64 above = 1;

	/* At its own level and above none */
	for (int level = 0; level < KTP_CGROUP_LEVELS && above; level++) {
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
	return !(ktp_config.filter & KTP_FILTER_NETNS) ||
	       BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum) == ktp_config.filter_netns;
}

#endif
