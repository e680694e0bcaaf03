/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the scripted peer will send later: a heap by due time, without allocation after
 * peer_queue_new().
 */
#include "tests/lab/peer_queue.h"

#include <stdlib.h>

#define CAPACITY 65536

struct heap_item {
	uint64_t due_ns;
	uint32_t slot;
};

struct peer_queue {
	uint32_t count;
	/* Items 0..count-1 are the heap; the slots of the others are the free ones. */
	struct heap_item heap[CAPACITY];
	struct peer_job jobs[CAPACITY];
};

struct peer_queue *peer_queue_new(void)
{
	struct peer_queue *queue = calloc(1, sizeof(*queue));

	for (uint32_t i = 0; queue && i < CAPACITY; i++)
		queue->heap[i].slot = i;
	return queue;
}

static void swap(struct heap_item *a, struct heap_item *b)
{
	struct heap_item saved = *a;

	*a = *b;
	*b = saved;
}

bool peer_queue_add(struct peer_queue *queue, const struct peer_job *job)
{
	struct heap_item *heap = queue->heap;
	uint32_t at = queue->count;

	if (at == CAPACITY)
		return false;
	heap[at].due_ns = job->due_ns;
	queue->jobs[heap[at].slot] = *job;
	queue->count++;
	for (; at && heap[at].due_ns < heap[(at - 1) / 2].due_ns; at = (at - 1) / 2)
		swap(&heap[at], &heap[(at - 1) / 2]);
	return true;
}

uint64_t peer_queue_due_ns(const struct peer_queue *queue)
{
	return queue->count ? queue->heap[0].due_ns : UINT64_MAX;
}

static uint32_t earlier_child(const struct peer_queue *queue, uint32_t parent)
{
	uint32_t child = 2 * parent + 1;

	return child + 1 < queue->count && queue->heap[child + 1].due_ns < queue->heap[child].due_ns
		       ? child + 1
		       : child;
}

bool peer_queue_take(struct peer_queue *queue, uint64_t now_ns, struct peer_job *ret_job)
{
	struct heap_item *heap = queue->heap;
	uint32_t at = 0, child;

	if (peer_queue_due_ns(queue) > now_ns || !queue->count)
		return false;
	*ret_job = queue->jobs[heap[0].slot];
	queue->count--;
	swap(&heap[0], &heap[queue->count]);
	while ((child = earlier_child(queue, at)) < queue->count &&
	       heap[child].due_ns < heap[at].due_ns) {
		swap(&heap[at], &heap[child]);
		at = child;
	}
	return true;
}
