/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What comes after a verdict: what is said about it, once, and what is not worth a word. */
#include "tests/unit/story.h"

/*
 * A verdict at that time of an attempt of another program, which has been told of the outcome, so
 * that no question is asked; more is told afterwards.
 */
static struct correlator *judged_at(struct story *s, enum status status, double at_ms)
{
	struct correlator *c = correlator_new(1, WATCH_ON_NS);
	struct notice notice;

	s->events[1].app.is_ours = false;
	if (status == STATUS_OPEN)
		story_so_error(s, at_ms - 0.1, 0);
	else if (s->events[s->count - 1].kind != EVENT_DEADLINE)
		story_close(s, at_ms);
	story_drained(s, at_ms);
	for (unsigned i = 0; i < s->count; i++)
		cr_assert_eq(correlator_feed(c, &s->events[i]), 0);
	cr_assert(correlator_next(c, &notice));
	if (notice.kind == NOTICE_QUERY) /* the route: nobody knows it here */
		cr_assert(correlator_next(c, &notice));
	cr_assert_eq(notice.kind, NOTICE_VERDICT);
	cr_assert_eq(notice.verdict.status, status);
	return c;
}

static struct correlator *judged(struct story *s, enum status status)
{
	return judged_at(s, status, 13);
}

/* ESTABLISHED at 12.3 ms. */
static struct story opened(void)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_syn_ack(&s, 12.2, 0.1);
	story_established(&s, 12.3);
	return s;
}

static struct story silent(void)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_deadline(&s, 12);
	return s;
}

/* Feed what was told since, and drain. Returns the amendment's kind, 0 for none. */
static enum amendment_kind amended(struct correlator *c, struct story *s, unsigned from,
				   double at_ms, struct amendment *ret_amendment)
{
	struct notice notice;

	story_drained(s, at_ms);
	for (unsigned i = from; i < s->count; i++)
		cr_assert_eq(correlator_feed(c, &s->events[i]), 0);
	if (!correlator_next(c, &notice) || notice.kind == NOTICE_RELEASED)
		return 0;
	cr_assert_eq(notice.kind, NOTICE_AMENDMENT);
	if (ret_amendment)
		*ret_amendment = notice.amendment;
	return notice.amendment.kind;
}

static void expect_amended(struct story s, enum status status, void (*tell)(struct story *),
			   enum amendment_kind kind)
{
	struct correlator *c = judged(&s, status);
	unsigned from = s.count;

	tell(&s);
	cr_expect_eq(amended(c, &s, from, 9000, NULL), kind);
	correlator_free(c);
}

static void repeat_syn_ack(struct story *s)
{
	story_syn_ack(s, 1012.3, 0.1);
}

static void repeat_syn_ack_just_too_early(struct story *s)
{
	story_syn_ack(s, 912.2, 0.1);
}

static void repeat_syn_ack_at_900_ms(struct story *s)
{
	story_syn_ack(s, 912.3, 0.1);
}

static void reset(struct story *s)
{
	story_receive(s, 20, RST, 0);
	story_reset_received(s, 20);
}

/* Out of the window: the socket takes no notice. */
static void reset_in_vain(struct story *s)
{
	story_receive(s, 20, RST, 0);
}

static void finish(struct story *s)
{
	struct event *event;

	story_receive(s, 20, TCP_FLAG_FIN | ACK, s->isn + 1);
	event = story_event(s, 20, EVENT_STATE);
	event->state.old_state = 1;
	event->state.new_state = 8; /* CLOSE_WAIT */
}

/*
 * More than 0.9 s after ESTABLISHED, but the second SYN's own answer may take as long as the first
 * one's.
 */
static void answer_both_syns(struct story *s)
{
	story_syn_ack(s, 915, 10);
}

static void send_data(struct story *s)
{
	story_receive(s, 20, ACK | TCP_FLAG_PSH, s->isn + 1);
}

static void report_by_icmp(struct story *s)
{
	story_icmp(s, 20, 3, 1);
}

static void answer(struct story *s)
{
	story_syn_ack(s, 20, 0.1);
}

static void refuse(struct story *s)
{
	story_reset(s, 20);
}

static void answer_something_else(struct story *s)
{
	story_receive(s, 20, SYN | ACK, s->isn);
}

