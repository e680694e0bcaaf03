/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * When which row's next probe starts. A row is one target's sequence of probes; its place in the
 * plan is part of whatever stands for the target.
 *
 * Every row has the same interval, so a few queues in the order of their due times are enough: all
 * operations are O(1). The n-th probe of a row is due at start + n * interval: being late once does
 * not shift the others. A row that is late by more than an interval skips no probe and bursts none:
 * its next is due one interval after the late one.
 */
#ifndef CORE_PLAN_H
#define CORE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/base/list.h"
#include "user/base/time.h"

/* Zeroed before its start; then the plan's alone. It must stay where it is while it is queued. */
struct plan_row {
	struct list_node node;
	struct list *queue; /* NULL: no probe is due, now or later */
	uint64_t due_ns;
	uint64_t taken;
};

/* The order breaks ties: with an interval of 0 no row is taken twice before all were taken once. */
enum plan_queue_kind {
	PLAN_FIRST,
	PLAN_POSTPONED,
	PLAN_LATE,
	PLAN_ON_TIME,
	PLAN_QUEUES,
};

struct plan {
	uint64_t count; /* probes a row, 0 = without end */
	uint64_t interval_ns;
	struct list queues[PLAN_QUEUES];
};

/* The row's first probe is due at now_ns. Each row is started at most once. */
void plan_start(struct plan *plan, struct plan_row *row, uint64_t now_ns);

/*
 * As plan_start(), as if so many probes of the row had been taken already: fewer than the plan's
 * count.
 */
void plan_join(struct plan *plan, struct plan_row *row, uint64_t taken, uint64_t now_ns);

/* The row that has the next probe, due or not; NULL: none has any left. */
struct plan_row *plan_head(const struct plan *plan);

/* Takes one probe that is due at now_ns: its row, or NULL. *ret_sequence counts from 1. */
struct plan_row *plan_next(struct plan *plan, uint64_t now_ns, uint64_t *ret_sequence);

/*
 * The probe just taken cannot start yet: the same one is due again PLAN_POSTPONE_NS after now_ns,
 * and counts as on time then. Only directly after plan_next().
 */
#define PLAN_POSTPONE_NS (2 * MILLISECOND_NS)
void plan_postpone(struct plan *plan, struct plan_row *row, uint64_t now_ns);

/* When the next probe is due; UINT64_MAX when no started row has any left. */
uint64_t plan_due_ns(const struct plan *plan);

/* The row gets no further probes. Harmless when it has none left, or has never been started. */
void plan_stop(struct plan_row *row);

/* Probes are still to come in this row. */
static inline bool plan_has_more(const struct plan_row *row)
{
	return row->queue != NULL;
}

#endif
