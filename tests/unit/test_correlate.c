/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The table of attempts: when it speaks, and what it says when it is full or blind. */
#include "tests/unit/story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/base/intern.h"

static void feed(struct correlator *c, const struct story *s)
{
	for (unsigned i = 0; i < s->count; i++)
		cr_assert_eq(correlator_feed(c, &s->events[i]), 0);
}

/* Feed one more event of a story that has been fed. */
static void feed_last(struct correlator *c, const struct story *s)
{
	cr_assert_eq(correlator_feed(c, &s->events[s->count - 1]), 0);
}

#define tell(c, s, teller, ...) (story_##teller(s, __VA_ARGS__), feed_last(c, s))

static struct notice expect_notice(struct correlator *c, enum notice_kind kind)
{
	struct notice notice;

	cr_assert(correlator_next(c, &notice), "nothing to say, kind %d expected", kind);
	cr_assert_eq(notice.kind, kind, "kind %d, %d expected", notice.kind, kind);
	return notice;
}

static void expect_silence(struct correlator *c)
{
	struct notice notice;

	cr_expect_not(correlator_next(c, &notice), "kind %d", notice.kind);
}

/* Answer the question, and take the verdict. */
static struct verdict answered(struct correlator *c, struct story *s, double at_ms)
{
	expect_notice(c, NOTICE_QUERY);
	tell(c, s, poll, at_ms, POLLOUT);
	tell(c, s, so_error, at_ms, 0);
	tell(c, s, drained, at_ms + 0.01);
	return expect_notice(c, NOTICE_VERDICT).verdict;
}

/* An open connection of this socket, told up to ESTABLISHED at 12.3 ms. */
static struct story opened(uint64_t cookie)
{
	struct story s = story_new(AF_INET);

	s.key.cookie = cookie;
	story_route(&s, -0.1, ROUTE_UNICAST);
	story_enter(&s, 0);
	story_syn_sent(&s, 0.01);
	story_syn(&s, 0.1);
	story_syn_ack(&s, 12.2, 0.1);
	story_established(&s, 12.3);
	return s;
}

/* And judged at 13 ms. */
static struct story judged(struct correlator *c)
{
	struct story s = opened(77);

	story_drained(&s, 12.9);
	feed(c, &s);
	cr_assert_eq(answered(c, &s, 13).status, STATUS_OPEN);
	return s;
}

Test(correlate, asks_first_and_judges_after_the_answer)
{
	struct correlator *c = correlator_new(4, WATCH_ON_NS);
	struct story s = opened(77);
	struct notice notice;

	story_drained(&s, 12.9);
	feed(c, &s);
	notice = expect_notice(c, NOTICE_QUERY);
	cr_expect_not(notice.needs_path);
	cr_expect_eq(notice.attempt->key.cookie, 77);
	expect_silence(c);
	tell(c, &s, poll, 13, POLLOUT);
	tell(c, &s, drained, 13.1);
	expect_silence(c); /* SO_ERROR comes last */
	tell(c, &s, so_error, 13.2, 0);
	tell(c, &s, drained, 13.3);
	notice = expect_notice(c, NOTICE_VERDICT);
	cr_expect_eq(notice.verdict.status, STATUS_OPEN);
	cr_expect_eq(notice.verdict.app_result, APP_RESULT_CONNECTED);
	cr_expect_eq(notice.verdict.time_ns, story_ns(13.2));
	expect_silence(c);
	correlator_free(c);
}

Test(correlate, asks_for_the_path_when_no_syn_has_left)
{
	struct correlator *c = correlator_new(4, WATCH_ON_NS);
	struct story s = story_connect(AF_INET);

	story_deadline(&s, 4000);
	story_drained(&s, 4001);
	feed(c, &s);
	cr_expect(expect_notice(c, NOTICE_QUERY).needs_path);
	correlator_free(c);
}