Test(amend, a_repeated_syn_ack_is_not_accepted)
{
	expect_amended(opened(), STATUS_OPEN, repeat_syn_ack, AMENDMENT_NOT_ACCEPTED);
}

/* The network's copy, or the answer to another of our SYNs. */
Test(amend, a_second_syn_ack_sooner_than_900_ms_says_nothing)
{
	expect_amended(opened(), STATUS_OPEN, repeat_syn_ack_just_too_early, 0);
	expect_amended(opened(), STATUS_OPEN, repeat_syn_ack_at_900_ms, AMENDMENT_NOT_ACCEPTED);
}

static void send_reset(struct story *s, double at_ms)
{
	struct event *reset = story_sent(s, at_ms, RST | ACK);

	reset->packet.is_own = true;
	reset->packet.packet.tcp.seq = s->isn + 1;
}

static void reset_and_hear_again(struct story *s)
{
	send_reset(s, 13);
	repeat_syn_ack(s);
}

/* The server repeated it before our RST was there. */
static void reset_and_hear_what_was_under_way(struct story *s)
{
	send_reset(s, 1005);
	repeat_syn_ack(s);
}

/* A server that has it repeats nothing, accepted or not. */
Test(amend, a_syn_ack_repeated_after_our_reset_is_a_lost_reset)
{
	expect_amended(opened(), STATUS_OPEN, reset_and_hear_again, AMENDMENT_RESET_LOST);
	expect_amended(opened(), STATUS_OPEN, reset_and_hear_what_was_under_way, 0);
}

/*
 * So far away that the server repeats its SYN-ACK, after 1 s and after 3 s, before our ACK is
 * there, and afterwards.
 */
Test(amend, a_repeat_that_left_before_our_ack_was_there_says_nothing)
{
	static const double repeats_ms[] = {2900, 4900};

	for (int i = 0; i < 2; i++) {
		struct story s = story_connect(AF_INET);
		struct correlator *c;
		unsigned from;

		story_syn(&s, 0.1);
		story_syn(&s, 1000.1);
		story_syn_ack(&s, 1900, 0.1);
		story_established(&s, 1900.1);
		c = judged_at(&s, STATUS_OPEN, 1901);
		from = s.count;
		story_syn_ack(&s, repeats_ms[i], 0.1);
		cr_expect_eq(amended(c, &s, from, 9000, NULL), i ? AMENDMENT_NOT_ACCEPTED : 0);
		correlator_free(c);
	}
}

Test(amend, reset_and_close_by_the_peer_are_said)
{
	expect_amended(opened(), STATUS_OPEN, reset, AMENDMENT_RESET_BY_PEER);
	expect_amended(opened(), STATUS_OPEN, finish, AMENDMENT_CLOSED_BY_PEER);
}

Test(amend, ordinary_traffic_after_the_handshake_says_nothing)
{
	expect_amended(opened(), STATUS_OPEN, send_data, 0);
	expect_amended(opened(), STATUS_OPEN, report_by_icmp, 0);
	expect_amended(opened(), STATUS_OPEN, reset_in_vain, 0);
}

Test(amend, an_answer_after_the_deadline_is_said)
{
	expect_amended(silent(), STATUS_FILTERED, answer, AMENDMENT_LATE_ANSWER);
	expect_amended(silent(), STATUS_FILTERED, refuse, AMENDMENT_LATE_ANSWER);
}

Test(amend, what_answers_nothing_after_the_deadline_is_no_answer)
{
	expect_amended(silent(), STATUS_FILTERED, answer_something_else, 0);
	expect_amended(silent(), STATUS_FILTERED, reset, 0);
}

Test(amend, the_answer_to_a_later_syn_is_no_repeat)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_syn(&s, 10);
	story_syn_ack(&s, 11, 0.1);
	story_established(&s, 12);
	expect_amended(s, STATUS_OPEN, answer_both_syns, 0);
}

static void answer_after_refusal(struct story *s)
{
	story_syn_ack(s, 30, 0.1);
}

Test(amend, a_syn_ack_after_a_refusal_is_said)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_icmp(&s, 12, 3, 13);
	expect_amended(s, STATUS_FILTERED, answer_after_refusal, AMENDMENT_LATE_ANSWER);
}

