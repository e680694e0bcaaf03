// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A table of attempts, a list of those with news, and the rules of when to speak. */
#include "user/core/correlate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/core/amend.h"
#include "user/core/facts.h"
#include "user/core/names.h"

#define NOBODY UINT32_MAX

enum phase {
	PHASE_FREE,
	PHASE_PENDING, /* no verdict yet */
	PHASE_ASKED,   /* the question is out: what was the application told? */
	PHASE_JUDGED,  /* watched on */
};

struct slot {
	struct attempt attempt;
	struct verdict verdict; /* from PHASE_JUDGED on */
	uint64_t began_ns;
	uint64_t newest_ns; /* the youngest event fed */
	uint64_t closed_ns; /* 0: still open */
	uint32_t amended;   /* 1 << enum amendment_kind: said already */
	uint32_t next_same; /* hash chain, or free list */
	uint32_t next_news;
	uint32_t next_closed;
	enum phase phase;
	bool has_news;
};

struct list {
	uint32_t first;
	uint32_t last;
};

struct correlator {
	struct slot *slots;
	uint32_t *buckets; /* bucket_count is a power of two */
	uint32_t bucket_count;
	uint32_t capacity;
	uint32_t fresh; /* slots never used so far: they are not touched before they are needed */
	uint32_t free;	/* list through next_same */
	uint32_t used;
	uint32_t leaving; /* told of as FORGOTTEN, freed by the next call */
	struct list news;
	struct list closed; /* in the order of closing */
	uint64_t drained_ns;
	uint64_t lost;
	struct names names;
};

static uint32_t bucket_of(const struct correlator *c, struct attempt_key key)
{
	uint64_t hash = (key.cookie + key.number) * 0x9e3779b97f4a7c15ull; /* Fibonacci hashing: cookies are consecutive */

	return (uint32_t)(hash >> 32) & (c->bucket_count - 1);
}

struct correlator *correlator_new(uint32_t capacity)
{
	struct correlator *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->capacity = capacity;
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
	c->news = c->closed = (struct list){NOBODY, NOBODY};
	return c;
}

void correlator_free(struct correlator *c)
{
	if (!c)
		return;
	names_release(&c->names);
	free(c->slots);
	free(c->buckets);
	free(c);
}

static uint32_t find(const struct correlator *c, struct attempt_key key)
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

static uint32_t add_slot(struct correlator *c, const struct event *event)
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

static void free_slot(struct correlator *c, uint32_t at)
{
	uint32_t *link = &c->buckets[bucket_of(c, c->slots[at].attempt.key)];

	while (*link != at)
		link = &c->slots[*link].next_same;
	*link = c->slots[at].next_same;
	c->slots[at].phase = PHASE_FREE;
	c->slots[at].next_same = c->free;
	c->free = at;
	c->used--;
}

static void add_news(struct correlator *c, uint32_t at)
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

static uint32_t take_news(struct correlator *c)
{
	uint32_t at = c->news.first;

	c->news.first = c->slots[at].next_news;
	if (c->news.first == NOBODY)
		c->news.last = NOBODY;
	c->slots[at].has_news = false;
	return at;
}