Test(correlate, asks_nobody_about_another_programs_connect)
{
	struct correlator *c = correlator_new(4, WATCH_ON_NS);
	struct story s = opened(77);

	s.events[1].app.is_ours = false;
	story_so_error(&s, 12.8, 0);
	story_drained(&s, 12.9);
	feed(c, &s);
	cr_expect_eq(expect_notice(c, NOTICE_VERDICT).verdict.status, STATUS_OPEN);
	correlator_free(c);
}

Test(correlate, says_nothing_before_everything_up_to_the_proof_was_delivered)
{
	struct correlator *c = correlator_new(4, WATCH_ON_NS);
	struct story s = opened(77);

	story_drained(&s, 12.2);
	feed(c, &s);
	expect_silence(c);
	cr_expect(correlator_is_waiting(c));
	tell(c, &s, drained, 12.3);
	expect_notice(c, NOTICE_QUERY);
	expect_silence(c);
	cr_expect_not(correlator_is_waiting(c));
	correlator_free(c);
}

Test(correlate, a_later_drain_is_not_taken_back_by_an_older_one)
{
	struct correlator *c = correlator_new(4, WATCH_ON_NS);
	struct story s = opened(77);

	story_drained(&s, 20);
	story_drained(&s, 5);
	feed(c, &s);
	expect_notice(c, NOTICE_QUERY);
	correlator_free(c);
}

/* The deadline has passed, but the answer of before it is still on its way to us. */
Test(correlate, reading_late_never_turns_an_answer_into_silence)
{
	struct correlator *c = correlator_new(4, WATCH_ON_NS);
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_drained(&s, 3990);
	story_deadline(&s, 4000);
	feed(c, &s);
	expect_silence(c);
	tell(c, &s, syn_ack, 3995, 0.1);
	tell(c, &s, established, 3995.1);
	tell(c, &s, drained, 4000);
	cr_expect_eq(answered(c, &s, 4001).status, STATUS_OPEN);
	correlator_free(c);
}

Test(correlate, events_may_come_in_any_order)
{
	static const unsigned orders[][6] = {
		{5, 4, 3, 2, 1, 0}, {0, 2, 4, 1, 3, 5}, {1, 0, 5, 4, 3, 2}};

	for (int i = 0; i < 3; i++) {
		struct correlator *c = correlator_new(4, WATCH_ON_NS);
		struct story s = story_connect(AF_INET), packets = story_new(AF_INET);

		feed(c, &s);
		story_syn(&packets, 0.1);
		story_receive(&packets, 3, ACK, 1);
		story_syn_ack(&packets, 12.2, 0.1);
		story_established(&packets, 12.3);
		story_sent(&packets, 12.4, ACK);
		for (int k = 0; k < 6; k++)
			cr_assert_eq(correlator_feed(c, &packets.events[orders[i][k]]), 0);
		tell(c, &s, drained, 12.9);
		cr_expect_eq(answered(c, &s, 13).rtt_ns, 12100000, "order %d", i);
		correlator_free(c);
	}
}

Test(correlate, what_belongs_to_no_attempt_is_passed_over)
{
	struct correlator *c = correlator_new(1, WATCH_ON_NS);
	struct story s = story_new(AF_INET);

	story_syn_ack(&s, 1, 0);
	story_closed(&s, 2);
	story_event(&s, 3, EVENT_UNKNOWN);
	story_drained(&s, 10);
	feed(c, &s);
	expect_silence(c);
	cr_expect_null(correlator_find(c, s.key));
	cr_expect(correlator_has_room(c));
	correlator_free(c);
}

Test(correlate, is_forgotten_three_seconds_after_its_close)
{
	struct correlator *c = correlator_new(1, WATCH_ON_NS);
	struct story s = judged(c);

	tell(c, &s, close, 1200);
	tell(c, &s, drained, 4199);
	expect_silence(c);
	cr_expect_not(correlator_has_room(c));
	tell(c, &s, drained, 4200);
	cr_expect_eq(expect_notice(c, NOTICE_RELEASED).attempt->key.cookie, 77);
	expect_silence(c);
	cr_expect_null(correlator_find(c, s.key));
	cr_expect(correlator_has_room(c));
	correlator_free(c);
}

