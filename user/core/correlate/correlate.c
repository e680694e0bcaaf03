// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The rules of when to speak about an attempt. */
#include "user/core/correlate/correlate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/core/attempt/attempt_add.h"
#include "user/core/attempt/drop.h"
#include "user/core/correlate/attempt_table.h"
#include "user/core/verdict/app_view.h"
#include "user/core/verdict/decide.h"
#include "user/core/verdict/facts_read.h"

/* As long as a program may take between two looks at its sockets. */
#define SETTLE_NS     2000000000ull
#define FORLORN_LOOKS 8

static void feed_lost_to(struct correlator *c, const struct event *event)
{
	uint32_t at = slots_find(c, event->key);

	if (at == NOBODY)
		return;
	c->lost += event->lost.count;
	slot_at(c, at)->attempt.lost_count += event->lost.count;
	news_add(c, at);
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
static struct entry_names intern(struct correlator *c, const struct event *event)
{
	switch (event->kind) {
	case EVENT_DROP:
		return (struct entry_names){.reason = names_intern(&c->names, event->packet.reason),
					    .function = names_intern(&c->names, event->packet.function)};
	case EVENT_HOP:
		return (struct entry_names){.device = names_intern(&c->device_names, event->packet.device)};
	default:
		return (struct entry_names){0};
	}
}

/* What happens to a near host's socket comes in a row. */
static uint32_t find(struct correlator *c, struct attempt_key key)
{
	const struct slot *last = slot_at(c, c->found);

	if (last->phase == PHASE_FREE || last->attempt.key.cookie != key.cookie || last->attempt.key.number != key.number)
		return slots_find(c, key);
	return c->found;
}

/* What may decide and finds no place is lost like what never came. */
static void add_event(struct correlator *c, struct attempt *attempt, const struct event *event)
{
	struct entry_names names = intern(c, event);
	uint32_t before = attempt->overflow_count;

	attempt_add(attempt, event, &names);
	c->lost += attempt->overflow_count - before;
}

/* By then the kernel has given up by itself, where nobody has changed how often it tries (net.ipv4.tcp_syn_retries: 127 s). */
#define LONGEST_NS 130000000000ull

static void hear_losses(const struct correlator *c, struct slot *slot)
{
	slot->attempt.lost_count += losses_since(&c->losses, slot->losses_seen, slot->began_ns, slot->closed_ns);
	slot->losses_seen = c->losses.total;
}

/* What another program has under way is judged by what was so far. */
static void end_pending(struct correlator *c, uint32_t at, uint64_t end_ns)
{
	struct slot *slot = slot_at(c, at);
	struct event event = {.kind = EVENT_DEADLINE, .time_ns = end_ns, .key = slot->attempt.key};

	if (slot->phase != PHASE_PENDING || slot->attempt.is_ours)
		return;
	if (end_ns < slot->began_ns + FACTS_EARLY_NS) { /* so soon silence proves nothing */
		event.kind = EVENT_APP;
		event.app = (struct app_event){.call = APP_ABANDON, .phase = APP_ENTER};
	}
	add_event(c, &slot->attempt, &event);
	news_add(c, at);
}

/* It has lost evidence, and its end may be among that: nothing would ever come of it. */
static bool is_forlorn(struct correlator *c, uint32_t at)
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
	for (unsigned looks = 0; looks < FORLORN_LOOKS && looks < c->fresh; looks++) {
		c->old_next = (c->old_next + 1) % c->fresh;
		if (is_forlorn(c, c->old_next))
			end_pending(c, c->old_next, c->drained_ns);
	}
	return -ENOBUFS;
}

#define ICMP_SETTLE_NS 1000000ull

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

	if (at == NOBODY) {
		if (!is_beginning(event))
			return 0;
		at = slots_has_refused(c, event->key) ? NOBODY : slots_add(c, event);
	}
	if (at == NOBODY)
		return refuse(c, event);
	c->found = at;
	slot = slot_at(c, at);
	add_event(c, &slot->attempt, event);
	wait_for_kernel(slot, event);
	race_note(&c->races, &slot->attempt, event);
	if (event->time_ns > slot->newest_ns)
		slot->newest_ns = event->time_ns;
	if (event->kind == EVENT_APP && event->app.call == APP_CLOSE && slot->attempt.is_ours)
		closed_add(c, at, event->time_ns);
	news_add(c, at);
	return 0;
}

