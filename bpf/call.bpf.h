/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Who is watched, and what a system call under way has to do with a socket. For call.bpf.c, which sees the calls, and socket.bpf.c, which sees what they
 * do to the socket while they run.
 */
#ifndef BPF_CALL_H
#define BPF_CALL_H

#include "bpf/follow.bpf.h"

/* A call between entry and return, by thread. */
struct ktp_pending {
	__u64 enter_ns;
	__u64 sk; /* the socket's address in the kernel: of an MPTCP socket not the one that sends the SYN */
	__u64 arguments[4];
	struct ktp_attempt attempt; /* connect: the one that began during it */
	__s32 fd;
	__u8 call; /* enum ktp_call */
	__u8 sockaddr[KTP_SOCKADDR_MAX];
};

/* What the sockets of watched programs are following, by their address; told of until that is reused. */
struct ktp_app {
	struct ktp_attempt attempt;
	__u32 transfers; /* sends and receives recorded: only the first few say anything of the handshake */
	__u32 pad;
};

#define KTP_TRANSFERS_MAX 3
#define KTP_TASKS_MAX	  16384

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, struct ktp_pending);
} ktp_pendings __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, struct ktp_app);
} ktp_apps __weak SEC(".maps");

/* Thread groups that are watched by number; user space puts the first ones in. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} ktp_tasks __weak SEC(".maps");

/* Thread groups that have connected: only their other calls are looked at. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} ktp_users __weak SEC(".maps");

/* As ktp_tasks numbers it; 0: it has no number there. */
static __always_inline __u32 ktp_tgid(void)
{
	struct bpf_pidns_info pids = {};

	if (ktp_config.is_initial_pidns)
		return bpf_get_current_pid_tgid() >> 32;
	if (bpf_get_ns_current_pid_tgid(ktp_config.pidns_dev, ktp_config.pidns_ino, &pids, sizeof(pids)))
		return 0;
	return pids.tgid;
}

static __always_inline bool ktp_is_comm(void)
{
	char comm[16] = {};

	bpf_get_current_comm(comm, sizeof(comm));
	for (int i = 0; i < 16; i++)
		if (comm[i] != ktp_config.comm[i])
			return false;
	return true;
}

static __always_inline bool ktp_is_in_cgroup(void)
{
	return bpf_get_current_cgroup_id() == ktp_config.cgroup ||
	       bpf_get_current_ancestor_cgroup_id((int)ktp_config.cgroup_level) == ktp_config.cgroup;
}

/* Runs in the task that calls. */
static __always_inline bool ktp_is_watched(const struct sock *sk)
{
	__u32 tgid = ktp_tgid();

	if (!(ktp_config.filter & ~(__u32)KTP_FILTER_OWN) || (tgid && tgid == ktp_config.tgid))
		return false;
	if (ktp_config.filter & KTP_FILTER_TASKS && !bpf_map_lookup_elem(&ktp_tasks, &tgid))
		return false;
	if (ktp_config.filter & KTP_FILTER_COMM && !ktp_is_comm())
		return false;
	if (ktp_config.filter & KTP_FILTER_CGROUP && !ktp_is_in_cgroup())
		return false;
	return !(ktp_config.filter & KTP_FILTER_NETNS) || BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum) == ktp_config.netns;
}

static __always_inline void ktp_fill_call(struct ktp_call_event *event, const struct ktp_pending *pending, __u32 netns)
{
	__u64 pid_tgid = bpf_get_current_pid_tgid();

	event->record.netns = netns;
	event->enter_ns = pending->enter_ns;
	event->cgroup = bpf_get_current_cgroup_id();
	event->pid = pid_tgid >> 32;
	event->tid = (__u32)pid_tgid;
	event->uid = (__u32)bpf_get_current_uid_gid();
	event->fd = pending->fd;
	event->call = pending->call;
	event->pad[0] = event->pad[1] = 0;
	__builtin_memcpy(event->sockaddr, pending->sockaddr, sizeof(event->sockaddr));
	bpf_get_current_comm(event->comm, sizeof(event->comm));
}

/* A call about this attempt: entered, or returned with that result. */
static __always_inline void ktp_emit_call(const struct ktp_pending *pending, const struct ktp_attempt *attempt, __s32 result, __s32 error,
					  bool is_entered)
{
	struct ktp_call_event *event = ktp_reserve(0, sizeof(*event));

	if (!event)
		return;
	ktp_stamp(&event->record, KTP_CALL, attempt->cookie, attempt->number, 0, 0);
	ktp_fill_call(event, pending, BPF_CORE_READ((const struct sock *)pending->sk, __sk_common.skc_net.net, ns.inum));
	event->result = result;
	event->error = error;
	event->is_entered = is_entered;
	if (is_entered)
		event->record.time_ns = pending->enter_ns;
	ktp_submit(0, event, !is_entered);
}

#endif