/*
 * Who waits for a source port tries many times: the vain tries leave at once, and before those that
 * are watched on.
 */
Test(correlate, an_attempt_without_a_source_port_is_forgotten_with_its_close)
{
	struct correlator *c = correlator_new(2, WATCH_ON_NS);
	struct story first = judged(c), vain = story_new(AF_INET);
	struct notice notice;

	tell(c, &first, close, 1200);
	vain.key.cookie = 78;
	story_route(&vain, -0.1, ROUTE_UNICAST);
	story_enter(&vain, 0);
	story_bind(&vain, 0.1, EADDRINUSE);
	story_drained(&vain, 1300);
	feed(c, &vain);
	expect_notice(c, NOTICE_QUERY);
	tell(c, &vain, so_error, 1300.1, 0);
	tell(c, &vain, drained, 1301);
	notice = expect_notice(c, NOTICE_VERDICT);
	cr_expect_eq(notice.verdict.reason, REASON_NO_SOURCE_PORT);
	tell(c, &vain, close, 1301.1);
	tell(c, &vain, drained, 1302);
	cr_expect_eq(expect_notice(c, NOTICE_RELEASED).attempt->key.cookie, 78);
	expect_silence(c);
	tell(c, &first, drained, 4200);
	cr_expect_eq(expect_notice(c, NOTICE_RELEASED).attempt->key.cookie, 77);
	correlator_free(c);
}

Test(correlate, an_attempt_that_is_not_closed_is_never_forgotten)
{
	struct correlator *c = correlator_new(1, WATCH_ON_NS);
	struct story s = judged(c);

	tell(c, &s, drained, 3600000);
	expect_silence(c);
	cr_expect_not_null(correlator_find(c, s.key));
	correlator_free(c);
}

/*
 * What comes between FORGOTTEN and the next call must not wake the dead, nor tie the list into a
 * knot.
 */
Test(correlate, events_right_after_the_farewell_find_nobody)
{
	struct correlator *c = correlator_new(1, WATCH_ON_NS);
	struct story s = judged(c), next = opened(78);

	tell(c, &s, close, 1200);
	tell(c, &s, drained, 4200);
	expect_notice(c, NOTICE_RELEASED);
	tell(c, &s, receive, 4201, RST, 0);
	tell(c, &s, lost, 0, 4201, 1);
	story_drained(&next, 4300);
	feed(c, &next);
	expect_notice(c, NOTICE_QUERY);
	expect_silence(c);
	cr_expect_null(correlator_find(c, s.key));
	correlator_free(c);
}

Test(correlate, a_full_table_refuses_counts_and_works_again_after_a_farewell)
{
	struct correlator *c = correlator_new(1, WATCH_ON_NS);
	struct story s = judged(c), refused = opened(78), other = opened(79);

	cr_expect_eq(correlator_feed(c, &refused.events[0]), -ENOBUFS);
	cr_expect_eq(correlator_lost(c), 1);
	cr_expect_null(correlator_find(c, refused.key));
	tell(c, &s, close, 1200);
	tell(c, &s, drained, 4200);
	expect_notice(c, NOTICE_RELEASED);
	feed(c, &other);
	expect_notice(c, NOTICE_QUERY);
	correlator_free(c);
}

/*
 * One socket, two connects: the second is another attempt, even to the same address and from the
 * same port.
 */
