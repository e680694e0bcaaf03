/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel side's handover between two programs where tracepoints are preemptible, compiled for
 * user space: tasks, stacks and CPUs are the test's.
 */
#ifndef TESTS_KERNEL_SIDE_HANDOVER_H
#define TESTS_KERNEL_SIDE_HANDOVER_H

#include <stdint.h>

/* Whose call it is, and where: a task's own if `at` is between stack and stack_end. */
struct handover_call {
	unsigned task; /* which of a few; 0 is the idle task of each CPU */
	unsigned cpu;
	uint64_t stack, stack_end;
	uint64_t at;
	uint64_t object;
	uint32_t detail;
};

struct handover_counts {
	uint64_t takeovers;
	uint64_t overwritten;
};

/*
 * From the beginning. has_storage: tasks may have marks with themselves. has_room: there may be
 * others.
 */
void handover_reset(int has_storage, int has_room);
/* From now on they may. */
void handover_allow_storage(void);

/*
 * No bool: vmlinux.h has its own. The first program of that call, and the second one. Returns
 * whether the second one takes over.
 */
void handover_first(const struct handover_call *call);
int handover_second(const struct handover_call *call);

/* While the second program works, before it ends: what `meanwhile` does interrupts it. */
int handover_second_interrupted(const struct handover_call *call,
				void (*meanwhile)(const struct handover_call *),
				const struct handover_call *by);

struct handover_counts handover_count(void);

#endif
