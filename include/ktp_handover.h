/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the first of two programs at a tracepoint leaves for the second one, and how often that had to take over.
 *
 * The kernel skips a tracing program that is running already on the same CPU (this_cpu_inc_return(*prog->active) in kernel/trace/bpf_trace.c, from 6.1 on), and
 * counts that in bpf_prog_info.recursion_misses. So what an interrupt does while the program runs would be missed. Each tracepoint at which that can happen has
 * two programs of the same body: the first one always works and leaves a mark, the second one works where it finds no mark.
 */
#ifndef KTP_HANDOVER_H
#define KTP_HANDOVER_H

#ifdef __bpf__
#include "vmlinux.h"
#else
#include <linux/types.h>
#endif

/* The tracepoints with two programs. */
enum ktp_turn {
	KTP_TURN_STATE,
	KTP_TURN_WATCH_STATE,
	KTP_TURN_DROP,
	KTP_TURN_RESET_RECEIVED,
	KTP_TURN_RESET_SENT,
	KTP_TURN_ERROR_REPORT,
	KTP_TURN_DESTROY,
	KTP_TURNS = 8, /* of each CPU */
};

/*
 * One call of the tracepoint. `at` is where its arguments lie, on the kernel stack of whoever makes it: both programs are called from the same function and see
 * the same address, and while that call lasts no other one has it. So a mark with another call's `at` may be alive, one with our own is a dead one's.
 */
struct ktp_mark {
	__u64 at; /* 0: none */
	__u64 object;
	__u32 detail;
	__u32 number; /* which of the CPU's calls made it, as the first program counts them */
};

/* A task, a softirq, a hard interrupt, and dead marks: those whose second program was skipped. */
#define KTP_MARKS 8

/* For each CPU and tracepoint, in this order. All counts grow for ever. */
struct ktp_handover {
	__u64 takeovers;   /* calls that the second program handled, because it found no mark */
	__u64 overwritten; /* marks that may have been alive: each may have made one takeover that was none */
	__u32 calls;
	__u32 pad;
	struct ktp_mark marks[KTP_MARKS];
	__u64 pads[5];
};

_Static_assert(sizeof(struct ktp_handover) == 256, "the CPUs share no cache line");

#endif
