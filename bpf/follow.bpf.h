/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which sockets are followed, and how a record about it is emitted. Included by every kernel
 * program; the linker folds the weak maps into one.
 *
 * A socket is followed by its cookie from CLOSE -> SYN_SENT on, until user space removes it. Its
 * packets are found by the tuples that its SYNs had on the wire, in its own network namespace.
 * Nothing is decided here: what a packet means is for user space to say.
 */
#ifndef BPF_FOLLOW_H
#define BPF_FOLLOW_H

#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "include/ktp_config.h"
#include "include/ktp_event.h"
#include "include/ktp_follow.h"

#define AF_INET	    2
#define AF_INET6    10
#define ETH_P_IP    0x0800
#define ETH_P_IPV6  0x86dd
#define IPPROTO_TCP 6

/*
 * The sizes below are replaced before loading: by what may be in flight. The rings themselves are
 * user space's to make.
 */
struct ktp_ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, KTP_RINGS_MAX);
	__type(key, __u32);
	__array(values, struct ktp_ring);
} ktp_rings __weak SEC(".maps");

/*
 * Putting a map into one of maps waits for all programs of the host, some 10 ms: one or two rings
 * do without.
 */
struct ktp_ring ktp_first_ring __weak SEC(".maps");
struct ktp_ring ktp_second_ring __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, struct ktp_socket);
} ktp_sockets __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct ktp_tuple);
	__type(value, struct ktp_attempt);
} ktp_tuples __weak SEC(".maps");

/* By the initial sequence number of its SYN, which survives every rewriting of addresses. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct ktp_attempt);
} ktp_isns __weak SEC(".maps");

const volatile struct ktp_config ktp_config __weak = {};
struct ktp_shared ktp_shared __weak = {};

/*
 * Added to a number, it hides it from the verifier, which else looks at all that follows once for
 * each number that it knows.
 */
static __always_inline __u32 ktp_unknown_zero(void)
{
	__u64 zero = *(volatile __u64 *)&ktp_shared.zero;

	return (__u32)zero;
}

static __always_inline bool ktp_is_idle(void)
{
	return *(volatile __u64 *)&ktp_shared.active == 0;
}

static __always_inline void ktp_lost(__u32 ring, enum ktp_loss kind)
{
	struct ktp_loss_span *span = &ktp_shared.rings[ring & (KTP_RINGS_MAX - 1)].losses[kind];
	__u64 now = bpf_ktime_get_ns();

	if (!*(volatile __u64 *)&span->first_ns)
		span->first_ns = now;
	span->last_ns = now;
	__sync_fetch_and_add(&span->count, 1);
}

static __always_inline void *ktp_ring_map(__u32 ring)
{
	if (ktp_config.rings > 2)
		return bpf_map_lookup_elem(&ktp_rings, &ring);
	return ktp_config.rings == 2 && ring ? &ktp_second_ring : &ktp_first_ring;
}

/*
 * Reserve first, stamp second: a record stamped t then always has its place in the ring before t,
 * so a reader who looks at the ring's end at T and reads up to there has everything stamped up to
 * T.
 */
static __always_inline void *ktp_reserve_unneeded(__u32 ring, __u64 size)
{
	void *map = ktp_ring_map(ring);
	struct ktp_record *record = map ? bpf_ringbuf_reserve(map, size, 0) : NULL;

	if (record)
		record->time_ns = bpf_ktime_get_ns();
	return record;
}

/* For what may decide a verdict: without room for it evidence is lost. */
static __always_inline void *ktp_reserve(__u32 ring, __u64 size)
{
	void *record = ktp_reserve_unneeded(ring, size);

	if (!record)
		ktp_lost(ring, KTP_LOSS_RING);
	return record;
}

/*
 * Waking for every record would halve the rate: only a sleeping reader is woken, only by what may
 * decide, and only once.
 */
static __always_inline void ktp_submit(__u32 ring, void *record, bool is_decisive)
{
	volatile __u32 *reader_sleeps = &ktp_shared.rings[ring & (KTP_RINGS_MAX - 1)].reader_sleeps;
	__u64 flags = BPF_RB_NO_WAKEUP;

	if (is_decisive && *reader_sleeps) {
		/* Two CPUs may both see it set: one wake-up too many does no harm */
		*reader_sleeps = 0;
		flags = BPF_RB_FORCE_WAKEUP;
	}
	bpf_ringbuf_submit(record, flags);
}

