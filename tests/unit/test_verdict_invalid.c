/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Verdicts of answers that are none, of evidence that is missing, and of attempts that were given
 * up.
 */
#include "tests/unit/story.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* A SYN at 0.1 ms; the deadline comes at 4 s. */
static struct story waiting(void)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_deadline(&s, 4000);
	return s;
}

/* Nothing is said before the deadline: a later SYN might still be answered well. */
static struct verdict expect_at_end(struct story *s, enum status status, enum reason reason)
{
	expect_no_verdict(s, 3999);
	return expect_verdict(s, 4000.5, status, reason);
}

static const struct answer_case {
	uint8_t flags;
	uint32_t ack_offset; /* from the initial sequence number */
	enum reason reason;
	enum answer_kind kind;
} answer_cases[] = {
	{SYN | ACK, 0, REASON_WRONG_ACK, ANSWER_SYN_ACK},
	{SYN | ACK, 2, REASON_WRONG_ACK, ANSWER_SYN_ACK},
	{RST | ACK, 77, REASON_WRONG_ACK, ANSWER_RST},
	{ACK, 0, REASON_WRONG_ACK, ANSWER_ACK}, /* a challenge ACK */
	{RST, 0, REASON_BLIND_RESET, ANSWER_RST},
	{ACK, 1, REASON_UNEXPECTED_FLAGS, ANSWER_ACK},
	{TCP_FLAG_FIN | ACK, 1, REASON_UNEXPECTED_FLAGS, ANSWER_ACK},
	{SYN, 0, REASON_UNEXPECTED_FLAGS, ANSWER_SYN},
	{0, 0, REASON_UNEXPECTED_FLAGS, ANSWER_OTHER},
};

Test(verdict_invalid, each_wrong_answer_has_its_reason_and_no_rtt)
{
	for (size_t i = 0; i < COUNT_OF(answer_cases); i++) {
		const struct answer_case *c = &answer_cases[i];
		struct story s = waiting();
		struct verdict verdict;
		struct event *drop;

		story_receive(&s, 5.1, c->flags, s.isn + c->ack_offset);
		drop = story_drop_in(&s, 5.2, "TCP_INVALID_ACK_SEQUENCE", "tcp_v4_do_rcv");
		drop->packet.packet.tcp.flags = c->flags;
		drop->packet.packet.tcp.ack = s.isn + c->ack_offset;
		verdict = expect_at_end(&s, STATUS_INVALID, c->reason);
		cr_expect_eq(verdict.answer, c->kind, "case %zu", i);
		cr_expect_eq(verdict.rtt_ns, TIME_UNKNOWN_NS, "case %zu", i);
		cr_expect_eq(verdict.rtt_candidate_count, 0, "case %zu", i);
		cr_expect_eq(verdict.drop.count, 1, "case %zu", i);
	}
}

Test(verdict_invalid, a_wrong_answer_before_the_right_one_does_no_harm)
{
	struct story s = waiting();
	struct verdict verdict;

	story_receive(&s, 5.1, ACK,
		      s.isn - 99); /* a challenge ACK: the server had an old connection */
	story_syn(&s, 15.1);
	story_syn_ack(&s, 20.1, 15.1);
	story_established(&s, 20.2);
	verdict = expect_verdict(&s, 21, STATUS_OPEN, REASON_SYN_ACK);
	cr_expect_eq(verdict.answer, ANSWER_SYN_ACK);
	expect_ms(verdict.rtt_ns, 5);
}

Test(verdict_invalid, tcp_bad_csum_alone_tells_a_bad_checksum)
{
	struct story s = waiting();

	story_syn_ack(&s, 5.1, 0.1);
	story_bad_checksum(&s, 5.11);
	story_drop_in(&s, 5.2, "", "");
	expect_at_end(&s, STATUS_INVALID, REASON_BAD_CHECKSUM);
}

Test(verdict_invalid, a_damaged_answer_and_then_a_good_one_is_open)
{
	struct story s = waiting();

	story_syn_ack(&s, 5.1, 0.1);
	story_bad_checksum(&s, 5.11);
	story_syn(&s, 1000.1);
	story_syn_ack(&s, 1005.1, 1000.1);
	story_established(&s, 1005.2);
	expect_verdict(&s, 1006, STATUS_OPEN, REASON_SYN_ACK);
}

