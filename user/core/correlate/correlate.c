// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The rules of when to speak about an attempt. */
#include "user/core/correlate/correlate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/core/attempt/attempt_add.h"
#include "user/core/correlate/judge.h"

#define ORPHAN_LOOKS 8

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

static void feed_lost_to(struct correlator *c, const struct event *event)
{
	uint32_t at = slots_find(c, event->key);

	if (at == NO_SLOT)
		return;
	c->lost += event->lost.count;
	slot_at(c, at)->attempt.lost_count += event->lost.count;
	dirty_add(c, at);
}

/* Whoever was alive in the span may have lost its evidence, and hears of it when it is looked at. */
static void feed_lost(struct correlator *c, const struct lost_event *lost)
{
	c->lost += lost->count;
	losses_add(&c->losses, lost);
}

/* What begins no attempt comes from one that has been forgotten: nobody asks any more. */
static bool is_beginning(const struct event *event)
{
	if (event->kind == EVENT_STATE)
		return event->state.new_state == TCP_STATE_SYN_SENT;
	if (event->kind == EVENT_APP)
		return event->app.phase == APP_ENTER && event->app.call != APP_CLOSE && event->app.call != APP_EPOLL_CTL;
	return event->kind == EVENT_TASK || event->kind == EVENT_ROUTE;
}

/* Devices' names are many where containers come and go: apart from the kernel's, they take no place from what decides. */
static struct entry_names names_of(struct correlator *c, const struct event *event)
{
	switch (event->kind) {
	case EVENT_DROP:
		return (struct entry_names){.reason = intern_name(&c->names, event->packet.reason),
					    .function = intern_name(&c->names, event->packet.function)};
	case EVENT_HOP:
		return (struct entry_names){.device = intern_name(&c->device_names, event->packet.device)};
	default:
		return (struct entry_names){0};
	}
}

/* What happens to a near host's socket comes in a row. */
static uint32_t find(struct correlator *c, struct attempt_key key)
{
	const struct slot *last = slot_at(c, c->last_hit);

	if (last->phase == PHASE_FREE || last->attempt.key.cookie != key.cookie || last->attempt.key.number != key.number)
		return slots_find(c, key);
	return c->last_hit;
}

/* What may decide and finds no place is lost like what never came. */
static void add_event(struct correlator *c, struct attempt *attempt, const struct event *event)
{
	struct entry_names names = names_of(c, event);
	uint32_t before = attempt->overflow_count;

	attempt_add(attempt, event, &names);
	c->lost += attempt->overflow_count - before;
}

/* By then the kernel has given up by itself, where nobody has changed how often it tries (net.ipv4.tcp_syn_retries: 127 s). */
#define LONGEST_NS (130 * SECOND_NS)

static void hear_losses(const struct correlator *c, struct slot *slot)
{
	slot->attempt.lost_count += losses_since(&c->losses, slot->losses_seen, slot->began_ns, slot->closed_ns);
	slot->losses_seen = c->losses.total;
}

/* What another program has under way is judged by what was so far. */
static void apply_end(struct correlator *c, uint32_t at, uint64_t end_ns)
{
	struct slot *slot = slot_at(c, at);
	struct event event = {.kind = EVENT_DEADLINE, .time_ns = end_ns, .key = slot->attempt.key};

	if (slot->phase != PHASE_PENDING || slot->attempt.is_ours)
		return;
	if (end_ns < slot->began_ns + REPEAT_EARLIEST_NS) { /* so soon silence proves nothing */
		event.kind = EVENT_APP;
		event.app = (struct app_event){.call = APP_ABANDON, .phase = APP_ENTER};
	}
	add_event(c, &slot->attempt, &event);
	dirty_add(c, at);
}

/* It has lost evidence, and its end may be among that: nothing would ever come of it. */
static bool is_orphaned(struct correlator *c, uint32_t at)
{
	struct slot *slot = slot_at(c, at);

	if (slot->phase != PHASE_PENDING || c->drained_ns <= slot->began_ns + LONGEST_NS)
		return false;
	hear_losses(c, slot);
	return slot->attempt.lost_count;
}

/* Whoever finds no room looks at some of those that have it, in turn. */
static int refuse(struct correlator *c, const struct event *event)
{
	slots_refuse(c, event);
	for (unsigned looks = 0; looks < ORPHAN_LOOKS && looks < c->high_water; looks++) {
		c->orphan_next = (c->orphan_next + 1) % c->high_water;
		if (is_orphaned(c, c->orphan_next))
			apply_end(c, c->orphan_next, c->drained_ns);
	}
	return -ENOBUFS;
}

#define ICMP_SETTLE_NS MILLISECOND_NS

