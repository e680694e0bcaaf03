/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which of a probe's two connects counts. */
#include "user/core/run/repeat.h"

#include <stdlib.h>
#include <string.h>

bool repeat_is_worthwhile(const struct verdict *verdict)
{
	return verdict->status == STATUS_INCOMPLETE && verdict_has(verdict, VERDICT_LACKS_EVIDENCE);
}

bool repeat_is_own_limit(const struct verdict *verdict)
{
	bool is_full = verdict->status == STATUS_BLOCKED &&
		       verdict_has(verdict, VERDICT_RESTS_ON_NEIGHBOUR) && verdict->drop.count &&
		       !strcmp(verdict->drop.reason, "NEIGH_CREATEFAIL");

	return verdict_has(verdict, VERDICT_LACKS_PORT) || is_full;
}

struct first_outcome *first_outcome_new(const struct outcome *outcome)
{
	struct first_outcome *first = malloc(sizeof(*first));

	if (!first)
		return NULL;
	*first = (struct first_outcome){*outcome->attempt, *outcome->facts, *outcome->verdict,
					outcome->began_ns};
	first->facts.attempt = &first->attempt;
	return first;
}

struct outcome first_outcome_as(const struct first_outcome *first, enum repeat repeat)
{
	return (struct outcome){.attempt = &first->attempt,
				.facts = &first->facts,
				.verdict = &first->verdict,
				.began_ns = first->began_ns,
				.repeat = repeat};
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
		outcome.other = latest->verdict;
	} else {
		outcome.repeat = REPEAT_DONE;
		outcome.other = &first->verdict;
	}
	return outcome;
}
