/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What connect()-based tools measure: CLOCK_MONOTONIC read in user space before connect() and when
 * it is known to be over.
 */
#ifndef BENCH_TIMER_H
#define BENCH_TIMER_H

#include <stddef.h>
#include <stdint.h>

#include "tests/lab/lab.h"

struct timer_sample {
	uint16_t client_port, port;
	double elapsed_us;  /* 0: not connected */
	double tcp_info_us; /* tcpi_rtt, asked for right after */
};

struct timer_plan {
	size_t count;
	uint64_t interval_ns; /* between two connects; 0: all at once */
	uint16_t first_port;  /* they go to LAB_PEER4, at these in turn */
	unsigned ports;
	bool is_blocking; /* one after the other; else an epoll loop around non-blocking ones */
};

struct timer {
	struct timer_sample *samples; /* shared with the process */
	size_t count;
	pid_t pid;
};

/* In a process of its own. Returns 0, or -errno with the sentence. */
int timer_start(struct lab *lab, const struct timer_plan *plan, struct timer *ret_timer,
		struct error *ret_error);
/* Wait for its end. Returns 0, or -EIO when it failed. The samples stay until timer_release(). */
int timer_wait(struct timer *timer);
void timer_release(struct timer *timer);

#endif
