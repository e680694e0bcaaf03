/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * No more than so many a second. What was not used is not saved up beyond PACE_BURST_NS: after a
 * stall nothing bursts. Times are the caller's, in nanoseconds; zeroed, and with a rate of 0, it
 * holds nothing back.
 */
#ifndef CORE_PACE_H
#define CORE_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "user/base/time.h"

#define PACE_BURST_NS (10 * MILLISECOND_NS)

struct pace {
	uint64_t interval_ps; /* picoseconds between two; 0: without a limit */
	uint64_t next_ns;
	uint64_t rest_ps; /* of next_ns, below one nanosecond */
};

/* per_second: 0 for no limit. */
struct pace pace_make(double per_second);
/* May one start now? Then it is counted. */
bool pace_take(struct pace *pace, uint64_t now_ns);
/* When the next one may; 0: at once. */
uint64_t pace_due_ns(const struct pace *pace);

#endif
