// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Slots and queues by index. */
#include "user/app/targets/probe_table.h"

#include <errno.h>
#include <stdlib.h>

int probe_table_init(struct probe_table *table, uint32_t capacity)
{
	*table = (struct probe_table){
		.probes = calloc(capacity, sizeof(*table->probes)),
		.capacity = capacity,
		.free = NO_PROBE,
		.deadlines = {NO_PROBE, NO_PROBE, 0},
		.holds = {NO_PROBE, NO_PROBE, 0},
	};
	return table->probes ? 0 : -ENOMEM;
}

void probe_table_release(struct probe_table *table)
{
	free(table->probes);
	table->probes = NULL;
}

uint32_t probe_table_take(struct probe_table *table)
{
	uint32_t number = table->free;

	if (number != NO_PROBE)
		table->free = table->probes[number].next;
	else if (table->fresh < table->capacity)
		number = table->fresh++;
	else
		return NO_PROBE;
	table->probes[number] = (struct probe){.socket = {.fd = -1}, .phase = PROBE_PENDING};
	table->pending++;
	table->used++;
	return number;
}

void probe_table_put(struct probe_table *table, uint32_t number)
{
	struct probe *probe = &table->probes[number];

	table->pending -= probe->phase == PROBE_PENDING;
	table->used--;
	probe->phase = PROBE_FREE;
	probe->next = table->free;
	table->free = number;
}

void probe_queue_add(struct probe_table *table, struct probe_queue *queue, uint32_t number,
		     uint64_t due_ns)
{
	struct probe *probe = &table->probes[number];

	probe->due_ns = due_ns;
	probe->is_queued = true;
	probe->next = NO_PROBE;
	probe->previous = queue->last;
	if (queue->last == NO_PROBE)
		queue->first = number;
	else
		table->probes[queue->last].next = number;
	queue->last = number;
	queue->count++;
}

void probe_queue_remove(struct probe_table *table, struct probe_queue *queue, uint32_t number)
{
	struct probe *probe = &table->probes[number];

	if (!probe->is_queued)
		return;
	probe->is_queued = false;
	if (probe->previous == NO_PROBE)
		queue->first = probe->next;
	else
		table->probes[probe->previous].next = probe->next;
	if (probe->next == NO_PROBE)
		queue->last = probe->previous;
	else
		table->probes[probe->next].previous = probe->previous;
	queue->count--;
}

uint32_t probe_queue_take_due(struct probe_table *table, struct probe_queue *queue, uint64_t now_ns)
{
	uint32_t number = queue->first;

	if (number == NO_PROBE || table->probes[number].due_ns > now_ns)
		return NO_PROBE;
	probe_queue_remove(table, queue, number);
	return number;
}

uint64_t probe_queue_due_ns(const struct probe_table *table, const struct probe_queue *queue)
{
	return queue->first == NO_PROBE ? UINT64_MAX : table->probes[queue->first].due_ns;
}
