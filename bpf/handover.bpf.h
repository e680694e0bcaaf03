/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Two programs at a tracepoint, of which one handles each call: see include/ktp_handover.h. */
#ifndef BPF_HANDOVER_H
#define BPF_HANDOVER_H

#include "bpf/follow.bpf.h"
#include "include/ktp_handover.h"

/*
 * An interrupt ends before its CPU has made so many calls: ten rounds of softirqs
 * (MAX_SOFTIRQ_RESTART), 300 packets each (netdev_budget), some calls a packet.
 */
#define KTP_CALLS_ALIVE 65536

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, KTP_TURNS);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct ktp_handover);
} ktp_handovers __weak SEC(".maps");

/* Made only where tracepoints are preemptible, as the next one. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct ktp_task_marks);
} ktp_task_marks __weak SEC(".maps");

/*
 * Of tasks for which there is no such storage: without an atomic exchange of 16 bytes
 * (kmalloc_nolock() in mm/slub.c) there is for none.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct ktp_marks_key);
	__type(value, struct ktp_marks);
} ktp_spare_marks __weak SEC(".maps");

const volatile __u64 ktp_no_marks[sizeof(struct ktp_marks) / sizeof(__u64)] __weak = {};

/*
 * A task may be anywhere between its two programs when hands_over is set: there the first one
 * leaves marks from its first call on.
 */
static __always_inline struct ktp_handover *ktp_handover_of(enum ktp_turn turn)
{
	__u32 key = bpf_get_smp_processor_id() * KTP_TURNS + turn;

	return ktp_config.is_preemptible || *(volatile __u64 *)&ktp_shared.hands_over
		       ? bpf_map_lookup_elem(&ktp_handovers, &key)
		       : NULL;
}

/* What distinguishes two calls about a socket. */
static __always_inline __u32 ktp_transition(int old_state, int new_state)
{
	return (__u32)old_state << 8 | (__u8)new_state;
}

/*
 * Whose the call is: the current task's own, on its own stack, or an interrupt's, which has
 * another.
 */
static __always_inline enum ktp_level ktp_level_of(struct task_struct *task, const void *at)
{
	return at >= task->stack && at < (void *)bpf_task_pt_regs(task) ? KTP_LEVEL_TASK
									: KTP_LEVEL_INTERRUPT;
}

/* NULL: none are there, or, with that flag, none could be made. */
static __always_inline struct ktp_marks *ktp_stored_marks(struct task_struct *task,
							  enum ktp_turn turn, __u64 flags)
{
	struct ktp_task_marks *stored = bpf_task_storage_get(&ktp_task_marks, task, NULL, flags);

	if (!stored)
		return NULL;
	/* Else the compiler adds before it asks, and the kernel refuses that */
	barrier_var(stored);
	return &stored->of[turn];
}

/* Idle tasks are all number 0, one on each CPU. */
static __always_inline struct ktp_marks *ktp_spare_marks_of(const struct task_struct *task,
							    enum ktp_turn turn, __u64 flags)
{
	struct ktp_marks_key key = {
		.task = task->pid ? task->pid : -1 - (int)bpf_get_smp_processor_id(), .turn = turn};
	struct ktp_marks *spare = bpf_map_lookup_elem(&ktp_spare_marks, &key);

	if (spare || !(flags & BPF_LOCAL_STORAGE_GET_F_CREATE))
		return spare;
	bpf_map_update_elem(&ktp_spare_marks, &key, (const void *)ktp_no_marks, BPF_NOEXIST);
	return bpf_map_lookup_elem(&ktp_spare_marks, &key);
}

static __always_inline struct ktp_mark *ktp_mark_of(struct ktp_marks *marks, enum ktp_level level)
{
	return level == KTP_LEVEL_TASK ? &marks->task : &marks->interrupt;
}

static __always_inline void ktp_leave_task_mark(struct ktp_handover *handover, const void *at,
						enum ktp_turn turn, __u64 object, __u32 detail)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct ktp_marks *marks = ktp_stored_marks(task, turn, BPF_LOCAL_STORAGE_GET_F_CREATE);
	enum ktp_level level = ktp_level_of(task, at);
	struct ktp_mark *mark;

	if (!marks)
		marks = ktp_spare_marks_of(task, turn, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!marks) {
		handover->overwritten++;
		return;
	}
	mark = ktp_mark_of(marks, level);
	mark->object = object;
	mark->detail = detail;
	mark->at = (__u64)at;
}

static __always_inline bool ktp_take_from(struct ktp_marks *marks, enum ktp_level level,
					  const void *at, __u64 object, __u32 detail)
{
	struct ktp_mark *mark = ktp_mark_of(marks, level);
	bool is_own = mark->at == (__u64)at && mark->object == object && mark->detail == detail;

	mark->at = 0; /* else it is a dead one's */
	return is_own;
}

