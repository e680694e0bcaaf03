// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which attempt it is about, and whether there is room for one more. */
#include "user/core/correlate/feed.h"

#include <errno.h>

#include "user/core/attempt/attempt_add.h"
#include "user/core/correlate/slot_lists.h"

#define ORPHAN_LOOKS 8

void feed_lost_to(struct correlator *c, const struct event *event)
{
	uint32_t at = slots_find(c, event->key);

	if (at == NO_SLOT)
		return;
	c->lost += event->lost.count;
	slot_at(c, at)->attempt.lost_count += event->lost.count;
	dirty_add(c, at);
}

/* An attempt alive in the span may have lost evidence; it counts that when it is looked at. */
void feed_lost(struct correlator *c, const struct lost_event *lost)
{
	c->lost += lost->count;
	losses_add(&c->losses, lost);
}

/* What begins no attempt comes from one that has been released. */
static bool is_beginning(const struct event *event)
{
	if (event->kind == EVENT_STATE)
		return event->state.new_state == TCP_STATE_SYN_SENT;
	if (event->kind == EVENT_APP)
		return event->app.phase == APP_ENTER && event->app.call != APP_CLOSE &&
		       event->app.call != APP_EPOLL_CTL;
	return event->kind == EVENT_TASK || event->kind == EVENT_ROUTE;
}

/* Devices' names, many with containers: apart from the kernel's, whose places they leave. */
static struct entry_names names_of(struct correlator *c, const struct event *event)
{
	switch (event->kind) {
	case EVENT_DROP:
		return (struct entry_names){.reason = intern_name(&c->names, event->packet.reason),
					    .function =
						    intern_name(&c->names, event->packet.function)};
	case EVENT_HOP:
		return (struct entry_names){
			.device = intern_name(&c->device_names, event->packet.device)};
	default:
		return (struct entry_names){0};
	}
}

/* What happens to a near host's socket comes in a row. */
static uint32_t find(struct correlator *c, struct attempt_key key)
{
	const struct slot *last = slot_at(c, c->last_hit);

	if (last->phase == PHASE_FREE || last->attempt.key.cookie != key.cookie ||
	    last->attempt.key.number != key.number)
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

void feed_count_losses(const struct correlator *c, struct slot *slot)
{
	slot->attempt.lost_count +=
		losses_since(&c->losses, slot->losses_seen, slot->began_ns, slot->closed_ns);
	slot->losses_seen = c->losses.total;
}

/* What another program has under way is judged by what was so far. */
void feed_end(struct correlator *c, uint32_t at, uint64_t end_ns)
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

/* By then the kernel has given up by itself (net.ipv4.tcp_syn_retries, by default 127 s). */
#define LONGEST_NS (130 * SECOND_NS)

/* It has lost evidence, and its end may be among that: nothing would ever come of it. */
static bool is_orphaned(struct correlator *c, uint32_t at)
{
	struct slot *slot = slot_at(c, at);

	if (slot->phase != PHASE_PENDING || c->drained_ns <= slot->began_ns + LONGEST_NS)
		return false;
	feed_count_losses(c, slot);
	return slot->attempt.lost_count;
}

/* Where there is no room some of those that have it are looked at, in turn. */
static int refuse(struct correlator *c, const struct event *event)
{
	slots_refuse(c, event);
	for (unsigned looks = 0; looks < ORPHAN_LOOKS && looks < c->high_water; looks++) {
		c->orphan_next = (c->orphan_next + 1) % c->high_water;
		if (is_orphaned(c, c->orphan_next))
			feed_end(c, c->orphan_next, c->drained_ns);
	}
	return -ENOBUFS;
}

#define ICMP_SETTLE_NS MILLISECOND_NS

/*
 * What an ICMP error says counts at once, unless the kernel finds it damaged, and drops it just
 * behind its arrival. That it has taken it is seen by what the socket is told; but a socket that is
 * busy with connect() may be told nothing for now.
 */
static void wait_for_kernel(struct slot *slot, const struct event *event)
{
	bool is_told = event->kind == EVENT_ERROR_REPORT ||
		       (event->kind == EVENT_APP && event->app.call == APP_SO_ERROR) ||
		       (event->kind == EVENT_STATE && event->state.new_state == TCP_STATE_CLOSE);

	if (event->kind == EVENT_RECEIVE && event->packet.packet.kind == PACKET_ICMP)
		slot->settled_ns = event->time_ns + ICMP_SETTLE_NS;
	else if (is_told)
		slot->settled_ns = 0;
}

int feed_attempt(struct correlator *c, const struct event *event)
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