Test(correlate, two_attempts_with_the_same_tuple_are_kept_apart)
{
	struct correlator *c = correlator_new(4, WATCH_ON_NS);
	struct story first = story_connect(AF_INET), second = opened(77);

	second.key.number = 2;
	for (unsigned i = 0; i < second.count; i++)
		second.events[i].key = second.key;
	story_syn(&first, 0.1);
	story_reset(&first, 1);
	story_reset_received(&first, 1.1);
	feed(c, &first);
	feed(c, &second);
	tell(c, &second, drained, 13);
	cr_expect_eq(expect_notice(c, NOTICE_QUERY).attempt->key.number, 1);
	cr_expect_eq(expect_notice(c, NOTICE_QUERY).attempt->key.number, 2);
	tell(c, &first, so_error, 14, ECONNREFUSED);
	tell(c, &second, so_error, 14, 0);
	tell(c, &second, drained, 15);
	cr_expect_eq(expect_notice(c, NOTICE_VERDICT).verdict.status, STATUS_CLOSED);
	cr_expect_eq(expect_notice(c, NOTICE_VERDICT).verdict.status, STATUS_OPEN);
	correlator_free(c);
}

#define MANY 10000

/* Containers come and go. */
Test(correlate, however_many_devices_a_syn_passes_a_drop_keeps_its_reason)
{
	struct correlator *c = correlator_new(4, WATCH_ON_NS);
	struct story s = story_connect(AF_INET);
	struct event hop;

	story_syn(&s, 0.1);
	feed(c, &s);
	hop = *story_hop(&s, 0.2, "", 9, true);
	for (int i = 0; i < 2 * INTERN_MAX; i++) {
		snprintf(hop.packet.device, sizeof(hop.packet.device), "veth%d", i);
		hop.packet.ifindex++;
		correlator_feed(c, &hop);
	}
	tell(c, &s, drop_out, 1, "NETFILTER_DROP", "nft_do_chain");
	for (unsigned i = 0; i < correlator_find(c, s.key)->entry_count; i++) {
		const struct entry *entry = &correlator_find(c, s.key)->entries[i];

		if (entry->kind == EVENT_HOP)
			cr_expect_eq(strncmp(entry->hop.device, "veth", 4), 0);
		if (entry->kind == EVENT_DROP)
			cr_expect_str_eq(entry->drop.reason, "NETFILTER_DROP");
	}
	cr_expect_eq(correlator_find(c, s.key)->hop_count, ATTEMPT_MAX_HOPS);
	correlator_free(c);
}

Test(correlate, ten_thousand_attempts_are_judged_and_forgotten)
{
	struct correlator *c = correlator_new(MANY, WATCH_ON_NS);
	struct story s = opened(0);
	struct notice notice;
	unsigned questions = 0, forgotten = 0;

	story_close(&s, 20);
	for (uint64_t cookie = 1; cookie <= MANY; cookie++) {
		for (unsigned i = 0; i < s.count; i++) {
			s.events[i].key.cookie = cookie;
			cr_assert_eq(correlator_feed(c, &s.events[i]), 0);
		}
	}
	cr_expect_not(correlator_has_room(c));
	s.count = 0;
	tell(c, &s, drained, 3020);
	while (correlator_next(c, &notice)) {
		questions += notice.kind == NOTICE_QUERY;
		forgotten += notice.kind == NOTICE_RELEASED;
	}
	cr_expect_eq(questions, MANY);
	cr_expect_eq(forgotten, MANY);
	cr_expect(correlator_has_room(c));
	cr_expect_not(correlator_is_waiting(c));
	correlator_free(c);
}

/* Silence until 4 s, with a loss in this span. */
static struct verdict judged_with_loss(double from_ms, double to_ms)
{
	struct correlator *c = correlator_new(1, WATCH_ON_NS);
	struct story s = story_connect(AF_INET);
	struct verdict verdict;

	story_syn(&s, 0.1);
	story_deadline(&s, 4000);
	story_lost(&s, from_ms, to_ms, 5);
	story_drained(&s, 4001);
	feed(c, &s);
	verdict = answered(c, &s, 4002);
	cr_expect_eq(correlator_lost(c), 5);
	correlator_free(c);
	return verdict;
}