/* Before anything else: what is fed now must not find the attempt that was said to be gone. */
static void let_go(struct correlator *c)
{
	if (c->leaving != NOBODY)
		slots_free(c, c->leaving);
	c->leaving = NOBODY;
}

int correlator_feed(struct correlator *c, const struct event *event)
{
	let_go(c);
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
		news_drain(c, event->time_ns);
		return 0;
	case EVENT_END:
		c->end_ns = event->time_ns;
		c->end_next = 0;
		return 0;
	default:
		return feed_attempt(c, event);
	}
}

/* Was the question answered? SO_ERROR comes last. */
static bool is_answered(const struct attempt *attempt)
{
	for (int i = attempt->entry_count; i-- > 0;)
		if (attempt->entries[i].kind == EVENT_APP && attempt->entries[i].app.call == APP_SO_ERROR)
			return true;
	return false;
}

/* The answer to the question, or another program's giving up, is the last thing that counts: what came after it is an amendment. */
static uint64_t horizon_ns(const struct correlator *c, const struct slot *slot)
{
	const struct attempt *attempt = &slot->attempt;
	enum app_call last = attempt->is_ours ? APP_SO_ERROR : APP_CLOSE;

	for (int i = attempt->entry_count; i-- > 0;)
		if (attempt->entries[i].kind == EVENT_APP && attempt->entries[i].app.call == last)
			return attempt->entries[i].time_ns;
	return c->drained_ns;
}

/* Another program's: its line also says what it was told, so that is waited for, though not for ever. */
static bool is_settled(struct correlator *c, uint32_t at)
{
	struct slot *slot = slot_at(c, at);
	struct app_view view;

	app_view_read(&c->facts, &view);
	if (app_view_is_settled(&c->facts, &view))
		return true;
	if (!slot->decided_ns)
		settling_add(c, at);
	return c->drained_ns - slot->decided_ns >= SETTLE_NS;
}

/* What has waited long enough is looked at once more, though nothing was fed about it. */
static void settle(struct correlator *c)
{
	for (unsigned looks = 0; looks < CORRELATOR_LOOKS && c->settling.first != NOBODY; looks++) {
		if (slot_at(c, c->settling.first)->decided_ns + SETTLE_NS > c->drained_ns)
			break;
		news_add(c, c->settling.first);
		settling_remove(c, c->settling.first);
	}
}

/* Is the target this host itself, and does a route say what connect() said? Of another program's connect nobody has asked yet. */
static bool rests_on_route(const struct verdict *verdict)
{
	bool is_by_neighbour = verdict->drop.count && drop_is_by_neighbour(verdict->drop.function);

	return verdict_has(verdict, VERDICT_RESTS_ON_ROUTE) || (is_by_neighbour && verdict_has(verdict, VERDICT_RESTS_ON_NEIGHBOUR));
}

/* What is proven to be missing has been lost, though no source knew of it. */
static void count_missing(struct correlator *c, struct attempt *attempt, const struct verdict *verdict)
{
	if (attempt->is_late || verdict->missing <= attempt->lost_count) /* before anybody watched nothing was lost */
		return;
	c->lost += verdict->missing - attempt->lost_count;
	attempt->lost_count = verdict->missing;
}

static bool judge(struct correlator *c, uint32_t at, struct notice *notice)
{
	struct slot *slot = slot_at(c, at);
	struct verdict verdict;

	if (slot->phase == PHASE_ASKED && slot->attempt.is_ours && !is_answered(&slot->attempt))
		return false;
	facts_read(&slot->attempt, horizon_ns(c, slot), &c->facts);
	if (!verdict_decide(&c->facts, &verdict))
		return false;
	if (!slot->attempt.is_ours && !is_settled(c, at))
		return false;
	notice->attempt = &slot->attempt;
	notice->facts = &c->facts;
	if (slot->phase == PHASE_PENDING && slot->attempt.is_ours) {
		slot->phase = PHASE_ASKED;
		notice->kind = NOTICE_QUERY;
		/* Positive proof needs no more; silence is another matter when the next hop is gone. */
		notice->left_by = verdict.ifindex;
		notice->needs_path = verdict.status != STATUS_OPEN && verdict.status != STATUS_CLOSED;
		notice->needs_host = verdict.status == STATUS_BLOCKED;
		return true;
	}
	if (slot->phase == PHASE_PENDING && !slot->attempt.is_ours && rests_on_route(&verdict)) {
		slot->phase = PHASE_ASKED;
		notice->kind = NOTICE_QUERY;
		notice->needs_path = true;
		notice->verdict = verdict;
		news_add(c, at); /* whatever the answer */
		return true;
	}
	suspect_by_ttl(&c->ttls, &slot->attempt, &verdict);
	race_excuse(&c->races, &slot->attempt, &verdict);
	count_missing(c, &slot->attempt, &verdict);
	slots_judge(c, at);
	settling_remove(c, at);
	notice->kind = NOTICE_VERDICT;
	notice->verdict = verdict;
	if (!slot->attempt.is_ours) {
		slot->attempt.probe = ++c->judged;
		closed_add(c, at, c->drained_ns); /* it may keep the socket for days */
	}
	if (c->watch_on_ns) {
		slot->verdict = malloc(sizeof(verdict));
		if (slot->verdict)
			*slot->verdict = verdict;
		news_add(c, at); /* there may be an amendment already */
	}
	return true;
}