static void add_closed(struct correlator *c, uint32_t at, uint64_t now_ns)
{
	struct slot *slot = &c->slots[at];

	if (slot->closed_ns)
		return;
	slot->closed_ns = now_ns;
	slot->next_closed = NOBODY;
	/* Nothing was ever sent, so nothing is to come; and whoever waits for a port tries again and again: it leaves at once. */
	if (slot->phase == PHASE_JUDGED && slot->verdict.reason == REASON_NO_SOURCE_PORT && now_ns > WATCH_ON_NS) {
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

static void feed_lost_to(struct correlator *c, const struct event *event)
{
	uint32_t at = find(c, event->key);

	if (at == NOBODY)
		return;
	c->lost += event->lost.count;
	c->slots[at].attempt.lost_count += event->lost.count;
	add_news(c, at);
}

/* Whoever was alive in the span may have lost its evidence. */
static void feed_lost(struct correlator *c, const struct lost_event *lost)
{
	c->lost += lost->count;
	for (uint32_t at = 0; at < c->fresh; at++) {
		struct slot *slot = &c->slots[at];

		if (slot->phase == PHASE_FREE || slot->began_ns > lost->to_ns || (slot->closed_ns && slot->closed_ns < lost->from_ns))
			continue;
		slot->attempt.lost_count += lost->count;
		add_news(c, at);
	}
}

/* What begins no attempt comes from one that has been forgotten: nobody asks any more. */
static bool is_beginning(const struct event *event)
{
	if (event->kind == EVENT_STATE)
		return event->state.new_state == 2; /* SYN_SENT */
	return event->kind == EVENT_APP || event->kind == EVENT_ROUTE;
}

static int feed_attempt(struct correlator *c, const struct event *event)
{
	bool is_drop = event->kind == EVENT_DROP;
	uint32_t at = find(c, event->key);
	struct slot *slot;

	if (at == NOBODY) {
		if (!is_beginning(event))
			return 0;
		at = add_slot(c, event);
	}
	if (at == NOBODY) {
		feed_lost(c, &(struct lost_event){event->time_ns, event->time_ns, 1});
		return -ENOBUFS;
	}
	slot = &c->slots[at];
	attempt_add(&slot->attempt, event, is_drop ? names_intern(&c->names, event->packet.reason) : NULL,
		    is_drop ? names_intern(&c->names, event->packet.function) : NULL);
	if (event->time_ns > slot->newest_ns)
		slot->newest_ns = event->time_ns;
	if (event->kind == EVENT_APP && event->app.call == APP_CLOSE)
		add_closed(c, at, event->time_ns);
	add_news(c, at);
	return 0;
}

/* Before anything else: what is fed now must not find the attempt that was said to be gone. */
static void let_go(struct correlator *c)
{
	if (c->leaving != NOBODY)
		free_slot(c, c->leaving);
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
		if (event->time_ns > c->drained_ns)
			c->drained_ns = event->time_ns;
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

/* The answer to the question is the last thing that counts: what came after it is an amendment. */
static uint64_t horizon_ns(const struct correlator *c, const struct slot *slot)
{
	const struct attempt *attempt = &slot->attempt;

	for (int i = attempt->entry_count; i-- > 0;)
		if (attempt->entries[i].kind == EVENT_APP && attempt->entries[i].app.call == APP_SO_ERROR)
			return attempt->entries[i].time_ns;
	return c->drained_ns;
}

static bool judge(struct correlator *c, uint32_t at, struct finding *finding)
{
	struct slot *slot = &c->slots[at];
	struct verdict verdict;

	if (slot->phase == PHASE_ASKED && !is_answered(&slot->attempt))
		return false;
	if (!verdict_decide(&slot->attempt, horizon_ns(c, slot), &verdict))
		return false;
	finding->attempt = &slot->attempt;
	if (slot->phase == PHASE_PENDING && slot->attempt.is_ours) {
		slot->phase = PHASE_ASKED;
		finding->kind = FINDING_QUESTION;
		/* Positive proof needs no more; silence is another matter when the next hop is gone. */
		finding->needs_path = verdict.status != STATUS_OPEN && verdict.status != STATUS_CLOSED;
		return true;
	}
	slot->phase = PHASE_JUDGED;
	slot->verdict = verdict;
	finding->kind = FINDING_VERDICT;
	finding->verdict = verdict;
	add_news(c, at); /* there may be an amendment already */
	return true;
}

static bool amend(struct correlator *c, uint32_t at, struct finding *finding)
{
	struct slot *slot = &c->slots[at];

	if (!amend_find(&slot->attempt, &slot->verdict, slot->amended, &finding->amendment))
		return false;
	slot->amended |= 1u << finding->amendment.kind;
	finding->kind = FINDING_AMENDMENT;
	finding->attempt = &slot->attempt;
	finding->verdict = slot->verdict;
	add_news(c, at); /* there may be another one */
	return true;
}

static bool next_news(struct correlator *c, struct finding *finding)
{
	/* One turn over the list: attempts with events younger than the last drain go back to its end. */
	uint32_t last = c->news.last;

	while (c->news.first != NOBODY) {
		uint32_t at = take_news(c);
		struct slot *slot = &c->slots[at];

		if (slot->newest_ns > c->drained_ns)
			add_news(c, at);
		else if (slot->phase == PHASE_JUDGED ? amend(c, at, finding) : judge(c, at, finding))
			return true;
		if (at == last)
			return false;
	}
	return false;
}

static bool next_forgotten(struct correlator *c, struct finding *finding)
{
	uint32_t at = c->closed.first;
	struct slot *slot;

	if (at == NOBODY || c->slots[at].closed_ns + WATCH_ON_NS > c->drained_ns)
		return false;
	slot = &c->slots[at];
	if (slot->has_news) /* let it speak first */
		return false;
	c->closed.first = slot->next_closed;
	if (c->closed.first == NOBODY)
		c->closed.last = NOBODY;
	c->leaving = at;
	finding->kind = FINDING_FORGOTTEN;
	finding->attempt = &slot->attempt;
	return true;
}

bool correlator_next(struct correlator *c, struct finding *ret_finding)
{
	let_go(c);
	memset(ret_finding, 0, sizeof(*ret_finding));
	return next_news(c, ret_finding) || next_forgotten(c, ret_finding);
}

const struct attempt *correlator_find(const struct correlator *c, struct attempt_key key)
{
	uint32_t at = find(c, key);

	return at == NOBODY ? NULL : &c->slots[at].attempt;
}

bool correlator_has_room(const struct correlator *c)
{
	return c->used < c->capacity;
}

bool correlator_is_waiting(const struct correlator *c)
{
	return c->news.first != NOBODY;
}

uint64_t correlator_lost(const struct correlator *c)
{
	return c->lost;
}
