/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which of a probe's connects counts. */
#include "user/core/run/repeat.h"

#include <stdlib.h>
#include <string.h>

bool repeat_is_worthwhile(const struct first_outcome *first, const struct verdict *verdict)
{
	unsigned most = verdict->reason == REASON_EVENTS_LOST ? REPEATS_MAX : 1,
		 repeats = first ? first->others.count + 1 : 0;

	return verdict->status == STATUS_INCOMPLETE &&
	       verdict_has(verdict, VERDICT_LACKS_EVIDENCE) && repeats < most;
}

bool repeat_is_own_limit(const struct verdict *verdict)
{
	bool is_full = verdict->status == STATUS_BLOCKED &&
		       verdict_has(verdict, VERDICT_RESTS_ON_NEIGHBOUR) && verdict->drop.count &&
		       !strcmp(verdict->drop.reason, "NEIGH_CREATEFAIL");

	return verdict_has(verdict, VERDICT_LACKS_PORT) || is_full;
}

static struct other_connects add(struct other_connects others, const struct verdict *verdict)
{
	others.count++;
	others.syn_sent += verdict->syn_sent;
	others.syn_unanswered += verdict->syn_unanswered;
	others.is_ack_sent |= verdict->is_ack_sent;
	others.is_partial |= !verdict->is_complete;
	return others;
}

struct first_outcome *first_outcome_new(const struct first_outcome *before,
					const struct outcome *outcome)
{
	struct first_outcome *first = malloc(sizeof(*first));

	if (!first)
		return NULL;
	*first = (struct first_outcome){
		*outcome->attempt, *outcome->facts, *outcome->verdict, outcome->began_ns, {0}};
	if (before)
		first->others = add(before->others, &before->verdict);
	first->facts.attempt = &first->attempt;
	return first;
}

struct outcome first_outcome_as(const struct first_outcome *first, enum repeat repeat)
{
	struct other_connects others = first->others;

	if (repeat == REPEAT_NONE && others.count)
		repeat = REPEAT_DONE;
	if (repeat == REPEAT_VAIN) { /* and of that one nothing is known */
		others.count++;
		others.is_partial = true;
	}
	return (struct outcome){.attempt = &first->attempt,
				.facts = &first->facts,
				.verdict = &first->verdict,
				.began_ns = first->began_ns,
				.repeat = repeat,
				.others = others};
}

/* Ended by this host before it could say anything, or its own limit. */
static bool says_nothing(const struct verdict *verdict)
{
	return verdict->status == STATUS_ABORTED || repeat_is_own_limit(verdict);
}

struct outcome repeat_outcome(const struct first_outcome *first, const struct outcome *latest)
{
	struct outcome outcome = *latest;

	if (!first)
		return outcome;
	if (says_nothing(latest->verdict)) {
		outcome = first_outcome_as(first, REPEAT_VAIN);
		outcome.others = add(first->others, latest->verdict);
	} else {
		outcome.repeat = REPEAT_DONE;
		outcome.others = add(first->others, &first->verdict);
	}
	return outcome;
}