static bool amend(struct correlator *c, uint32_t at, struct notice *notice)
{
	struct slot *slot = slot_at(c, at);

	if (!slot->verdict)
		return false;
	facts_read(&slot->attempt, UINT64_MAX, &c->facts);
	if (!amend_find(&c->facts, slot->verdict, slot->amended, &notice->amendment))
		return false;
	slot->amended |= 1u << notice->amendment.kind;
	notice->kind = NOTICE_AMENDMENT;
	notice->attempt = &slot->attempt;
	notice->facts = &c->facts;
	notice->verdict = *slot->verdict;
	news_add(c, at); /* there may be another one */
	return true;
}

static bool is_ending(const struct correlator *c)
{
	return c->end_ns && c->drained_ns >= c->end_ns;
}

/* All up to the end has been delivered: one more is looked at. */
static void end_next(struct correlator *c)
{
	if (c->end_next < c->fresh)
		end_pending(c, c->end_next++, c->end_ns);
	else
		c->end_ns = 0;
}

static bool next_news(struct correlator *c, struct notice *notice)
{
	for (unsigned looks = 0; looks < CORRELATOR_LOOKS; looks++) {
		uint32_t at = c->news.first;
		struct slot *slot;

		if (at == NOBODY && !is_ending(c))
			return false;
		if (at == NOBODY) {
			end_next(c);
			continue;
		}
		news_take(c);
		slot = slot_at(c, at);
		hear_losses(c, slot);
		if (slot_ready_ns(slot) > c->drained_ns)
			news_add(c, at);
		else if (slot->phase == PHASE_JUDGED ? amend(c, at, notice) : judge(c, at, notice))
			return true;
	}
	return false;
}

/* Room for who connects now is worth more than what may still come of somebody else's connect that has been told of. */
static bool is_early_leave(const struct correlator *c, uint32_t at)
{
	bool is_crowded = c->used - c->under_way > CORRELATOR_WATCHED_ON || c->used > c->capacity - c->capacity / 2;

	return is_crowded && !slot_at(c, at)->attempt.is_ours;
}

static bool next_forgotten(struct correlator *c, struct notice *notice)
{
	uint32_t at = c->closed.first;
	struct slot *slot;

	if (at == NOBODY || (slot_at(c, at)->closed_ns + c->watch_on_ns > c->drained_ns && !is_early_leave(c, at)))
		return false;
	slot = slot_at(c, at);
	if (slot->has_news) /* let it speak first */
		return false;
	c->closed.first = slot->next_closed;
	if (c->closed.first == NOBODY)
		c->closed.last = NOBODY;
	c->leaving = at;
	notice->kind = NOTICE_RELEASED;
	notice->attempt = &slot->attempt;
	return true;
}

bool correlator_next(struct correlator *c, struct notice *ret_notice)
{
	let_go(c);
	settle(c);
	memset(ret_notice, 0, sizeof(*ret_notice));
	if (c->closed.first != NOBODY && is_early_leave(c, c->closed.first) && next_forgotten(c, ret_notice))
		return true;
	return next_news(c, ret_notice) || next_forgotten(c, ret_notice);
}

const struct attempt *correlator_find(const struct correlator *c, struct attempt_key key)
{
	uint32_t at = slots_find(c, key);

	return at == NOBODY ? NULL : &slot_at(c, at)->attempt;
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
	return c->news.first != NOBODY || is_ending(c);
}

bool correlator_is_waiting(const struct correlator *c)
{
	return correlator_has_more(c) || c->young.first != NOBODY;
}

uint64_t correlator_lost(const struct correlator *c)
{
	return c->lost;
}

uint64_t correlator_refused(const struct correlator *c)
{
	return c->refused;
}