/* "events lost 0" beside a verdict that lacks evidence would be a contradiction in terms. */
Test(correlate, what_is_proven_to_be_missing_counts_as_lost)
{
	struct correlator *c = correlator_new(4, WATCH_ON_NS);
	struct story s = story_connect(AF_INET);
	struct event *info;

	story_syn(&s, 0.1);
	story_deadline(&s, 3000);
	feed(c, &s);
	tell(c, &s, drained, 3001);
	expect_notice(c, NOTICE_QUERY);
	cr_expect_eq(correlator_lost(c), 0);
	info = story_event(&s, 3001, EVENT_SOCKET_INFO);
	info->info.state = TCP_STATE_SYN_SENT;
	info->info.retransmits = 2;
	feed_last(c, &s);
	tell(c, &s, poll, 3001.1, 0);
	tell(c, &s, so_error, 3001.2, 0);
	tell(c, &s, drained, 3002);
	cr_expect_eq(expect_notice(c, NOTICE_VERDICT).verdict.reason, REASON_EVENTS_LOST);
	cr_expect_eq(correlator_lost(c), 2);
	correlator_free(c);
}

/* Another ring's reader has counted it; its own attempts may have lost by it all the same. */
Test(correlate, a_loss_that_is_counted_elsewhere_is_one)
{
	struct correlator *c = correlator_new(4, WATCH_ON_NS);
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_deadline(&s, 900);
	story_lost(&s, 100, 200, 0);
	feed(c, &s);
	tell(c, &s, drained, 901);
	cr_expect_eq(answered(c, &s, 902).reason, REASON_EVENTS_LOST);
	cr_expect_eq(correlator_lost(c), 0);
	correlator_free(c);
}

Test(correlate, a_loss_while_it_was_alive_makes_silence_incomplete)
{
	struct verdict verdict = judged_with_loss(1000, 1001);

	cr_expect_eq(verdict.status, STATUS_INCOMPLETE);
	cr_expect_eq(verdict.reason, REASON_EVENTS_LOST);
}

Test(correlate, a_loss_that_was_over_before_it_began_changes_nothing)
{
	struct correlator *c = correlator_new(1, WATCH_ON_NS);
	struct story s = story_connect(AF_INET);
	struct verdict verdict;

	story_syn(&s, 0.1);
	story_deadline(&s, 4000);
	story_lost(&s, 0, 0, 5)->lost =
		(struct lost_event){STORY_BEGIN_NS - 9 * STORY_MS, STORY_BEGIN_NS - STORY_MS, 5};
	story_drained(&s, 4001);
	feed(c, &s);
	verdict = answered(c, &s, 4002);
	cr_expect_eq(verdict.status, STATUS_FILTERED);
	cr_expect(verdict.is_complete);
	correlator_free(c);
}

/* Another program's; it has asked for nothing so far. */
static struct story others(uint64_t cookie)
{
	struct story s = opened(cookie);

	s.events[1].app.is_ours = false;
	return s;
}

Test(correlate, waits_for_what_another_program_is_told_but_not_for_ever)
{
	struct correlator *c = correlator_new(4, WATCH_ON_NS);
	struct story s = others(77);

	story_drained(&s, 12.9);
	feed(c, &s);
	expect_silence(c);
	tell(c, &s, drained, 2012.8);
	expect_silence(c);
	tell(c, &s, drained, 2012.9);
	cr_expect_eq(expect_notice(c, NOTICE_VERDICT).attempt->probe, 1);
	correlator_free(c);
}

