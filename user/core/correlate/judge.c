// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Query, verdict, amendment. */
#include "user/core/correlate/judge.h"

#include <stdlib.h>

#include "user/core/attempt/drop.h"
#include "user/core/correlate/slot_lists.h"
#include "user/core/verdict/app_view.h"
#include "user/core/verdict/facts_read.h"
#include "user/core/verdict/rules/decide.h"

/* Was the question answered? SO_ERROR comes last. */
static bool is_answered(const struct attempt *attempt)
{
	for (int i = attempt->entry_count; i-- > 0;)
		if (attempt->entries[i].kind == EVENT_APP &&
		    attempt->entries[i].app.call == APP_SO_ERROR)
			return true;
	return false;
}

/* What follows the query's answer, or another program's giving up, is an amendment. */
static uint64_t horizon_ns(const struct correlator *c, const struct slot *slot)
{
	const struct attempt *attempt = &slot->attempt;
	enum app_call last = attempt->is_ours ? APP_SO_ERROR : APP_CLOSE;

	for (int i = attempt->entry_count; i-- > 0;)
		if (attempt->entries[i].kind == EVENT_APP && attempt->entries[i].app.call == last)
			return attempt->entries[i].time_ns;
	return c->drained_ns;
}

/* Another program's line says what it learned too: waited for, though not for ever. */
static bool has_app_answer(struct correlator *c, uint32_t at)
{
	struct slot *slot = slot_at(c, at);
	struct app_view view;

	app_view_read(&c->facts, &view);
	if (app_view_is_settled(&c->facts, &view))
		return true;
	if (!slot->decided_ns)
		awaiting_app_add(c, at);
	return c->drained_ns - slot->decided_ns >= AWAIT_APP_NS;
}

/* Is the target this host? Does a route explain connect()? Of another program's: not asked yet. */
static bool rests_on_route(const struct verdict *verdict)
{
	bool is_by_neighbour = verdict->drop.count && drop_is_by_neighbour(verdict->drop.function);

	return verdict_has(verdict, VERDICT_RESTS_ON_ROUTE) ||
	       (is_by_neighbour && verdict_has(verdict, VERDICT_RESTS_ON_NEIGHBOUR));
}

/* What is proven to be missing has been lost, though no source knew of it. */
static void count_missing(struct correlator *c, struct attempt *attempt,
			  const struct verdict *verdict)
{
	/* before the watch nothing was lost */
	if (attempt->is_late || verdict->missing <= attempt->lost_count)
		return;
	c->lost += verdict->missing - attempt->lost_count;
	attempt->lost_count = verdict->missing;
}

/* Of our own each is asked for once; of another program's only what the verdict rests on. */
static bool needs_query(const struct slot *slot, const struct verdict *verdict)
{
	return slot->phase == PHASE_PENDING && (slot->attempt.is_ours || rests_on_route(verdict));
}

static void query(struct correlator *c, uint32_t at, const struct verdict *verdict,
		  struct notice *notice)
{
	struct slot *slot = slot_at(c, at);

	slot->phase = PHASE_ASKED;
	notice->kind = NOTICE_QUERY;
	if (!slot->attempt.is_ours) {
		notice->needs_path = true;
		notice->verdict = *verdict;
		dirty_add(c, at); /* whatever the answer */
		return;
	}
	/* Positive proof needs no more; silence is another matter when the next hop is gone. */
	notice->left_by = verdict->ifindex;
	notice->needs_path = verdict->status != STATUS_OPEN && verdict->status != STATUS_CLOSED;
	notice->needs_host = verdict->status == STATUS_BLOCKED;
}

/* So that what comes later can be held against it. Without memory nothing is. */
static void watch_on(struct correlator *c, uint32_t at, const struct verdict *verdict)
{
	struct slot *slot = slot_at(c, at);

	if (!c->watch_on_ns)
		return;
	slot->verdict = malloc(sizeof(*verdict));
	if (slot->verdict)
		*slot->verdict = *verdict;
	dirty_add(c, at); /* there may be an amendment already */
}

bool slot_judge(struct correlator *c, uint32_t at, struct notice *notice)
{
	struct slot *slot = slot_at(c, at);
	struct verdict verdict;

	if (slot->phase == PHASE_ASKED && slot->attempt.is_ours && !is_answered(&slot->attempt))
		return false;
	facts_read(&slot->attempt, horizon_ns(c, slot), &c->facts);
	if (!verdict_decide(&c->facts, &verdict))
		return false;
	if (!slot->attempt.is_ours && !has_app_answer(c, at))
		return false;
	notice->attempt = &slot->attempt;
	notice->facts = &c->facts;
	if (needs_query(slot, &verdict)) {
		query(c, at, &verdict, notice);
		return true;
	}
	ttl_suspect(&c->ttls, &slot->attempt, &verdict);
	race_excuse(&c->races, &slot->attempt, &verdict);
	count_missing(c, &slot->attempt, &verdict);
	slots_judge(c, at);
	awaiting_app_remove(c, at);
	notice->kind = NOTICE_VERDICT;
	notice->verdict = verdict;
	if (!slot->attempt.is_ours) {
		slot->attempt.probe = ++c->judged;
		closed_add(c, at, c->drained_ns); /* it may keep the socket for days */
	}
	watch_on(c, at, &verdict);
	return true;
}

bool slot_amend(struct correlator *c, uint32_t at, struct notice *notice)
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
	dirty_add(c, at); /* there may be another one */
	return true;
}
