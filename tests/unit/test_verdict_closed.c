/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Verdicts by an accepted RST, and the histories that look alike and prove less. */
#include "tests/unit/story.h"

/* A SYN at 0.1 ms and a RST at 3.1 ms; whether it is accepted is told by the test. */
static struct story refused(void)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_reset(&s, 3.1);
	return s;
}

Test(verdict_closed, accepted_reset_is_closed_at_once)
{
	struct story s = refused();
	struct verdict verdict;

	story_reset_received(&s, 3.11);
	story_closed(&s, 3.12);
	story_error(&s, 3.13, ECONNREFUSED);
	verdict = expect_verdict(&s, 3.11, STATUS_CLOSED, REASON_RESET);
	cr_expect_eq(verdict.answer, ANSWER_RST);
	expect_ms(verdict.rtt_ns, 3.0);
}

/* Dropped on its way to the socket, or refused by it. */
Test(verdict_closed, reset_that_was_not_accepted_is_not_closed)
{
	struct story s = refused();

	story_syn(&s, 1003);
	story_deadline(&s, 4000);
	expect_no_verdict(&s, 3999);
	expect_verdict(&s, 4000, STATUS_BLOCKED, REASON_DROPPED_IN);
}

/* No drop was seen, nor that the socket went on. */
Test(verdict_closed, reset_of_which_nothing_came_is_not_dropped_either)
{
	struct story s = refused();

	story_deadline(&s, 4000);
	expect_verdict(&s, 4000, STATUS_INCOMPLETE, REASON_HOOK_MISSING);
}

Test(verdict_closed, accepted_reset_that_no_device_received_is_not_closed)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_reset_received(&s, 3.11);
	story_deadline(&s, 4000);
	expect_no_verdict(&s, 3999);
	expect_verdict(&s, 4000, STATUS_INCOMPLETE, REASON_HOOK_MISSING);
}

Test(verdict_closed, syn_with_reset_and_ack_is_a_reset)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_receive(&s, 3.1, SYN | RST | ACK, s.isn + 1);
	story_reset_received(&s, 3.11);
	expect_verdict(&s, 4, STATUS_CLOSED, REASON_RESET);
}

Test(verdict_closed, econnrefused_alone_is_not_closed)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;

	story_syn(&s, 0.1);
	story_icmp(&s, 1, 3, 3);
	story_error(&s, 1.1, ECONNREFUSED);
	story_closed(&s, 1.2);
	story_so_error(&s, 1.3, ECONNREFUSED);
	verdict = expect_verdict(&s, 2, STATUS_FILTERED, REASON_ICMP_PORT_UNREACHABLE);
	cr_expect_eq(verdict.app_result, APP_RESULT_REFUSED);
	cr_expect_not(verdict.app_agrees);
}

Test(verdict_closed, lost_events_leave_it_closed)
{
	struct story s = refused();
	struct verdict verdict;

	story_reset_received(&s, 3.11);
	story_lost(&s, 0, 5, 1);
	verdict = expect_verdict(&s, 4, STATUS_CLOSED, REASON_RESET);
	cr_expect_not(verdict.is_complete);
	cr_expect_eq(verdict.rtt_ns, TIME_UNKNOWN_NS);
}

/*
 * A redirection on the way out sends a copy that is not tied to the socket: the SYN is never seen,
 * and its RST comes all the same.
 */
Test(verdict_closed, an_answer_to_a_syn_that_nobody_saw_is_incomplete)
{
	struct story s = story_connect(AF_INET);

	story_reset_received(&s, 12.1);
	story_error(&s, 12.1, ECONNREFUSED);
	story_closed(&s, 12.2);
	expect_verdict(&s, 13, STATUS_INCOMPLETE, REASON_HOOK_MISSING);
}

/* Likewise of a connect() that waited, and was told of it. */
Test(verdict_closed, a_connect_that_an_answer_ended_did_not_fail_by_itself)
{
	struct story s = story_new(AF_INET);

	story_enter(&s, 0)->app.is_ours = false;
	story_syn_sent(&s, 0.01);
	story_reset_received(&s, 12.1);
	story_error(&s, 12.1, ECONNREFUSED);
	story_closed(&s, 12.2);
	story_return(&s, 12.3, ECONNREFUSED);
	story_close(&s, 12.4);
	expect_verdict(&s, 13, STATUS_INCOMPLETE, REASON_HOOK_MISSING);
}

/* What it was when it was closed says what it had become. */
Test(verdict_closed, whoever_was_established_was_not_refused)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_reset(&s, 12.3);
	story_reset_received(&s, 12.31);
	story_closed(&s, 12.32)->state.old_state = TCP_STATE_ESTABLISHED;
	cr_expect_not(expect_verdict(&s, 13, STATUS_INCOMPLETE, REASON_EVENTS_LOST).is_complete);
}

/*
 * The SYN-ACK may have been lost where ESTABLISHED was not: a reset is no proof then that nobody
 * listens.
 */
Test(verdict_closed, whoever_became_established_was_not_refused)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_established(&s, 12.2);
	story_reset(&s, 12.3);
	story_reset_received(&s, 12.31);
	story_closed(&s, 12.32);
	expect_verdict(&s, 13, STATUS_INCOMPLETE, REASON_HOOK_MISSING);
}
