/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What connect()-based tools measure: an epoll loop around non-blocking connects, and CLOCK_MONOTONIC read in user space. */
#ifndef BENCH_TIMER_H
#define BENCH_TIMER_H

#include <stddef.h>
#include <stdint.h>

#include "tests/lab/lab.h"

struct timer_sample {
	uint16_t client_port, port;
	double elapsed_us; /* from before connect() until epoll_wait() has told; 0: not connected */
};

struct timer {
	struct timer_sample *samples; /* shared with the process */
	size_t count;
	pid_t pid;
};

/*
 * In a process of its own, connect `count` times to LAB_PEER4, one connect every interval_ns, to the ports first_port .. first_port +
 * ports - 1 in turn. Returns 0, or -errno with the sentence.
 */
int timer_start(struct lab *lab, size_t count, uint64_t interval_ns, uint16_t first_port, unsigned ports, struct timer *ret_timer,
		struct error *ret_error);
/* Wait for its end. Returns 0, or -EIO when it failed. The samples stay until timer_release(). */
int timer_wait(struct timer *timer);
void timer_release(struct timer *timer);

#endif
