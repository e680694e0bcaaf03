/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * When which stream's next probe starts.
 *
 * Probes are taken in the order of their due times, so the due times of a queue that only receives "taken + interval" ascend by themselves.
 * Two others ascend as well, because the caller's clock does: those of first probes ("now") and those of late streams ("now + interval").
 * Mixed in one queue they would not, so there are three, and the next probe is the least of three heads.
 */
#include "user/core/plan.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

/* The order breaks ties: with an interval of 0 nobody is taken twice before everybody was taken once. */
enum queue_kind {
	QUEUE_FIRST,
	QUEUE_LATE,
	QUEUE_ON_TIME,
	QUEUE_COUNT,
};

struct stream {
	struct stream *next;
	struct stream *previous;
	struct queue *queue; /* NULL: no probe is due, now or later */
	uint64_t due_ns;
	uint64_t taken;
	bool is_started; /* or stopped before it could be */
};

struct queue {
	struct stream *first;
	struct stream *last;
};

struct plan {
	uint64_t count;
	uint64_t interval_ns;
	struct queue queues[QUEUE_COUNT];
	uint32_t stream_count;
	struct stream streams[];
};

static void queue_append(struct queue *queue, struct stream *stream, uint64_t due_ns)
{
	stream->due_ns = due_ns;
	stream->queue = queue;
	stream->next = NULL;
	stream->previous = queue->last;
	if (queue->last)
		queue->last->next = stream;
	else
		queue->first = stream;
	queue->last = stream;
}

static void queue_remove(struct stream *stream)
{
	struct queue *queue = stream->queue;

	if (stream->previous)
		stream->previous->next = stream->next;
	else
		queue->first = stream->next;
	if (stream->next)
		stream->next->previous = stream->previous;
	else
		queue->last = stream->previous;
	stream->queue = NULL;
}

struct plan *plan_new(uint32_t stream_count, uint64_t count, uint64_t interval_ns)
{
	struct plan *plan = calloc(1, sizeof(*plan) + (size_t)stream_count * sizeof(plan->streams[0]));

	if (!plan)
		return NULL;
	plan->stream_count = stream_count;
	plan->count = count;
	plan->interval_ns = interval_ns;
	return plan;
}

void plan_free(struct plan *plan)
{
	free(plan);
}

static struct stream *plan_stream(struct plan *plan, uint32_t stream)
{
	assert(stream < plan->stream_count);
	return &plan->streams[stream];
}

void plan_start(struct plan *plan, uint32_t stream, uint64_t now_ns)
{
	struct stream *s = plan_stream(plan, stream);

	if (s->is_started)
		return;
	s->is_started = true;
	queue_append(&plan->queues[QUEUE_FIRST], s, now_ns);
}

static struct stream *plan_head(const struct plan *plan)
{
	struct stream *head = NULL;

	for (int i = 0; i < QUEUE_COUNT; i++) {
		struct stream *first = plan->queues[i].first;

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

bool plan_next(struct plan *plan, uint64_t now_ns, uint32_t *ret_stream, uint64_t *ret_sequence)
{
	struct stream *stream = plan_head(plan);

	if (!stream || stream->due_ns > now_ns)
		return false;
	queue_remove(stream);
	stream->taken++;
	if (plan->count == 0 || stream->taken < plan->count) {
		if (now_ns - stream->due_ns > plan->interval_ns)
			queue_append(&plan->queues[QUEUE_LATE], stream, add_saturating(now_ns, plan->interval_ns));
		else
			queue_append(&plan->queues[QUEUE_ON_TIME], stream, add_saturating(stream->due_ns, plan->interval_ns));
	}
	*ret_stream = (uint32_t)(stream - plan->streams);
	*ret_sequence = stream->taken;
	return true;
}

uint64_t plan_due_ns(const struct plan *plan)
{
	const struct stream *head = plan_head(plan);

	return head ? head->due_ns : UINT64_MAX;
}

void plan_stop(struct plan *plan, uint32_t stream)
{
	struct stream *s = plan_stream(plan, stream);

	s->is_started = true;
	if (s->queue)
		queue_remove(s);
}