/* It may carry anything; the time is that of the answer that the socket took. */
Test(verdict_invalid, a_damaged_answer_before_the_good_one_is_not_the_answer)
{
	struct story s = waiting();
	struct verdict verdict;

	story_syn_ack(&s, 5.1, 0.1);
	story_drop_in(&s, 5.11, "TCP_CSUM", "tcp_v4_rcv");
	story_syn(&s, 1000.1);
	story_syn_ack(&s, 1007.1, 1000.1);
	story_drop_in(&s, 1007.11, "TCP_CSUM", "tcp_v4_rcv");
	story_syn_ack(&s, 1012.1, 1000.1)->packet.packet.ttl = 33;
	story_established(&s, 1012.2);
	verdict = expect_verdict(&s, 1013, STATUS_OPEN, REASON_SYN_ACK);
	cr_assert_eq(s.attempt.entries[verdict.answer_entry].tcp.ttl, 33);
	expect_ms(verdict.rtt_ns, 12);
}

/* The first drop is of another packet. */
Test(verdict_invalid, a_damaged_answer_is_told_by_its_own_drop)
{
	struct story s = waiting();
	struct tcp_fields *dropped;

	story_receive(&s, 5.1, RST, 0);
	dropped = &story_drop_in(&s, 5.11, "TCP_RESET", "tcp_rcv_state_process")->packet.packet.tcp;
	dropped->flags = RST;
	dropped->ack = 0;
	story_syn_ack(&s, 7.1, 0.1);
	story_drop_in(&s, 7.11, "TCP_CSUM", "tcp_v4_rcv");
	cr_expect_str_eq(expect_at_end(&s, STATUS_INVALID, REASON_BAD_CHECKSUM).drop.reason,
			 "TCP_CSUM");
}

/*
 * Each tells one history that ends in absence: something else may have happened in what was lost.
 */
static void tell_silence(struct story *s)
{
	story_syn(s, 0.1);
}

static void tell_dropped_out(struct story *s)
{
	story_drop_out(s, 0.1, "NETFILTER_DROP", "nft_do_chain");
}

static void tell_rejected(struct story *s)
{
	tell_dropped_out(s);
	story_error(s, 0.2, EHOSTUNREACH);
}

static void tell_dropped_in(struct story *s)
{
	story_syn(s, 0.1);
	story_syn_ack(s, 5.1, 0.1);
	story_drop_in(s, 5.2, "NETFILTER_DROP", "nft_do_chain");
}

/*
 * One of several never got as far as its checksum: the others tell what it was worth. A rule that
 * drops it does so whatever the others are.
 */
Test(verdict_invalid, a_full_backlog_does_not_make_a_damaged_answer_a_right_one)
{
	for (int is_rule = 0; is_rule < 2; is_rule++) {
		struct story s = waiting();

		story_syn_ack(&s, 5, 0.1);
		story_drop_in(&s, 5.01, "TCP_CSUM", "tcp_v4_rcv");
		story_syn(&s, 1000.1);
		story_syn_ack(&s, 1005, 1000.1);
		story_drop_in(&s, 1005.01, is_rule ? "NETFILTER_DROP" : "CPU_BACKLOG",
			      is_rule ? "nft_do_chain" : "enqueue_to_backlog");
		if (is_rule)
			expect_at_end(&s, STATUS_BLOCKED, REASON_DROPPED_IN);
		else
			expect_at_end(&s, STATUS_INVALID, REASON_BAD_CHECKSUM);
	}
}

static void tell_bad_checksum(struct story *s)
{
	story_syn(s, 0.1);
	story_syn_ack(s, 5.1, 0.1);
	story_bad_checksum(s, 5.2);
}

static void tell_wrong_ack(struct story *s)
{
	story_syn(s, 0.1);
	story_receive(s, 5.1, SYN | ACK, 1);
}

static void tell_waiting_for_neighbour(struct story *s)
{
	story_neighbour(s, 3999.5, NEIGHBOUR_INCOMPLETE);
}

static void tell_neighbour_failed(struct story *s)
{
	story_drop_out(s, 3060, "NEIGH_FAILED", "neigh_invalidate");
}

Test(verdict_incomplete, whatever_rests_on_absence_is_incomplete_when_events_were_lost)
{
	static void (*const tellers[])(struct story *) = {
		tell_silence,	       tell_dropped_out,	  tell_rejected,
		tell_dropped_in,       tell_bad_checksum,	  tell_wrong_ack,
		tell_neighbour_failed, tell_waiting_for_neighbour};

	for (size_t i = 0; i < COUNT_OF(tellers); i++) {
		struct story s = story_connect(AF_INET);
		struct verdict verdict;

		tellers[i](&s);
		story_deadline(&s, 4000);
		cr_assert(story_judge(&s, 4001, &verdict));
		cr_expect_neq(verdict.status, STATUS_INCOMPLETE, "teller %zu", i);
		story_lost(&s, 0, 10, 1);
		cr_expect_not(
			expect_verdict(&s, 4001, STATUS_INCOMPLETE, REASON_EVENTS_LOST).is_complete,
			"teller %zu", i);
	}
}