/*
 * What an ICMP error says counts at once, unless the kernel finds it damaged, and throws it away just behind its arrival. That it has taken it is seen by what the
 * socket is told; but a socket that is busy with connect() may be told nothing for now.
 */
static void wait_for_kernel(struct slot *slot, const struct event *event)
{
	bool is_told = event->kind == EVENT_ERROR_REPORT || (event->kind == EVENT_APP && event->app.call == APP_SO_ERROR) ||
		       (event->kind == EVENT_STATE && event->state.new_state == TCP_STATE_CLOSE);

	if (event->kind == EVENT_RECEIVE && event->packet.packet.kind == PACKET_ICMP)
		slot->settled_ns = event->time_ns + ICMP_SETTLE_NS;
	else if (is_told)
		slot->settled_ns = 0;
}

static int feed_attempt(struct correlator *c, const struct event *event)
{
	uint32_t at = find(c, event->key);
	struct slot *slot;

	if (at == NO_SLOT) {
		if (!is_beginning(event))
			return 0;
		at = slots_has_refused(c, event->key) ? NO_SLOT : slots_add(c, event);
	}
	if (at == NO_SLOT)
		return refuse(c, event);
	c->last_hit = at;
	slot = slot_at(c, at);
	add_event(c, &slot->attempt, event);
	wait_for_kernel(slot, event);
	race_note(&c->races, &slot->attempt, event);
	if (event->time_ns > slot->newest_ns)
		slot->newest_ns = event->time_ns;
	if (event->kind == EVENT_APP && event->app.call == APP_CLOSE && slot->attempt.is_ours)
		closed_add(c, at, event->time_ns);
	dirty_add(c, at);
	return 0;
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
	for (unsigned looks = 0; looks < CORRELATOR_LOOKS && c->awaiting_app.first != NO_SLOT; looks++) {
		if (slot_at(c, c->awaiting_app.first)->decided_ns + AWAIT_APP_NS > c->drained_ns)
			break;
		dirty_add(c, c->awaiting_app.first);
		awaiting_app_remove(c, c->awaiting_app.first);
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
		apply_end(c, c->end_next++, c->end_ns);
	else
		c->end_ns = 0;
}

static bool next_dirty_notice(struct correlator *c, struct notice *notice)
{
	for (unsigned looks = 0; looks < CORRELATOR_LOOKS; looks++) {
		uint32_t at = c->dirty.first;
		struct slot *slot;

		if (at == NO_SLOT && !is_ending(c))
			return false;
		if (at == NO_SLOT) {
			end_next(c);
			continue;
		}
		dirty_take(c);
		slot = slot_at(c, at);
		hear_losses(c, slot);
		if (slot_ready_ns(slot) > c->drained_ns)
			dirty_add(c, at);
		else if (slot->phase == PHASE_JUDGED ? slot_amend(c, at, notice) : slot_judge(c, at, notice))
			return true;
	}
	return false;
}

/* Room for who connects now is worth more than what may still come of somebody else's connect that has been told of. */
static bool may_evict(const struct correlator *c, uint32_t at)
{
	bool is_crowded = c->used - c->under_way > CORRELATOR_WATCHED_ON || c->used > c->capacity - c->capacity / 2;

	return is_crowded && !slot_at(c, at)->attempt.is_ours;
}

static bool next_released(struct correlator *c, struct notice *notice)
{
	uint32_t at = c->closed.first;
	struct slot *slot;

	if (at == NO_SLOT || (slot_at(c, at)->closed_ns + c->watch_on_ns > c->drained_ns && !may_evict(c, at)))
		return false;
	slot = slot_at(c, at);
	if (slot->is_dirty) /* let it speak first */
		return false;
	c->closed.first = slot->next_closed;
	if (c->closed.first == NO_SLOT)
		c->closed.last = NO_SLOT;
	c->to_free = at;
	notice->kind = NOTICE_RELEASED;
	notice->attempt = &slot->attempt;
	return true;
}

bool correlator_next(struct correlator *c, struct notice *ret_notice)
{
	free_released(c);
	end_waiting(c);
	memset(ret_notice, 0, sizeof(*ret_notice));
	if (c->closed.first != NO_SLOT && may_evict(c, c->closed.first) && next_released(c, ret_notice))
		return true;
	return next_dirty_notice(c, ret_notice) || next_released(c, ret_notice);
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
	return c->dirty.first != NO_SLOT || is_ending(c);
}

bool correlator_is_waiting(const struct correlator *c)
{
	return correlator_has_more(c) || c->young.first != NO_SLOT;
}

uint64_t correlator_lost(const struct correlator *c)
{
	return c->lost;
}

uint64_t correlator_refused(const struct correlator *c)
{
	return c->refused;
}
