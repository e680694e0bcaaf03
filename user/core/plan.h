/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * When which stream's next probe starts. A stream is one target's row of probes.
 *
 * Every stream has the same interval, so a queue in the order of their due times is enough: all operations are O(1). The n-th probe of a stream is due at
 * start + n * interval: being late once does not shift the others. A stream that is late by more than an interval skips no probe and bursts none: its
 * next is due one interval after the late one.
 */
#ifndef CORE_PLAN_H
#define CORE_PLAN_H

#include <stdbool.h>
#include <stdint.h>

struct plan;

/* count: probes a stream, 0 = without end. NULL and ENOMEM on failure. */
struct plan *plan_new(uint32_t stream_count, uint64_t count, uint64_t interval_ns);
void plan_free(struct plan *plan);

/* The stream's first probe is due at now_ns. Each stream is started at most once (when its name has been resolved). */
void plan_start(struct plan *plan, uint32_t stream, uint64_t now_ns);

/* Takes one probe that is due at now_ns, if any. *ret_sequence counts from 1. */
bool plan_next(struct plan *plan, uint64_t now_ns, uint32_t *ret_stream, uint64_t *ret_sequence);

/* When the next probe is due; UINT64_MAX when no started stream has any left. */
uint64_t plan_due_ns(const struct plan *plan);

/* The stream gets no further probes (its name failed). Harmless when it has none left. */
void plan_stop(struct plan *plan, uint32_t stream);

#endif
