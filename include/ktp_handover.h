/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the first of two programs at a tracepoint leaves for the second one, and how often that had
 * to take over.
 *
 * The kernel skips a tracing program that is running already on the same CPU
 * (this_cpu_inc_return(*prog->active) in kernel/trace/bpf_trace.c, from 6.1 on), and counts that in
 * bpf_prog_info.recursion_misses. So what an interrupt does while the program runs would be missed.
 * Each tracepoint at which that can happen has two programs of the same body: the first one always
 * works and leaves a mark, the second one works where it finds no mark.
 *
 * Where tracepoints are preemptible (from 7.0 on), a task may lose its CPU within a program, and
 * then what others do there is skipped, too; and it may have another CPU by the time its second
 * program runs. There marks are the task's, and not the CPU's.
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
	/*
	 * These have two only where tracepoints are preemptible: else only one of them at a time is
	 * under way on a CPU.
	 */
	KTP_TURN_RETRANSMIT,
	KTP_TURN_SYS_ENTER,
	KTP_TURN_SYS_EXIT,
	KTP_TURN_SIGNAL,
	KTP_TURN_FORK,
	KTP_TURN_EXIT,
	KTP_TURN_URING_SUBMIT,
	KTP_TURN_URING_COMPLETE,
	KTP_TURNS = 16, /* of each CPU */
};

/*
 * One call of the tracepoint. `at` is where its arguments lie, on the kernel stack of the task that
 * makes it: both programs are called from the same function and see the same address, and while
 * that call lasts no other one has it. So a mark with another call's `at` may be alive, one with
 * our own is a dead one's.
 */
struct ktp_mark {
	__u64 at; /* 0: none */
	__u64 object;
	__u32 detail;
	/*
	 * Which of the CPU's calls made it, as the first program counts them; not among a task's
	 * marks
	 */
	__u32 number;
};

/* A task, a softirq, a hard interrupt, and dead marks: those whose second program was skipped. */
#define KTP_MARKS 8

/*
 * Whose call it is, where tracepoints are preemptible: the current task's own, or that of an
 * interrupt which came meanwhile.
 */
enum ktp_level {
	KTP_LEVEL_TASK,
	KTP_LEVEL_INTERRUPT,
};

/* For each CPU and tracepoint, in this order. All counts grow for ever. */
struct ktp_handover {
	__u64 takeovers; /* calls that the second program handled, because it found no mark */
	/* Marks that may have been alive: each may have made one takeover that was none */
	__u64 overwritten;
	__u32 calls;
	__u32 pad;
	struct ktp_mark marks[KTP_MARKS];
	__u64 pads[5];
};

/*
 * Of a task at a tracepoint: at most one call of each at a time, for hard interrupts make none of
 * them.
 */
struct ktp_marks {
	struct ktp_mark task;
	struct ktp_mark interrupt;
};

/* Of a task. */
struct ktp_task_marks {
	struct ktp_marks of[KTP_TURNS];
};

/* Where a task cannot have them with itself. */
struct ktp_marks_key {
	__s32 task; /* its number, or -1 less the CPU whose idle task it is */
	__u32 turn;
};

_Static_assert(sizeof(struct ktp_handover) == 256, "the CPUs share no cache line");

#endif