Test(amend, counts_from_the_verdict_and_cites_its_packet)
{
	struct story s = opened();
	struct correlator *c = judged(&s, STATUS_OPEN);
	unsigned from = s.count;
	struct amendment amendment;

	reset(&s);
	cr_assert_eq(amended(c, &s, from, 30, &amendment), AMENDMENT_RESET_BY_PEER);
	expect_ms(amendment.after_ns, 7);
	cr_expect_eq(amendment.time_ns, story_ns(20));
	cr_expect_eq(correlator_find(c, s.key)->entries[amendment.evidence].time_ns, story_ns(20));
	correlator_free(c);
}

Test(amend, each_kind_is_said_once)
{
	struct story s = opened();
	struct correlator *c = judged(&s, STATUS_OPEN);
	unsigned from = s.count;
	struct notice notice;

	story_syn_ack(&s, 1012.3, 0.1);
	story_syn_ack(&s, 3012.3, 0.1);
	reset(&s);
	reset(&s);
	cr_expect_eq(amended(c, &s, from, 3012.5, NULL), AMENDMENT_RESET_BY_PEER);
	cr_assert(correlator_next(c, &notice));
	cr_expect_eq(notice.amendment.kind, AMENDMENT_NOT_ACCEPTED);
	cr_expect_not(correlator_next(c, &notice));
	correlator_free(c);
}

/*
 * Between ESTABLISHED and the verdict's own time: no part of the verdict, so it must be said after
 * it, without waiting for another event.
 */
Test(amend, what_happened_before_the_verdict_was_spoken_is_said_at_once)
{
	struct story s = opened();
	struct correlator *c;
	struct notice notice;

	story_receive(&s, 12.4, RST, 0);
	story_reset_received(&s, 12.4);
	c = judged(&s, STATUS_OPEN);
	cr_assert(correlator_next(c, &notice));
	cr_assert_eq(notice.kind, NOTICE_AMENDMENT);
	cr_expect_eq(notice.amendment.kind, AMENDMENT_RESET_BY_PEER);
	cr_expect_eq(notice.amendment.after_ns, 0);
	correlator_free(c);
}

Test(amend, nothing_is_said_before_it_is_drained)
{
	struct story s = opened();
	struct correlator *c = judged(&s, STATUS_OPEN);
	unsigned from = s.count;

	reset(&s);
	cr_expect_eq(amended(c, &s, from, 19, NULL), 0);
	cr_expect_eq(amended(c, &s, s.count, 20, NULL), AMENDMENT_RESET_BY_PEER);
	correlator_free(c);
}

/* A rule at the output that rejects the ACK. */
Test(amend, a_reset_by_loopback_is_this_hosts_own)
{
	struct story s = opened();
	struct correlator *c = judged(&s, STATUS_OPEN);
	unsigned from = s.count;

	story_device(&s, "lo", 1, true);
	story_receive(&s, 20, RST, 0);
	story_reset_received(&s, 20.1);
	cr_expect_eq(amended(c, &s, from, 21, NULL), AMENDMENT_RESET_LOCALLY);
	correlator_free(c);
}

Test(amend, an_answer_of_this_host_to_what_it_redirected_is_none_of_the_targets)
{
	struct story s = story_connect(AF_INET);
	struct correlator *c;
	unsigned from;

	story_device(&s, "lo", 1, true);
	story_syn(&s, 0.1);
	story_deadline(&s, 12);
	c = judged(&s, STATUS_BLOCKED);
	from = s.count;
	story_syn_ack(&s, 20, 0.1);
	cr_expect_eq(amended(c, &s, from, 21, NULL), 0);
	correlator_free(c);
}

Test(amend, a_packet_of_another_ttl_than_the_syn_ack_is_suspicious)
{
	struct story s = opened(), same = opened();
	struct correlator *c = judged(&s, STATUS_OPEN);
	unsigned from = s.count;

	story_receive(&s, 20, ACK, s.isn + 1)->packet.packet.ttl = 99;
	cr_expect_eq(amended(c, &s, from, 21, NULL), AMENDMENT_SUSPECTED_SYN_PROXY);
	correlator_free(c);
	c = judged(&same, STATUS_OPEN);
	from = same.count;
	story_receive(&same, 20, ACK, same.isn + 1);
	cr_expect_eq(amended(c, &same, from, 21, NULL), 0);
	correlator_free(c);
}
