/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How often the kernel skipped the tracing programs of a process, because the same program had been
 * interrupted on that processor (recursion_misses, which the kernel counts), and how often a second
 * program took over (see include/ktp_handover.h). Both can be read when the process has ended, too;
 * what the process itself makes of them plays no part.
 */
#ifndef LAB_MISSES_H
#define LAB_MISSES_H

#include <stdint.h>
#include <sys/types.h>

#define MISSES_PROGRAMS_MAX 128

struct misses {
	struct {
		char name[16];
		uint32_t id;
		int fd; /* keeps the program and its count */
	} programs[MISSES_PROGRAMS_MAX];
	unsigned count;
	int handovers; /* the map; -1: the process has none */
};

/* Wait until the process has attached its programs, 10 s at most, and keep hold of them. */
void misses_open(struct misses *misses, pid_t pid);
void misses_close(struct misses *misses);

/* Until now. Of all programs, or of one: its number. */
uint64_t misses_total(const struct misses *misses);
uint64_t misses_of(const struct misses *misses, unsigned number);
uint64_t misses_taken_over(const struct misses *misses);

/*
 * Of the programs that another one may take over for, and of those that have none. What was taken
 * over, less this, was not skipped at all.
 */
uint64_t misses_of_first_programs(const struct misses *misses);
/* Marks that may have been alive when another one took their place. */
uint64_t misses_overwritten(const struct misses *misses);

#endif
