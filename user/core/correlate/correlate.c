// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The rules of when to speak about an attempt. */
#include "user/core/correlate/correlate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/core/correlate/feed.h"
#include "user/core/correlate/judge.h"
#include "user/core/correlate/slot_lists.h"

struct correlator *correlator_new(uint32_t capacity, uint64_t watch_on_ns)
{
	struct correlator *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->watch_on_ns = watch_on_ns;
	if (slots_init(c, capacity))
		return c;
	correlator_free(c);
	errno = ENOMEM;
	return NULL;
}

uint32_t correlator_room(size_t bytes)
{
	return (uint32_t)(bytes / sizeof(struct slot));
}

void correlator_free(struct correlator *c)
{
	if (!c)
		return;
	intern_release(&c->names);
	intern_release(&c->device_names);
	slots_release(c);
	free(c);
}

/* Before anything else: what is fed now must not find the attempt that was said to be gone. */
static void free_released(struct correlator *c)
{
	if (c->to_free != NO_SLOT)
		slots_free(c, c->to_free);
	c->to_free = NO_SLOT;
}

int correlator_feed(struct correlator *c, const struct event *event)
{
	free_released(c);
	switch (event->kind) {
	case EVENT_UNKNOWN:
	case EVENT_RUN:
	case EVENT_TARGET:
	case EVENT_PROGRAM:
	case EVENT_SUMMARY:
	case EVENT_REPORT:
		return 0;
	case EVENT_LOST:
		if (event->key.cookie)
			feed_lost_to(c, event);
		else
			feed_lost(c, &event->lost);
		return 0;
	case EVENT_DRAINED:
		dirty_drain(c, event->time_ns);
		return 0;
	case EVENT_END:
		c->end_ns = event->time_ns;
		c->end_next = 0;
		return 0;
	default:
		return feed_attempt(c, event);
	}
}

/* What has waited long enough is looked at once more, though nothing was fed about it. */
static void end_waiting(struct correlator *c)
{
	for (unsigned looks = 0; looks < CORRELATOR_LOOKS; looks++) {
		const struct slot *slot = awaiting_app_first(c);

		if (!slot || slot->decided_ns + AWAIT_APP_NS > c->drained_ns)
			break;
		dirty_add(c, slot->at);
		awaiting_app_remove(c, slot->at);
	}
}

static bool is_ending(const struct correlator *c)
{
	return c->end_ns && c->drained_ns >= c->end_ns;
}

/* All up to the end has been delivered: one more is looked at. */
static void end_next(struct correlator *c)
{
	if (c->end_next < c->high_water)
		feed_end(c, c->end_next++, c->end_ns);
	else
		c->end_ns = 0;
}

static bool next_dirty_notice(struct correlator *c, struct notice *notice)
{
	for (unsigned looks = 0; looks < CORRELATOR_LOOKS; looks++) {
		struct slot *slot = dirty_take(c);

		if (!slot && !is_ending(c))
			return false;
		if (!slot) {
			end_next(c);
			continue;
		}
		feed_count_losses(c, slot);
		if (slot_ready_ns(slot) > c->drained_ns)
			dirty_add(c, slot->at);
		else if (slot->phase == PHASE_JUDGED ? slot_amend(c, slot->at, notice)
						     : slot_judge(c, slot->at, notice))
			return true;
	}
	return false;
}

/* A new connect is worth more than an amendment to another program's. */
static bool may_evict(const struct correlator *c, const struct slot *slot)
{
	bool is_crowded = c->used - c->under_way > CORRELATOR_WATCHED_ON ||
			  c->used > c->capacity - c->capacity / 2;

	return is_crowded && !slot->attempt.is_ours;
}

/* Of that list the first one, when it has been closed for so long. */
static bool next_released(struct correlator *c, struct list *list, uint64_t watch_on_ns,
			  struct notice *notice)
{
	struct slot *slot = closed_first(list);

	if (!slot || (slot->closed_ns + watch_on_ns > c->drained_ns && !may_evict(c, slot)))
		return false;
	if (slot->is_dirty) /* let it speak first */
		return false;
	list_remove(list, &slot->closed);
	c->to_free = slot->at;
	notice->kind = NOTICE_RELEASED;
	notice->attempt = &slot->attempt;
	return true;
}

bool correlator_next(struct correlator *c, struct notice *ret_notice)
{
	free_released(c);
	end_waiting(c);
	memset(ret_notice, 0, sizeof(*ret_notice));
	if (closed_first(&c->closed) && may_evict(c, closed_first(&c->closed)) &&
	    next_released(c, &c->closed, c->watch_on_ns, ret_notice))
		return true;
	return next_dirty_notice(c, ret_notice) ||
	       next_released(c, &c->closed, c->watch_on_ns, ret_notice) ||
	       next_released(c, &c->watched, WATCH_ON_NS, ret_notice);
}

bool correlator_watch(struct correlator *c, struct attempt_key key, const struct verdict *verdict)
{
	uint32_t at = slots_find(c, key);
	struct slot *slot = at == NO_SLOT ? NULL : slot_at(c, at);

	if (!slot || slot->phase != PHASE_JUDGED || slot->verdict || slot->closed_ns)
		return false;
	slot->verdict = malloc(sizeof(*verdict));
	if (!slot->verdict)
		return false;
	*slot->verdict = *verdict;
	slot->is_watched = true;
	return true;
}

const struct attempt *correlator_find(const struct correlator *c, struct attempt_key key)
{
	uint32_t at = slots_find(c, key);

	return at == NO_SLOT ? NULL : &slot_at(c, at)->attempt;
}

uint32_t correlator_under_way(const struct correlator *c)
{
	return c->under_way;
}

bool correlator_has_room(const struct correlator *c)
{
	return c->used < c->capacity;
}

bool correlator_has_more(const struct correlator *c)
{
	return c->dirty.first || is_ending(c);
}

bool correlator_is_waiting(const struct correlator *c)
{
	return correlator_has_more(c) || c->young.first;
}

uint64_t correlator_lost(const struct correlator *c)
{
	return c->lost;
}

uint64_t correlator_refused(const struct correlator *c)
{
	return c->refused;
}
