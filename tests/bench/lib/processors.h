/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* On which processors a bench and what it starts may run. */
#ifndef BENCH_PROCESSORS_H
#define BENCH_PROCESSORS_H

#include <sys/types.h>

#define PROCESSORS_ALL (-1)

/* How many this process was given. */
unsigned processors_count(void);

/*
 * From now on the calling thread, and whatever it starts, runs on the one of that number (from 0,
 * of those it was given at first), or on all of them again. A number too high means the last one.
 */
void processors_use(int number);

/*
 * The process goes before all others: the scripted peer stands for a network, which waits for
 * nobody's processor.
 */
void processors_prefer(pid_t pid);

#endif
