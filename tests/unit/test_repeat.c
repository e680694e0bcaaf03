/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which probes are asked again, and which of their connects counts. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "user/core/run/repeat.h"
#include "user/words/reasons.h"
#include "user/words/vocabulary.h"

/* What was told of the target is not asked for again. */
Test(repeat, only_missing_evidence_is_worth_asking_again)
{
	for (enum status status = 0; status < STATUS_COUNT; status++) {
		for (enum reason reason = 0; reason < REASON_COUNT; reason++) {
			const struct verdict verdict = {.status = status, .reason = reason};
			bool is_missing =
				status == STATUS_INCOMPLETE &&
				(reason == REASON_EVENTS_LOST || reason == REASON_HOOK_MISSING);

			cr_expect_eq(repeat_is_worthwhile(NULL, &verdict), is_missing, "%s (%s)",
				     status_name(status), reason_name(reason));
		}
	}
}

/*
 * What this host had no room for says nothing of the target, and is waited for; what it refused is
 * its last word.
 */
Test(repeat, limits_of_this_host_are_its_own)
{
	const struct verdict none = {.status = STATUS_BLOCKED,
				     .reason = REASON_DROPPED_OUT,
				     .drop = {.reason = "NETFILTER_DROP", .count = 1}};
	const struct verdict full = {.status = STATUS_BLOCKED,
				     .reason = REASON_DROPPED_OUT,
				     .drop = {.reason = "NEIGH_CREATEFAIL", .count = 1}};
	const struct verdict port = {.status = STATUS_BLOCKED, .reason = REASON_NO_SOURCE_PORT};

	cr_expect_not(repeat_is_own_limit(&none));
	cr_expect(repeat_is_own_limit(&full));
	cr_expect(repeat_is_own_limit(&port));
}

/* An open one is proven, whatever was lost beside it. */
Test(repeat, what_is_proven_is_not_asked_again)
{
	const struct verdict verdict = {
		.status = STATUS_OPEN, .reason = REASON_SYN_ACK, .is_complete = false};

	cr_expect_not(repeat_is_worthwhile(NULL, &verdict));
}

struct twice {
	struct attempt first_attempt, second_attempt;
	struct facts facts;
	struct verdict first_verdict, second_verdict;
	struct outcome first, second;
	struct first_outcome *kept;
};

static void ask_twice(struct twice *ret_twice, enum status status, enum reason reason)
{
	*ret_twice = (struct twice){
		.first_attempt.probe = 1,
		.second_attempt.probe = 2,
		.first_verdict = {.status = STATUS_INCOMPLETE,
				  .reason = REASON_EVENTS_LOST,
				  .syn_sent = 3},
		.second_verdict = {.status = status, .reason = reason, .syn_sent = 1},
		.first = {&ret_twice->first_attempt, &ret_twice->facts, &ret_twice->first_verdict,
			  .began_ns = 100},
		.second = {&ret_twice->second_attempt, &ret_twice->facts,
			   &ret_twice->second_verdict, .began_ns = 200},
	};
	ret_twice->kept = first_outcome_new(NULL, &ret_twice->first);
	cr_assert(ret_twice->kept);
	ret_twice->first_attempt.probe = 77; /* as the correlator's slot is used again */
	ret_twice->first_verdict.syn_sent = 77;
}

Test(repeat, a_probe_that_was_not_asked_again_is_what_it_is)
{
	struct twice twice;
	struct outcome outcome;

	ask_twice(&twice, STATUS_OPEN, REASON_SYN_ACK);
	outcome = repeat_outcome(NULL, &twice.second);
	cr_expect_eq(outcome.verdict, &twice.second_verdict);
	cr_expect_eq(outcome.attempt, &twice.second_attempt);
	cr_expect_eq(outcome.repeat, REPEAT_NONE);
	cr_expect_eq(outcome.others.count, 0);
	free(twice.kept);
}

