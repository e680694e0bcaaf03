/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Two programs at a tracepoint, of which one handles each call: see include/ktp_handover.h. */
#ifndef BPF_HANDOVER_H
#define BPF_HANDOVER_H

#include "bpf/follow.bpf.h"
#include "include/ktp_handover.h"

/* An interrupt ends before its CPU has made so many calls: ten rounds of softirqs (MAX_SOFTIRQ_RESTART), 300 packets each (netdev_budget), some calls a packet. */
#define KTP_CALLS_ALIVE 65536

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, KTP_TURNS);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct ktp_handover);
} ktp_handovers __weak SEC(".maps");

static __always_inline struct ktp_handover *ktp_handover_of(enum ktp_turn turn)
{
	__u32 key = bpf_get_smp_processor_id() * KTP_TURNS + turn;

	return *(volatile __u64 *)&ktp_shared.hands_over ? bpf_map_lookup_elem(&ktp_handovers, &key) : NULL;
}

/* What tells two calls about a socket apart. */
static __always_inline __u32 ktp_transition(int old_state, int new_state)
{
	return (__u32)old_state << 8 | (__u8)new_state;
}

/*
 * The first program: before anything else, and for every call, so that a call without a mark was skipped, whoever's it is. `at` is written first: what interrupts
 * us from here on (only where the kernel skips nothing) then takes another place.
 */
static __always_inline void ktp_leave_mark(const void *at, enum ktp_turn turn, __u64 object, __u32 detail)
{
	struct ktp_handover *handover = ktp_handover_of(turn);
	struct ktp_mark *mark;
	__u32 number;

	if (!handover)
		return;
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

/* Takes the mark of this call away; false when there is none. ret_calls: how many calls its CPU had made by then. */
static __always_inline bool ktp_take_mark(struct ktp_handover *handover, const void *at, __u64 object, __u32 detail, __u32 *ret_calls)
{
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

/* Those of later calls: what interrupted this one has ended by now, and their second program was skipped, because it was running here. */
static __always_inline void ktp_clear_dead_marks(struct ktp_handover *handover, __u32 calls)
{
#pragma unroll
	for (int i = 0; i < KTP_MARKS; i++)
		if ((__s32)(handover->marks[i].number - calls) > 0)
			handover->marks[i].at = 0;
}

/*
 * The second program: if the first one has not handled this call, handle it.
 *
 *	return KTP_TAKE_OVER(ctx, KTP_TURN_STATE, (__u64)sk, detail, take_state(sk, old_state, new_state));
 */
#define KTP_TAKE_OVER(context, turn, object, detail, handle)                                                                               \
	({                                                                                                                                 \
		struct ktp_handover *handover_ = ktp_handover_of(turn);                                                                    \
		__u32 calls_ = handover_ ? *(volatile __u32 *)&handover_->calls : 0;                                                       \
                                                                                                                                           \
		if (handover_ && !ktp_take_mark(handover_, context, object, detail, &calls_)) {                                            \
			handover_->takeovers++;                                                                                            \
			handle;                                                                                                            \
		}                                                                                                                          \
		if (handover_ && *(volatile __u32 *)&handover_->calls != calls_)                                                           \
			ktp_clear_dead_marks(handover_, calls_);                                                                           \
		0;                                                                                                                         \
	})

#endif
