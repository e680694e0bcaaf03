/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How many calls of the kernel programs were lost: the kernel skips a program that is running
 * already on the same CPU (bpf_prog_info.recursion_misses; from 6.1 on, where nothing is skipped
 * the count stays 0). What the second program of a tracepoint took over is not lost:
 * include/ktp_handover.h.
 *
 *	lost = skipped calls of the first program - takeovers of the second one + marks overwritten
 *
 * Two that were skipped at once, and what has no second program, remain, and are counted. That a
 * call was skipped shows before that it was taken over, and where a task may be preempted between
 * its two programs, long before: what seems to be lost is counted if it still does after a while.
 */
#ifndef IO_MISSES_H
#define IO_MISSES_H

#include <stdint.h>

struct misses;

/* handovers_fd: the map of struct ktp_handover, for that many CPUs. NULL and errno on failure. */
struct misses *misses_new(int handovers_fd, unsigned cpus);
void misses_free(struct misses *misses);

/*
 * program_fd stays the caller's, and open. turn: enum ktp_turn when its second program is attached,
 * too; -1: it has none.
 */
void misses_add(struct misses *misses, int program_fd, int turn);

/*
 * From here on calls count: when all programs are attached. misses_end() forgets the programs,
 * which are about to be detached; what was lost stays counted.
 */
void misses_begin(struct misses *misses);
void misses_end(struct misses *misses);

/*
 * So far; it never falls. Some microseconds; while something seems to be lost, up to
 * MISSES_PATIENCE_MS.
 */
#define MISSES_PATIENCE_MS 50
uint64_t misses_count(struct misses *misses);

#endif
