/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Busy loops: processes that want every processor all the time, for a bounded time. */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <sys/types.h>

#define LOAD_MAX 64

struct load {
	pid_t pids[LOAD_MAX];
	unsigned count;
};

/* They end by themselves after so many seconds, with the calling thread, or at load_stop(). */
void load_start(struct load *load, unsigned count, unsigned seconds);
void load_stop(struct load *load);

#endif