static __always_inline void ktp_stamp(struct ktp_record *record, enum ktp_kind kind, __u64 cookie,
				      __u32 number, __u32 netns, __u8 family)
{
	record->cookie = cookie;
	record->number = number;
	record->netns = netns;
	record->kind = kind;
	record->family = family;
	__builtin_memset(record->pad, 0, sizeof(record->pad));
}

/* 0: no socket, or its cookie was never asked for. */
static __always_inline __u64 ktp_cookie(const struct sock *sk)
{
	return sk ? sk->__sk_common.skc_cookie.counter : 0;
}

static __always_inline __u32 ktp_sock_netns(const struct sock *sk)
{
	return BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
}

static __always_inline __u32 ktp_dev_netns(const struct net_device *dev)
{
	return dev->nd_net.net->ns.inum;
}

/* Of namespaces in one another there are few; the kernel allows 32. */
#define KTP_PIDNS_LEVELS 8
#define KTP_PIDTYPE_TGID 1

/* As our own pid namespace has it; 0: it has none there. */
static __always_inline __u32 ktp_number_here(const struct pid *pid)
{
	const void *numbers = (const void *)pid + bpf_core_field_offset(pid->numbers);
	__u32 level = BPF_CORE_READ(pid, level);

	for (__u32 i = 0; i < KTP_PIDNS_LEVELS && i <= level; i++) {
		const struct upid *number = numbers + i * bpf_core_type_size(struct upid);

		if (BPF_CORE_READ(number, ns, ns.inum) == ktp_config.pidns_ino)
			return BPF_CORE_READ(number, nr);
	}
	return 0;
}

/* The current task's thread group and thread, as user space numbers them. */
static __always_inline void ktp_caller(__u32 *ret_pid, __u32 *ret_tid)
{
	const struct task_struct *task;
	__u64 id;

	if (ktp_config.is_initial_pidns) {
		id = bpf_get_current_pid_tgid();
		*ret_pid = id >> 32;
		*ret_tid = (__u32)id;
		return;
	}
	task = (const struct task_struct *)bpf_get_current_task();
	*ret_pid = ktp_number_here(BPF_CORE_READ(task, signal, pids[KTP_PIDTYPE_TGID]));
	*ret_tid = ktp_number_here(BPF_CORE_READ(task, thread_pid));
}

/* No followed socket can have to do with what happens in this namespace. */
static __always_inline bool ktp_is_elsewhere(__u32 netns)
{
	return ktp_config.netns && netns != ktp_config.netns &&
	       !*(volatile __u64 *)&ktp_shared.has_lower;
}

/* NULL: not followed. */
static __always_inline struct ktp_socket *ktp_followed(__u64 cookie)
{
	return cookie ? bpf_map_lookup_elem(&ktp_sockets, &cookie) : NULL;
}

/* From now on packets of this tuple are the attempt's. Returns 0, or less when there is no room. */
static __always_inline long ktp_register_tuple(const struct ktp_tuple *tuple,
					       const struct ktp_attempt *attempt)
{
	ktp_shared.ports[tuple->local_port & (KTP_PORT_BYTES - 1)] = 1;
	return bpf_map_update_elem(&ktp_tuples, tuple, attempt, BPF_ANY);
}

/* NULL: no attempt's. Cheap enough to be asked for every packet that others receive. */
static __always_inline struct ktp_attempt *ktp_attempt_of(const struct ktp_tuple *tuple)
{
	if (!*(volatile __u8 *)&ktp_shared.ports[tuple->local_port & (KTP_PORT_BYTES - 1)])
		return NULL;
	return bpf_map_lookup_elem(&ktp_tuples, tuple);
}

/* The ring of the thread that connects. */
static __always_inline __u32 ktp_ring_of(__u32 tid)
{
	__u32 ring = 1;

	if (ktp_config.rings == 1)
		return 0;
	while (ring < KTP_RINGS_MAX && *(volatile __u32 *)&ktp_shared.rings[ring].tid != tid)
		ring++;
	return (ring + ktp_unknown_zero()) & (KTP_RINGS_MAX - 1); /* none: the first */
}

#endif