Test(correlate, forgets_another_programs_connection_while_that_goes_on)
{
	struct correlator *c = correlator_new(4, WATCH_ON_NS);
	struct story s = others(77);

	story_so_error(&s, 12.8, 0);
	story_drained(&s, 12.9);
	feed(c, &s);
	expect_notice(c, NOTICE_VERDICT);
	tell(c, &s, drained, 3012.8);
	expect_silence(c);
	tell(c, &s, drained, 3012.9);
	expect_notice(c, NOTICE_RELEASED);
	correlator_free(c);
}

Test(correlate, what_has_been_told_of_gives_its_place_to_what_connects)
{
	struct correlator *c = correlator_new(4, WATCH_ON_NS);

	for (uint64_t cookie = 1; cookie <= 3; cookie++) {
		struct story s = others(cookie);

		story_so_error(&s, 12.8, 0);
		story_drained(&s, 12.9);
		feed(c, &s);
		if (cookie == 3)
			cr_expect_eq(expect_notice(c, NOTICE_RELEASED).attempt->key.cookie, 1);
		expect_notice(c, NOTICE_VERDICT);
	}
	expect_silence(c);
	correlator_free(c);
}

Test(correlate, judges_what_is_under_way_when_nobody_watches_any_more)
{
	struct correlator *c = correlator_new(4, WATCH_ON_NS);
	struct story patient = story_connect(AF_INET), early = story_connect(AF_INET);

	patient.events[1].app.is_ours = early.events[1].app.is_ours = false;
	story_syn(&patient, 0.1);
	early.key.cookie = 78;
	for (unsigned i = 0; i < early.count; i++) {
		early.events[i].key = early.key;
		early.events[i].time_ns += 1500 * STORY_MS;
	}
	feed(c, &patient);
	feed(c, &early);
	correlator_feed(c, &(struct event){.kind = EVENT_END, .time_ns = story_ns(2000)});
	tell(c, &patient, drained, 1999);
	expect_silence(c); /* before all was delivered */
	tell(c, &patient, drained, 2000);
	cr_expect_eq(expect_notice(c, NOTICE_VERDICT).verdict.status, STATUS_FILTERED);
	cr_expect_eq(expect_notice(c, NOTICE_VERDICT).verdict.status, STATUS_ABORTED);
	expect_silence(c);
	correlator_free(c);
}

/* Of that process: select() said "writable" of what was refused, and it looked no further. */
static struct story unread(uint32_t pid)
{
	struct story s = story_new(AF_INET);

	s.key.cookie = 78;
	story_enter(&s, 0)->app.is_ours = false;
	story_syn_sent(&s, 0.01)->state.pid = pid;
	story_return(&s, 0.02, EINPROGRESS);
	story_syn(&s, 0.1);
	story_reset(&s, 5);
	story_reset_received(&s, 5);
	story_closed(&s, 5.1);
	story_poll(&s, 6, POLLOUT)->app.call = APP_SELECT;
	story_close(&s, 14);
	story_drained(&s, 15);
	return s;
}

Test(correlate, who_loses_a_race_of_its_process_is_not_accused)
{
	const struct {
		uint32_t pid;
		double connected_ms;
		bool agrees;
	} cases[] = {{7, 12.2, true}, {8, 12.2, false}, {7, 14.5, false}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct correlator *c = correlator_new(4, WATCH_ON_NS);
		struct story winner = story_new(AF_INET), loser = unread(7);
		struct verdict verdict;

		story_enter(&winner, 0)->app.is_ours = false;
		story_syn_sent(&winner, 0.01)->state.pid = cases[i].pid;
		story_return(&winner, 0.02, EINPROGRESS);
		story_established(&winner, cases[i].connected_ms);
		feed(c, &winner);
		feed(c, &loser);
		verdict = expect_notice(c, NOTICE_VERDICT).verdict;
		cr_expect_eq(verdict.status, STATUS_CLOSED);
		cr_expect(verdict.notes & NOTE_ERROR_UNREAD);
		cr_expect_eq(verdict.app_agrees, cases[i].agrees, "case %zu", i);
		correlator_free(c);
	}
}