Test(repeat, the_second_connect_counts_unless_it_says_nothing_of_the_target)
{
	static const struct {
		enum status status;
		enum reason reason;
		bool is_in_vain;
	} rows[] = {
		{STATUS_OPEN, REASON_SYN_ACK, false},
		{STATUS_CLOSED, REASON_RESET, false},
		{STATUS_FILTERED, REASON_NO_REPLY, false},
		{STATUS_UNREACHABLE, REASON_NO_ROUTE, false},
		{STATUS_BLOCKED, REASON_DROPPED_IN, false},
		{STATUS_INCOMPLETE, REASON_EVENTS_LOST, false}, /* twice */
		{STATUS_INCOMPLETE, REASON_HOOK_MISSING, false},
		{STATUS_ABORTED, REASON_INTERRUPTED, true}, /* ^C, or -w */
		{STATUS_ABORTED, REASON_ABORTED, true},
		{STATUS_BLOCKED, REASON_NO_SOURCE_PORT, true},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct twice twice;
		struct outcome outcome;

		ask_twice(&twice, rows[i].status, rows[i].reason);
		outcome = repeat_outcome(twice.kept, &twice.second);
		cr_expect_eq(outcome.repeat, rows[i].is_in_vain ? REPEAT_VAIN : REPEAT_DONE,
			     "row %zu", i);
		cr_expect_eq(outcome.attempt->probe, rows[i].is_in_vain ? 1 : 2, "row %zu", i);
		cr_expect_eq(outcome.verdict->syn_sent, rows[i].is_in_vain ? 3 : 1, "row %zu", i);
		cr_expect_eq(outcome.others.syn_sent, rows[i].is_in_vain ? 1 : 3, "row %zu", i);
		cr_expect_eq(outcome.began_ns, rows[i].is_in_vain ? 100 : 200, "row %zu", i);
		free(twice.kept);
	}
}

Test(repeat, the_first_outcome_stands_alone_when_the_second_connect_was_never_made)
{
	struct twice twice;
	struct outcome outcome;

	ask_twice(&twice, STATUS_OPEN, REASON_SYN_ACK);
	outcome = first_outcome_as(twice.kept, REPEAT_NONE);
	cr_expect_eq(outcome.verdict->reason, REASON_EVENTS_LOST);
	cr_expect_eq(outcome.attempt->probe, 1);
	cr_expect_eq(outcome.repeat, REPEAT_NONE);
	cr_expect_eq(outcome.others.count, 0);
	free(twice.kept);
}

/* Lost evidence may be lost again; how this host's packets go does not change. */
Test(repeat, lost_evidence_is_asked_for_three_times_and_a_missing_hook_once)
{
	static const struct {
		enum reason reason;
		unsigned repeats;
	} rows[] = {{REASON_EVENTS_LOST, REPEATS_MAX}, {REASON_HOOK_MISSING, 1}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct first_outcome *kept = NULL, *before;
		struct twice twice;
		unsigned repeats = 0;

		ask_twice(&twice, STATUS_INCOMPLETE, rows[i].reason);
		free(twice.kept);
		for (; repeat_is_worthwhile(kept, twice.second.verdict); repeats++) {
			before = kept;
			kept = first_outcome_new(before, &twice.second);
			free(before);
			cr_assert_eq(kept->others.count, repeats);
			cr_assert_eq(kept->others.syn_sent, repeats);
		}
		cr_expect_eq(repeats, rows[i].repeats, "row %zu", i);
		free(kept);
	}
}

/* The third connect was never made: the second one's outcome is the probe's. */
Test(repeat, the_latest_outcome_stands_with_the_syns_of_all)
{
	struct first_outcome *kept;
	struct outcome outcome;
	struct twice twice;

	ask_twice(&twice, STATUS_INCOMPLETE, REASON_EVENTS_LOST);
	kept = first_outcome_new(twice.kept, &twice.second);
	outcome = first_outcome_as(kept, REPEAT_NONE);
	cr_expect_eq(outcome.repeat, REPEAT_DONE);
	cr_expect_eq(outcome.attempt->probe, 2);
	cr_expect_eq(outcome.others.count, 1);
	cr_expect_eq(outcome.others.syn_sent, 3);
	free(kept);
	free(twice.kept);
}
