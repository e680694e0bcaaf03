// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * When which row's next probe starts.
 *
 * Probes are taken in the order of their due times, so the due times of a queue that only receives
 * "taken + interval" ascend by themselves. Others ascend as well, because the caller's clock does:
 * those of first probes ("now"), of late rows ("now + interval") and of postponed ones. Mixed in
 * one queue they would not, so there are four, and the next probe is the least of their heads.
 */
#include "user/core/run/plan.h"

#include <assert.h>

static void queue_append(struct list *queue, struct plan_row *row, uint64_t due_ns)
{
	row->due_ns = due_ns;
	row->queue = queue;
	list_append(queue, &row->node);
}

static void queue_remove(struct plan_row *row)
{
	list_remove(row->queue, &row->node);
	row->queue = NULL;
}

void plan_start(struct plan *plan, struct plan_row *row, uint64_t now_ns)
{
	assert(!row->queue && !row->taken);
	queue_append(&plan->queues[PLAN_FIRST], row, now_ns);
}

void plan_join(struct plan *plan, struct plan_row *row, uint64_t taken, uint64_t now_ns)
{
	assert(plan->count == 0 || taken < plan->count);
	plan_start(plan, row, now_ns);
	row->taken = taken;
}

struct plan_row *plan_head(const struct plan *plan)
{
	struct plan_row *head = NULL;

	for (int i = 0; i < PLAN_QUEUES; i++) {
		struct list_node *node = plan->queues[i].first;
		struct plan_row *first = node ? list_item(node, struct plan_row, node) : NULL;

		if (first && (!head || first->due_ns < head->due_ns))
			head = first;
	}
	return head;
}

static uint64_t add_saturating(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

struct plan_row *plan_next(struct plan *plan, uint64_t now_ns, uint64_t *ret_sequence)
{
	struct plan_row *row = plan_head(plan);

	if (!row || row->due_ns > now_ns)
		return NULL;
	queue_remove(row);
	row->taken++;
	if (plan->count == 0 || row->taken < plan->count) {
		if (now_ns - row->due_ns > plan->interval_ns)
			queue_append(&plan->queues[PLAN_LATE], row,
				     add_saturating(now_ns, plan->interval_ns));
		else
			queue_append(&plan->queues[PLAN_ON_TIME], row,
				     add_saturating(row->due_ns, plan->interval_ns));
	}
	*ret_sequence = row->taken;
	return row;
}

void plan_postpone(struct plan *plan, struct plan_row *row, uint64_t now_ns)
{
	plan_stop(row);
	row->taken--;
	queue_append(&plan->queues[PLAN_POSTPONED], row, now_ns + PLAN_POSTPONE_NS);
}

uint64_t plan_due_ns(const struct plan *plan)
{
	const struct plan_row *head = plan_head(plan);

	return head ? head->due_ns : UINT64_MAX;
}

void plan_stop(struct plan_row *row)
{
	if (row->queue)
		queue_remove(row);
}
