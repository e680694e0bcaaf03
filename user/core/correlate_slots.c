// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Attempts by key, and the lists they are in, by index. */
#include "user/core/correlate_slots.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static uint32_t bucket_of(const struct correlator *c, struct attempt_key key)
{
	uint64_t hash = (key.cookie + key.number) * 0x9e3779b97f4a7c15ull; /* Fibonacci hashing: cookies are consecutive */

	return (uint32_t)(hash >> 32) & (c->bucket_count - 1);
}

struct correlator *correlator_new(uint32_t capacity, uint64_t watch_on_ns)
{
	struct correlator *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->capacity = capacity;
	c->watch_on_ns = watch_on_ns;
	c->bucket_count = 16;
	while (c->bucket_count < capacity)
		c->bucket_count *= 2;
	c->slots = calloc(capacity, sizeof(*c->slots));
	c->buckets = malloc(c->bucket_count * sizeof(*c->buckets));
	if (!c->slots || !c->buckets) {
		correlator_free(c);
		errno = ENOMEM;
		return NULL;
	}
	memset(c->buckets, 0xff, c->bucket_count * sizeof(*c->buckets));
	c->free = c->leaving = NOBODY;
	c->news = c->closed = c->settling = (struct list){NOBODY, NOBODY};
	return c;
}

void correlator_free(struct correlator *c)
{
	if (!c)
		return;
	names_release(&c->names);
	names_release(&c->device_names);
	for (uint32_t at = 0; at < c->fresh; at++)
		free(c->slots[at].verdict);
	free(c->slots);
	free(c->buckets);
	free(c);
}

uint32_t slots_find(const struct correlator *c, struct attempt_key key)
{
	uint32_t at = c->buckets[bucket_of(c, key)];

	while (at != NOBODY && (c->slots[at].attempt.key.cookie != key.cookie || c->slots[at].attempt.key.number != key.number))
		at = c->slots[at].next_same;
	return at;
}

static uint32_t take_slot(struct correlator *c)
{
	uint32_t at = c->free;

	if (at != NOBODY) {
		c->free = c->slots[at].next_same;
		return at;
	}
	return c->fresh < c->capacity ? c->fresh++ : NOBODY;
}

uint32_t slots_add(struct correlator *c, const struct event *event)
{
	uint32_t at = take_slot(c);
	uint32_t *bucket = &c->buckets[bucket_of(c, event->key)];
	struct slot *slot;

	if (at == NOBODY)
		return NOBODY;
	slot = &c->slots[at];
	memset(slot, 0, sizeof(*slot));
	attempt_init(&slot->attempt, event->key);
	slot->phase = PHASE_PENDING;
	slot->began_ns = event->time_ns;
	slot->next_same = *bucket;
	*bucket = at;
	c->used++;
	return at;
}

void slots_free(struct correlator *c, uint32_t at)
{
	uint32_t *link = &c->buckets[bucket_of(c, c->slots[at].attempt.key)];

	while (*link != at)
		link = &c->slots[*link].next_same;
	*link = c->slots[at].next_same;
	free(c->slots[at].verdict);
	c->slots[at].verdict = NULL;
	c->slots[at].phase = PHASE_FREE;
	c->slots[at].next_same = c->free;
	c->free = at;
	c->used--;
}

void news_add(struct correlator *c, uint32_t at)
{
	struct slot *slot = &c->slots[at];

	if (slot->has_news)
		return;
	slot->has_news = true;
	slot->next_news = NOBODY;
	if (c->news.last == NOBODY)
		c->news.first = at;
	else
		c->slots[c->news.last].next_news = at;
	c->news.last = at;
}

uint32_t news_take(struct correlator *c)
{
	uint32_t at = c->news.first;

	c->news.first = c->slots[at].next_news;
	if (c->news.first == NOBODY)
		c->news.last = NOBODY;
	c->slots[at].has_news = false;
	return at;
}

void closed_add(struct correlator *c, uint32_t at, uint64_t now_ns)
{
	struct slot *slot = &c->slots[at];

	if (slot->closed_ns)
		return;
	slot->closed_ns = now_ns ? now_ns : 1; /* 0 is: still open */
	slot->next_closed = NOBODY;
	/* Nothing was ever sent, so nothing is to come; and whoever waits for a port tries again and again: it leaves at once. */
	if (slot->verdict && slot->verdict->reason == REASON_NO_SOURCE_PORT && now_ns > WATCH_ON_NS) {
		slot->closed_ns -= WATCH_ON_NS;
		slot->next_closed = c->closed.first;
		c->closed.first = at;
		if (c->closed.last == NOBODY)
			c->closed.last = at;
		return;
	}
	if (c->closed.last == NOBODY)
		c->closed.first = at;
	else
		c->slots[c->closed.last].next_closed = at;
	c->closed.last = at;
}

void settling_add(struct correlator *c, uint32_t at)
{
	struct slot *slot = &c->slots[at];

	slot->decided_ns = c->drained_ns ? c->drained_ns : 1; /* 0 is: not decided */
	slot->is_settling = true;
	slot->next_settling = NOBODY;
	slot->previous_settling = c->settling.last;
	if (c->settling.last == NOBODY)
		c->settling.first = at;
	else
		c->slots[c->settling.last].next_settling = at;
	c->settling.last = at;
}

void settling_remove(struct correlator *c, uint32_t at)
{
	struct slot *slot = &c->slots[at];

	if (!slot->is_settling)
		return;
	slot->is_settling = false;
	if (slot->previous_settling == NOBODY)
		c->settling.first = slot->next_settling;
	else
		c->slots[slot->previous_settling].next_settling = slot->next_settling;
	if (slot->next_settling == NOBODY)
		c->settling.last = slot->previous_settling;
	else
		c->slots[slot->next_settling].previous_settling = slot->previous_settling;
}