/* Having another connection of the kind it may as well close this one unasked. */
Test(correlate, who_loses_a_race_to_the_same_port_needs_not_ask)
{
	for (unsigned same = 0; same < 2; same++) {
		struct correlator *c = correlator_new(4, WATCH_ON_NS);
		struct story winner = story_new(AF_INET), loser = story_new(AF_INET);
		struct verdict verdict;

		winner.target.port = (uint16_t)(STORY_TARGET_PORT + !same);
		story_enter(&winner, 0)->app.is_ours = false;
		story_syn_sent(&winner, 0.01)->state.pid = 7;
		story_return(&winner, 0.02, EINPROGRESS);
		story_established(&winner, 2000);
		feed(c, &winner);
		loser.key.cookie = 78;
		story_enter(&loser, 0)->app.is_ours = false;
		story_syn_sent(&loser, 0.01)->state.pid = 7;
		story_return(&loser, 0.02, EINPROGRESS);
		story_syn(&loser, 0.1);
		story_syn(&loser, 1000);
		story_close(&loser, 2001);
		story_drained(&loser, 2002);
		feed(c, &loser);
		verdict = expect_notice(c, NOTICE_VERDICT).verdict;
		cr_expect(verdict.notes & NOTE_NEVER_ASKED);
		cr_expect_eq(verdict.app_agrees, same, "%u", same);
		correlator_free(c);
	}
}

/* Both ends are this host's, though not the same address: only the route tells. */
Test(correlate, asks_whether_the_target_of_another_program_is_this_host)
{
	struct correlator *c = correlator_new(4, WATCH_ON_NS);
	struct story s = others(77);
	struct notice question;
	struct event route = {.kind = EVENT_ROUTE, .key = s.key, .route = {.kind = ROUTE_LOCAL}};

	story_local_accept(&s, 12.2);
	story_so_error(&s, 12.8, 0);
	story_drained(&s, 12.9);
	feed(c, &s);
	question = expect_notice(c, NOTICE_QUERY);
	cr_expect_eq(question.verdict.status, STATUS_INTERCEPTED);
	route.time_ns = question.verdict.time_ns;
	cr_assert_eq(correlator_feed(c, &route), 0);
	cr_expect_eq(expect_notice(c, NOTICE_VERDICT).verdict.status, STATUS_OPEN);
	correlator_free(c);
}

/*
 * Where none is watched on, one of two is: the other one goes at once, and this one speaks first.
 */
Test(correlate, one_is_watched_on_though_no_other_is)
{
	struct correlator *c = correlator_new(4, 0);
	struct story s = opened(77), other = opened(78);
	struct verdict verdict;
	struct notice notice;

	story_drained(&s, 12.9);
	feed(c, &s);
	verdict = answered(c, &s, 13);
	cr_assert(correlator_watch(c, s.key, &verdict));
	cr_expect_not(correlator_watch(c, s.key, &verdict), "it is already");
	tell(c, &s, close, 13.1);
	story_drained(&other, 13.2);
	feed(c, &other);
	answered(c, &other, 13.3);
	tell(c, &other, close, 13.4);
	cr_expect_not(correlator_watch(c, other.key, &verdict), "it is closed");
	tell(c, &other, drained, 13.5);
	cr_expect_eq(expect_notice(c, NOTICE_RELEASED).attempt->key.cookie, 78);
	expect_silence(c);
	tell(c, &s, syn_ack, 1013, 0.1);
	tell(c, &s, drained, 1014);
	notice = expect_notice(c, NOTICE_AMENDMENT);
	cr_expect_eq(notice.attempt->key.cookie, 77);
	tell(c, &s, drained, 3012);
	expect_silence(c);
	tell(c, &s, drained, 3014);
	cr_expect_eq(expect_notice(c, NOTICE_RELEASED).attempt->key.cookie, 77);
	correlator_free(c);
}