Test(verdict_incomplete, entries_that_found_no_place_are_lost_evidence_too)
{
	struct story s = waiting();

	for (int i = 0; i < 40; i++)
		story_poll(&s, 5 + i, 0); /* our own, which all count */
	cr_expect_not(expect_verdict(&s, 4001, STATUS_INCOMPLETE, REASON_EVENTS_LOST).is_complete);
	cr_expect_gt(s.attempt.overflow_count, 0);
}

/*
 * However many wrong answers there are: one is the evidence, and the others take no place that
 * anything else needs.
 */
Test(verdict_incomplete, wrong_answers_in_any_number_are_no_loss)
{
	struct story s = waiting();

	for (int i = 0; i < 60; i++)
		story_receive(&s, 5 + i, SYN | ACK, i); /* all different */
	cr_expect(expect_verdict(&s, 4001, STATUS_INVALID, REASON_WRONG_ACK).is_complete);
	cr_expect_eq(s.attempt.overflow_count, 0);
}

/* A peer that answers wrongly for ever: the deadline still finds its place. */
Test(verdict_incomplete, many_equal_answers_are_folded_and_nothing_is_lost)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;

	for (int i = 0; i < 15; i++) {
		story_syn(&s, 0.1 + i * 200);
		story_receive(&s, 1 + i * 200, SYN | ACK, 1);
		story_sent(&s, 2 + i * 200, RST);
	}
	story_deadline(&s, 4000);
	verdict = expect_at_end(&s, STATUS_INVALID, REASON_WRONG_ACK);
	cr_expect(verdict.is_complete);
	cr_expect_eq(verdict.syn_sent, 15);
	cr_expect_eq(verdict.syn_unanswered, 0);
}

Test(verdict_incomplete, our_own_connect_that_the_kernel_side_never_reported)
{
	struct story s = story_new(AF_INET);

	story_enter(&s, 0);
	story_return(&s, 0.1, EINPROGRESS);
	story_deadline(&s, 4000);
	expect_at_end(&s, STATUS_INCOMPLETE, REASON_HOOK_MISSING);
}

Test(verdict_aborted, given_up_before_the_deadline_is_interrupted)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_abandon(&s, 700);
	expect_no_verdict(&s, 699);
	expect_verdict(&s, 700, STATUS_ABORTED, REASON_INTERRUPTED);
}

/*
 * Nobody has judged what came meanwhile: a damaged SYN-ACK tells no time of a target that may not
 * have sent it.
 */
Test(verdict_aborted, what_came_before_it_was_given_up_has_no_rtt)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;

	story_syn(&s, 0.1);
	story_syn_ack(&s, 5.1, 0.1);
	story_bad_checksum(&s, 5.11);
	story_abandon(&s, 700);
	verdict = expect_verdict(&s, 700, STATUS_ABORTED, REASON_INTERRUPTED);
	cr_expect_eq(verdict.rtt_ns, TIME_UNKNOWN_NS);
	cr_expect_eq(verdict.rtt_candidate_count, 0);
}

Test(verdict_aborted, given_up_after_the_proof_is_what_was_proven)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_reset(&s, 3.1);
	story_reset_received(&s, 3.2);
	story_abandon(&s, 700);
	expect_verdict(&s, 701, STATUS_CLOSED, REASON_RESET);
}

static struct story stamped(double echoed_ms, const char *reason)
{
	struct story s = waiting();

	story_syn_ack(&s, 3, echoed_ms);
	story_drop_in(&s, 3.1, reason, "tcp_v4_do_rcv");
	return s;
}

/* Where drops have reasons, another one than TCP's for timestamps is another story. */
Test(verdict_invalid, a_timestamp_that_no_syn_had_is_a_wrong_one)
{
	struct story wrong = stamped(77, "TCP_RFC7323_PAWS"), untold = stamped(77, ""),
		     right = stamped(0.1, ""), told = stamped(0.1, "TCP_RFC7323_PAWS"),
		     other = stamped(77, "TCP_INVALID_SEQUENCE");

	expect_at_end(&wrong, STATUS_INVALID, REASON_WRONG_TIMESTAMP);
	expect_at_end(&untold, STATUS_INVALID, REASON_WRONG_TIMESTAMP);
	expect_at_end(&told, STATUS_INVALID,
		      /* of SYNs that follow one another quickly not every stamp is kept */
		      REASON_WRONG_TIMESTAMP);
	expect_at_end(&right, STATUS_INVALID, REASON_MALFORMED);
	expect_at_end(&other, STATUS_INVALID, REASON_MALFORMED);
}