static __always_inline bool ktp_take_task_mark(const void *at, enum ktp_turn turn, __u64 object,
					       __u32 detail)
{
	struct task_struct *task = bpf_get_current_task_btf();
	enum ktp_level level = ktp_level_of(task, at);
	struct ktp_marks *marks = ktp_stored_marks(task, turn, 0);

	if (marks && ktp_take_from(marks, level, at, object, detail))
		return true;
	marks = ktp_spare_marks_of(task, turn, 0);
	return marks && ktp_take_from(marks, level, at, object, detail);
}

/* Those of interrupts that came while the task itself was in the second program. */
static __always_inline void ktp_clear_interrupts_mark(const void *at, enum ktp_turn turn)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct ktp_marks *marks = ktp_stored_marks(task, turn, 0);

	if (ktp_level_of(task, at) != KTP_LEVEL_TASK)
		return;
	if (!marks)
		marks = ktp_spare_marks_of(task, turn, 0);
	if (marks)
		marks->interrupt.at = 0;
}

/*
 * The first program: before anything else, and for every call, so that a call without a mark was
 * skipped, followed or not. `at` is written first: what interrupts us from here on (only where the
 * kernel skips nothing) then takes another place.
 */
static __always_inline void ktp_leave_mark(const void *at, enum ktp_turn turn, __u64 object,
					   __u32 detail)
{
	struct ktp_handover *handover = ktp_handover_of(turn);
	struct ktp_mark *mark;
	__u32 number;

	if (!handover)
		return;
	if (ktp_config.is_preemptible) {
		ktp_leave_task_mark(handover, at, turn, object, detail);
		return;
	}
	number = ++handover->calls;
#pragma unroll
	for (int i = 0; i < KTP_MARKS; i++) {
		mark = &handover->marks[i];
		if (!mark->at || mark->at == (__u64)at || number - mark->number > KTP_CALLS_ALIVE)
			goto found;
	}
	handover->overwritten++;
found:
	*(volatile __u64 *)&mark->at = (__u64)at;
	mark->object = object;
	mark->detail = detail;
	mark->number = number;
}

/* The first program where the second one is not there but with preemptible tracepoints. */
static __always_inline void ktp_leave_preemptible_mark(const void *at, enum ktp_turn turn,
						       __u64 object, __u32 detail)
{
	if (ktp_config.is_preemptible)
		ktp_leave_mark(at, turn, object, detail);
}

/*
 * Takes the mark of this call away; false when there is none. ret_calls: how many calls its CPU had
 * made by then.
 */
static __always_inline bool ktp_take_mark(struct ktp_handover *handover, const void *at,
					  enum ktp_turn turn, __u64 object, __u32 detail,
					  __u32 *ret_calls)
{
	if (ktp_config.is_preemptible)
		return ktp_take_task_mark(at, turn, object, detail);
#pragma unroll
	for (int i = 0; i < KTP_MARKS; i++) {
		struct ktp_mark *mark = &handover->marks[i];

		if (mark->at != (__u64)at || mark->object != object || mark->detail != detail)
			continue;
		*ret_calls = mark->number;
		mark->at = 0;
		return true;
	}
	return false;
}

/*
 * Those of later calls: what interrupted this one has ended by now, and their second program was
 * skipped, because it was running here.
 */
static __always_inline void ktp_clear_dead_marks(struct ktp_handover *handover, const void *at,
						 enum ktp_turn turn, __u32 calls)
{
	if (ktp_config.is_preemptible) {
		ktp_clear_interrupts_mark(at, turn);
		return;
	}
	if (*(volatile __u32 *)&handover->calls == calls)
		return;
#pragma unroll
	for (int i = 0; i < KTP_MARKS; i++)
		if ((__s32)(handover->marks[i].number - calls) > 0)
			handover->marks[i].at = 0;
}

/*
 * The second program: if the first one has not handled this call, handle it.
 *
 *	return KTP_TAKE_OVER(ctx, KTP_TURN_STATE, (__u64)sk, detail,
 *			     take_state(sk, old_state, new_state));
 */
#define KTP_TAKE_OVER(context, turn, object, detail, handle)                                       \
	({                                                                                         \
		struct ktp_handover *handover_ = ktp_handover_of(turn);                            \
		__u32 calls_ = handover_ ? *(volatile __u32 *)&handover_->calls : 0;               \
                                                                                                   \
		if (handover_ &&                                                                   \
		    !ktp_take_mark(handover_, context, turn, object, detail, &calls_)) {           \
			handover_->takeovers++;                                                    \
			handle;                                                                    \
		}                                                                                  \
		if (handover_)                                                                     \
			ktp_clear_dead_marks(handover_, context, turn, calls_);                    \
		0;                                                                                 \
	})

#endif
