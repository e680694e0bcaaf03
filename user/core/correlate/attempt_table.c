// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Attempts by key, and the lists they are in, by index. */
#include "user/core/correlate/attempt_table.h"

#include <stdlib.h>
#include <string.h>

static uint32_t bucket_of(const struct correlator *c, struct attempt_key key)
{
	/* Fibonacci hashing: cookies are consecutive */
	uint64_t hash = (key.cookie + key.number) * 0x9e3779b97f4a7c15ull;

	return (uint32_t)(hash >> 32) & (c->bucket_count - 1);
}

static uint32_t chunk_count(uint32_t capacity)
{
	return (capacity + SLOTS_CHUNK - 1) / SLOTS_CHUNK;
}

/* Unless it is there. Zeroed memory that is not touched costs nothing. */
static bool make_chunk(struct correlator *c, uint32_t at)
{
	uint32_t first = at - at % SLOTS_CHUNK, rest = c->capacity - first;
	struct slot **chunk = &c->chunks[at / SLOTS_CHUNK];

	if (!*chunk)
		*chunk = calloc(rest < SLOTS_CHUNK ? rest : SLOTS_CHUNK, sizeof(**chunk));
	return *chunk;
}

bool slots_init(struct correlator *c, uint32_t capacity)
{
	c->capacity = capacity;
	c->bucket_count = 16;
	while (c->bucket_count < capacity)
		c->bucket_count *= 2;
	c->free = c->to_free = NO_SLOT;
	c->chunks = calloc(chunk_count(capacity), sizeof(struct slot *));
	c->buckets = malloc(c->bucket_count * sizeof(*c->buckets));
	if (!c->chunks || !c->buckets || !make_chunk(c, 0))
		return false;
	memset(c->buckets, 0xff, c->bucket_count * sizeof(*c->buckets));
	return true;
}

void slots_release(struct correlator *c)
{
	for (uint32_t at = 0; at < c->high_water; at++)
		free(slot_at(c, at)->verdict);
	for (uint32_t i = 0; c->chunks && i < chunk_count(c->capacity); i++)
		free(c->chunks[i]);
	free(c->chunks);
	free(c->buckets);
}

static bool is_same(struct attempt_key a, struct attempt_key b)
{
	return a.cookie == b.cookie && a.number == b.number;
}

uint32_t slots_find(const struct correlator *c, struct attempt_key key)
{
	uint32_t at = c->buckets[bucket_of(c, key)];

	while (at != NO_SLOT && !is_same(slot_at(c, at)->attempt.key, key))
		at = slot_at(c, at)->next_same;
	return at;
}

static uint32_t take_slot(struct correlator *c)
{
	uint32_t at = c->free;

	if (at != NO_SLOT) {
		c->free = slot_at(c, at)->next_same;
		return at;
	}
	return c->high_water < c->capacity && make_chunk(c, c->high_water) ? c->high_water++
									   : NO_SLOT;
}

/* The first event shows its owner: EVENT_TASK is another program's. Our own always find room. */
static bool take_share(struct correlator *c, const struct event *event, struct owner *ret_owner)
{
	*ret_owner = (struct owner){event->task.pid, event->task.uid};
	return shares_take(&c->shares, *ret_owner, c->capacity - c->under_way);
}

uint32_t slots_add(struct correlator *c, const struct event *event)
{
	uint32_t at, *bucket = &c->buckets[bucket_of(c, event->key)];
	bool has_share = event->kind == EVENT_TASK;
	struct owner owner = {0};
	struct slot *slot;

	if (has_share && !take_share(c, event, &owner))
		return NO_SLOT;
	at = take_slot(c);
	if (at == NO_SLOT) {
		if (has_share)
			shares_return(&c->shares, owner);
		return NO_SLOT;
	}
	slot = slot_at(c, at);
	memset(slot, 0, sizeof(*slot));
	slot->at = at;
	attempt_init(&slot->attempt, event->key);
	slot->phase = PHASE_PENDING;
	slot->began_ns = event->time_ns;
	slot->losses_seen = c->losses.total;
	slot->has_share = has_share;
	slot->owner = owner;
	slot->next_same = *bucket;
	*bucket = at;
	c->used++;
	c->under_way++;
	return at;
}

static void end_way(struct correlator *c, struct slot *slot)
{
	if (slot->phase == PHASE_JUDGED)
		return;
	c->under_way--;
	if (slot->has_share)
		shares_return(&c->shares, slot->owner);
}

void slots_judge(struct correlator *c, uint32_t at)
{
	end_way(c, slot_at(c, at));
	slot_at(c, at)->phase = PHASE_JUDGED;
}

void slots_free(struct correlator *c, uint32_t at)
{
	struct slot *slot = slot_at(c, at);
	uint32_t *link = &c->buckets[bucket_of(c, slot->attempt.key)];

	while (*link != at)
		link = &slot_at(c, *link)->next_same;
	*link = slot->next_same;
	end_way(c, slot);
	free(slot->verdict);
	slot->verdict = NULL;
	slot->phase = PHASE_FREE;
	slot->next_same = c->free;
	c->free = at;
	c->used--;
}

bool slots_has_refused(const struct correlator *c, struct attempt_key key)
{
	return key.cookie && is_same(c->refused_keys[key.cookie % SLOTS_REFUSED], key);
}

void slots_refuse(struct correlator *c, const struct event *event)
{
	c->lost++;
	if (event->kind == EVENT_TASK)
		race_note_unseen(&c->races, event->task.pid);
	if (slots_has_refused(c, event->key))
		return;
	c->refused++;
	c->refused_keys[event->key.cookie % SLOTS_REFUSED] = event->key;
}
