/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Verdicts by positive proof: open, intercepted, self-connect; and the histories that look alike
 * and prove less.
 */
#include <string.h>

#include "tests/unit/story.h"
#include "user/core/verdict/rules/decide.h"
#include "user/words/explain.h"

/* A SYN at 0.1 ms and its answer at 12.2 ms. */
static struct story answered(int family)
{
	struct story s = story_connect(family);

	story_syn(&s, 0.1);
	story_syn_ack(&s, 12.2, 0.1);
	return s;
}

static struct story opened(int family)
{
	struct story s = answered(family);

	story_established(&s, 12.3);
	return s;
}

Test(verdict_open, syn_ack_and_established_are_open_at_once)
{
	static const int families[] = {AF_INET, AF_INET6};

	for (int i = 0; i < 2; i++) {
		struct story s = opened(families[i]);
		struct verdict verdict = expect_verdict(&s, 12.3, STATUS_OPEN, REASON_SYN_ACK);

		expect_ms(verdict.rtt_ns, 12.1);
		expect_ms(verdict.queue_ns, 0.002);
		cr_expect_eq(verdict.neighbour_ns, TIME_UNKNOWN_NS, "no neighbour was waited for");
		expect_ms(verdict.app_ns, 12.3);
		cr_expect(verdict.is_complete);
		cr_expect_eq(verdict.syn_sent, 1);
		cr_expect_eq(verdict.syn_unanswered, 0);
		cr_expect_eq(verdict.answer, ANSWER_SYN_ACK);
		cr_expect(address_same_host(&verdict.answer_from, &s.target));
		cr_expect_eq(verdict.notes, 0);
		cr_expect_eq(verdict.ifindex, 2);
		cr_expect_not(address_is_set(&verdict.wire_destination));
	}
}

/* Read late, or asked late: what counts is when the kernel received it. */
Test(verdict_open, an_answer_after_the_deadline_is_none)
{
	for (int is_refused = 0; is_refused < 2; is_refused++) {
		struct story s = story_connect(AF_INET);
		struct event *info;
		struct verdict verdict;

		story_syn(&s, 0.1);
		story_deadline(&s, 10);
		if (is_refused) {
			story_reset(&s, 12.2);
			story_reset_received(&s, 12.25);
			story_closed(&s, 12.3);
			story_error(&s, 12.4, ECONNREFUSED);
		} else {
			story_syn_ack(&s, 12.2, 0.1);
			story_established(&s, 12.3);
		}
		info = story_event(&s, 13, EVENT_SOCKET_INFO);
		info->info.state = is_refused ? TCP_STATE_CLOSE : TCP_STATE_ESTABLISHED;
		story_poll(&s, 13.1, POLLOUT);
		story_so_error(&s, 13.2, is_refused ? ECONNREFUSED : 0);
		verdict = expect_verdict(&s, 13.3, STATUS_FILTERED, REASON_NO_REPLY);
		cr_expect(verdict.is_complete);
		cr_expect(verdict.app_agrees);
		cr_expect_eq(verdict.syn_unanswered, 1);
		cr_expect_eq(verdict.answer, ANSWER_NONE);
	}
}

/* It came in time, and TCP handled it after the deadline. */
Test(verdict_open, an_answer_just_before_the_deadline_is_one)
{
	for (int is_refused = 0; is_refused < 2; is_refused++) {
		struct story s = story_connect(AF_INET);
		struct verdict verdict;

		story_syn(&s, 0.1);
		if (is_refused)
			story_reset(&s, 9.9);
		else
			story_syn_ack(&s, 9.9, 0.1);
		story_deadline(&s, 10);
		if (is_refused) {
			story_reset_received(&s, 10.1);
			story_closed(&s, 10.2);
		} else {
			story_established(&s, 10.1);
		}
		story_so_error(&s, 11, is_refused ? ECONNREFUSED : 0);
		verdict = is_refused ? expect_verdict(&s, 12, STATUS_CLOSED, REASON_RESET)
				     : expect_verdict(&s, 12, STATUS_OPEN, REASON_SYN_ACK);
		cr_expect(verdict.is_complete);
	}
}

/* One in time that was refused, and a good one too late: what followed is of the latter. */
Test(verdict_open, a_good_answer_after_the_deadline_is_none_because_of_an_earlier_one)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;

	story_syn(&s, 0.1);
	story_syn_ack(&s, 9, 0.1);
	story_drop_in(&s, 9.1, "NETFILTER_DROP", "nft_do_chain");
	story_deadline(&s, 10);
	story_syn_ack(&s, 12, 0.1);
	story_established(&s, 12.1);
	story_so_error(&s, 13, 0);
	verdict = expect_verdict(&s, 14, STATUS_BLOCKED, REASON_DROPPED_IN);
	cr_expect_eq(verdict.syn_sent, 1);
}

/* Half-open it stays here; the server accepts when it has it. */
Test(verdict_open, our_own_ack_is_told)
{
	struct story s = opened(AF_INET);
	struct event *ack;

	cr_expect_not(expect_verdict(&s, 13, STATUS_OPEN, REASON_SYN_ACK).is_ack_sent);
	ack = story_sent(&s, 12.4, ACK);
	ack->packet.packet.tcp.ack = s.events[s.count - 3].packet.packet.tcp.seq + 1;
	cr_expect(expect_verdict(&s, 13, STATUS_OPEN, REASON_SYN_ACK).is_ack_sent);
	ack->packet.packet.tcp.flags |= RST;
	cr_expect_not(expect_verdict(&s, 13, STATUS_OPEN, REASON_SYN_ACK).is_ack_sent);
}

/* One segment more than SYNs. */
Test(verdict_open, our_own_ack_is_told_by_the_socket_as_well)
{
	struct story s = opened(AF_INET);
	struct event *info = story_event(&s, 12.5, EVENT_SOCKET_INFO);

	info->info = (struct info_event){.state = TCP_STATE_ESTABLISHED, .sent = 1};
	cr_expect_not(expect_verdict(&s, 13, STATUS_OPEN, REASON_SYN_ACK).is_ack_sent);
	info->info.sent = 2;
	cr_expect(expect_verdict(&s, 13, STATUS_OPEN, REASON_SYN_ACK).is_ack_sent);
	info->info.retransmits = 1;
	cr_expect_not(expect_verdict(&s, 13, STATUS_OPEN, REASON_SYN_ACK).is_ack_sent);
}

Test(verdict_open, cites_the_syn_the_answer_and_the_state)
{
	struct story s = opened(AF_INET);
	struct verdict verdict = expect_verdict(&s, 13, STATUS_OPEN, REASON_SYN_ACK);

	cr_assert_eq(verdict.evidence_count, 3);
	cr_expect_eq(s.attempt.entries[verdict.evidence[0]].kind, EVENT_XMIT);
	cr_expect_eq(s.attempt.entries[verdict.evidence[1]].kind, EVENT_RECEIVE);
	cr_expect_eq(s.attempt.entries[verdict.evidence[2]].kind, EVENT_STATE);
}

Test(verdict_open, syn_ack_without_established_is_not_open)
{
	struct story s = answered(AF_INET);

	story_syn(&s, 1012);
	story_deadline(&s, 4000);
	expect_no_verdict(&s, 3999);
	expect_verdict(&s, 4000, STATUS_BLOCKED, REASON_DROPPED_IN);
}

Test(verdict_open, established_without_syn_ack_is_not_open)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_established(&s, 12.3);
	story_deadline(&s, 4000);
	expect_no_verdict(&s, 3999);
	expect_verdict(&s, 4000, STATUS_INCOMPLETE, REASON_HOOK_MISSING);
}

Test(verdict_open, syn_ack_of_another_number_is_not_ours_even_when_established)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_syn_ack(&s, 12.2, 0.1)->packet.packet.tcp.ack = s.isn;
	story_established(&s, 12.3);
	story_deadline(&s, 4000);
	expect_no_verdict(&s, 3999);
	expect_verdict(&s, 4000, STATUS_INCOMPLETE, REASON_HOOK_MISSING);
}

Test(verdict_open, without_a_syn_seen_to_leave_nothing_is_open)
{
	struct story s = story_connect(AF_INET);

	story_queued(&s, 0.1);
	story_syn_ack(&s, 12.2, 0.1);
	story_established(&s, 12.3);
	story_deadline(&s, 4000);
	expect_no_verdict(&s, 3999);
	expect_verdict(&s, 4000, STATUS_INCOMPLETE, REASON_HOOK_MISSING);
}

Test(verdict_open, what_connect_returned_proves_nothing)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;

	story_syn(&s, 0.1);
	story_deadline(&s, 4000);
	story_poll(&s, 4000, POLLOUT);
	story_so_error(&s, 4000, 0);
	verdict = expect_verdict(&s, 4001, STATUS_FILTERED, REASON_NO_REPLY);
	cr_expect_eq(verdict.app_result, APP_RESULT_CONNECTED);
	cr_expect_not(verdict.app_agrees);
}

Test(verdict_open, lost_events_leave_it_open_but_without_times)
{
	struct story s = opened(AF_INET);
	struct verdict verdict;

	story_lost(&s, 0, 5, 3);
	verdict = expect_verdict(&s, 13, STATUS_OPEN, REASON_SYN_ACK);
	cr_expect_not(verdict.is_complete);
	cr_expect_eq(verdict.rtt_ns, TIME_UNKNOWN_NS);
	cr_expect_eq(verdict.rtt_candidate_count, 0);
}

/* Of a trace: no kernel sends that many. */
Test(verdict_open, more_syns_than_can_be_counted_are_not_fewer)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;

	story_syn(&s, 1);
	story_syn(&s, 1001);
	story_deadline(&s, 4000);
	cr_assert(story_judge(&s, 4000, &verdict));
	for (unsigned i = 0; i < s.attempt.entry_count; i++)
		if (s.attempt.entries[i].kind == EVENT_XMIT)
			s.attempt.entries[i].count = UINT16_MAX;
	cr_assert(verdict_decide(story_facts(&s.attempt, story_ns(4000)), &verdict));
	cr_expect_eq(verdict.syn_sent, UINT16_MAX);
	cr_expect_eq(verdict.syn_unanswered, UINT16_MAX);
}

/* A service address, translated by this host. */
Test(verdict_open, another_destination_on_the_wire_is_a_note)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;

	s.wire_target.bytes[3] = 99;
	story_syn(&s, 0.1);
	story_syn_ack(&s, 1, 0.1);
	story_established(&s, 1.1);
	verdict = expect_verdict(&s, 2, STATUS_OPEN, REASON_SYN_ACK);
	cr_expect_eq(verdict.notes, NOTE_REWRITTEN_TO);
	cr_expect(address_equal(&verdict.wire_destination, &s.wire_target));
	cr_expect(address_same_host(&verdict.answer_from, &s.wire_target));
}

Test(verdict_open, a_syn_on_loopback_for_an_address_of_this_host_is_open)
{
	struct story s = story_new(AF_INET);
	struct verdict verdict;

	story_device(&s, "lo", 1, true);
	story_route(&s, -0.1, ROUTE_LOCAL);
	story_enter(&s, 0);
	story_syn_sent(&s, 0.01);
	story_syn(&s, 0.1);
	story_receive(&s, 0.11, SYN, 0)->packet.packet.tcp.seq = s.isn; /* our own SYN comes in */
	story_syn_ack(&s, 0.2, 0.1);
	story_local_accept(&s, 0.25);
	story_established(&s, 0.3);
	verdict = expect_verdict(&s, 1, STATUS_OPEN, REASON_SYN_ACK);
	cr_expect_eq(verdict.notes, NOTE_LOCAL_TARGET);
	expect_ms(verdict.rtt_ns, 0.1);
}

Test(verdict_open, both_ends_the_same_is_a_self_connect)
{
	struct story s = story_connect(AF_INET);

	story_device(&s, "lo", 1, true);
	s.wire_target = s.target = s.client;
	story_syn(&s, 0.1);
	story_syn_ack(&s, 0.2, 0.1);
	story_established(&s, 0.3);
	expect_verdict(&s, 1, STATUS_SELF_CONNECT, REASON_SELF_CONNECT);
}

/* The target is elsewhere by the route, but the SYN goes to a proxy on this host. */
static struct story redirected(void)
{
	struct story s = story_connect(AF_INET);

	story_device(&s, "lo", 1, true);
	cr_assert_eq(address_parse("127.0.0.1", &s.wire_target), 0);
	s.wire_target.port = 7090;
	story_syn(&s, 0.1);
	return s;
}

Test(verdict_open, established_by_loopback_is_intercepted)
{
	struct story s = redirected();

	story_syn_ack(&s, 0.2, 0.1);
	story_established(&s, 0.3);
	expect_verdict(&s, 1, STATUS_INTERCEPTED, REASON_REDIRECTED_LOCAL);
}

/* Without the state there is no connection to anybody. */
Test(verdict_open, redirected_and_unanswered_is_blocked)
{
	struct story s = redirected();

	story_deadline(&s, 4000);
	expect_no_verdict(&s, 3999);
	expect_verdict(&s, 4000, STATUS_BLOCKED, REASON_REDIRECTED_LOCAL);
}

Test(verdict_open, redirected_and_reset_is_blocked_not_closed)
{
	struct story s = redirected();

	story_reset(&s, 0.2);
	story_reset_received(&s, 0.21);
	expect_verdict(&s, 1, STATUS_BLOCKED, REASON_REDIRECTED_LOCAL);
}

/*
 * Whoever answers there is not the target: nothing that is wrong with it, or done to it, is told of
 * the target.
 */
Test(verdict_open, redirected_and_not_established_is_blocked_whatever_came)
{
	struct story dropped = redirected(), wrong = redirected(), stopped = redirected();
	char text[EXPLAIN_MAX];
	struct verdict verdict;

	story_syn_ack(&dropped, 0.2, 0.1);
	story_drop_in(&dropped, 0.21, "NETFILTER_DROP", "nft_do_chain");
	story_deadline(&dropped, 4000);
	verdict = expect_verdict(&dropped, 4001, STATUS_BLOCKED, REASON_REDIRECTED_LOCAL);
	cr_expect_str_eq(explain_verdict(story_judgement(&dropped.attempt, &verdict), text),
			 "this host redirected the SYN to itself (127.0.0.1:7090 by lo), and "
			 "dropped the answer there: "
			 "NETFILTER_DROP in nft_do_chain (inbound, lo)");
	cr_expect_not(strstr(explain_hint(story_judgement(&dropped.attempt, &verdict), NULL, text),
			     "open"),
		      "%s", text);

	story_receive(&wrong, 0.2, SYN | ACK, 77);
	story_deadline(&wrong, 4000);
	verdict = expect_verdict(&wrong, 4001, STATUS_BLOCKED, REASON_REDIRECTED_LOCAL);
	cr_expect(strstr(explain_verdict(story_judgement(&wrong.attempt, &verdict), text),
			 "and something wrong answered there"),
		  "%s", text);

	story_drop_out(&stopped, 0.2, "NETFILTER_DROP", "nft_do_chain");
	story_deadline(&stopped, 4000);
	verdict = expect_verdict(&stopped, 4001, STATUS_BLOCKED, REASON_REDIRECTED_LOCAL);
	cr_expect(strstr(explain_verdict(story_judgement(&stopped.attempt, &verdict), text),
			 "and dropped the SYN there: NETFILTER_DROP"),
		  "%s", text);
}

/* By loopback NAT gives the RST the socket's own addresses back before a device shows it. */
Test(verdict_open, redirected_and_reset_unseen_is_blocked_not_dropped)
{
	struct story s = redirected();

	story_drop_out(&s, 0.11, "NO_SOCKET", "tcp_v4_rcv");
	story_reset_received(&s, 0.12);
	story_closed(&s, 0.13);
	expect_verdict(&s, 1, STATUS_BLOCKED, REASON_REDIRECTED_LOCAL);
}

/* As a reset by loopback is not the target's (is_forged_here). */
Test(verdict_open, answered_by_loopback_is_intercepted_however_the_syn_left)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_device(&s, "lo", 1, true);
	story_syn_ack(&s, 0.2, 0.1);
	story_established(&s, 0.3);
	expect_verdict(&s, 1, STATUS_INTERCEPTED, REASON_REDIRECTED_LOCAL);
}

Test(verdict_open, accepted_by_another_socket_of_this_host_is_intercepted)
{
	struct story s = opened(AF_INET6);

	story_local_accept(&s, 12.25);
	expect_verdict(&s, 13, STATUS_INTERCEPTED, REASON_REDIRECTED_LOCAL);
}

/* RFC 9293, section 3.5: both ends send a SYN, both answer with a SYN-ACK. */
Test(verdict_open, two_syns_that_cross_make_one_connection)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_receive(&s, 3, SYN, 0);
	story_syn_received(&s, 3.1);
	story_sent(&s, 3.2, SYN | ACK);
	expect_no_verdict(&s, 3.5);
	story_syn_ack(&s, 4, 0.1);
	story_established(&s, 4.1)->state.old_state = 3;
	cr_expect(expect_verdict(&s, 5, STATUS_OPEN, REASON_SYN_ACK).notes &
		  NOTE_SIMULTANEOUS_OPEN);
}

/*
 * A bare ACK of both acknowledges our SYN as well. Without a SYN of theirs before it, it proves
 * nothing.
 */
Test(verdict_open, two_syns_that_cross_need_no_syn_ack)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;

	story_syn(&s, 0.1);
	story_receive(&s, 3, SYN, 0);
	story_syn_received(&s, 3.1);
	story_sent(&s, 3.2, SYN | ACK);
	story_receive(&s, 4, ACK, s.isn + 1);
	expect_no_verdict(&s, 4.05);
	story_established(&s, 4.1)->state.old_state = TCP_STATE_SYN_RECV;
	verdict = expect_verdict(&s, 5, STATUS_OPEN, REASON_SIMULTANEOUS_OPEN);
	cr_expect(verdict.notes & NOTE_SIMULTANEOUS_OPEN);
	cr_expect_eq(verdict.answer, ANSWER_ACK);
	cr_expect_eq(verdict.rtt_ns, TIME_UNKNOWN_NS);
}

Test(verdict_open, an_ack_of_another_number_completes_nothing)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_receive(&s, 3, SYN, 0);
	story_syn_received(&s, 3.1);
	story_receive(&s, 4, ACK, s.isn + 2);
	story_deadline(&s, 4000);
	expect_verdict(&s, 4000, STATUS_INVALID, REASON_UNEXPECTED_FLAGS);
}

/* RFC 7413: who answers acknowledges the data of the SYN, a part of it, or none. */
Test(verdict_open, the_data_of_a_syn_may_be_acknowledged)
{
	static const uint32_t acknowledged[] = {0, 5, 17};

	for (size_t i = 0; i < sizeof(acknowledged) / sizeof(acknowledged[0]); i++) {
		struct story s = story_connect(AF_INET6);

		story_syn(&s, 0.1)->packet.packet.tcp.data_bytes = 17;
		story_syn_ack(&s, 3, 0.1)->packet.packet.tcp.ack += acknowledged[i];
		story_established(&s, 3.1);
		cr_expect_eq(expect_verdict(&s, 5, STATUS_OPEN, REASON_SYN_ACK).rtt_ns, 2900000,
			     "%u", acknowledged[i]);
	}
}

Test(verdict_open, more_than_was_sent_is_no_answer)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1)->packet.packet.tcp.data_bytes = 17;
	story_syn_ack(&s, 3, 0.1)->packet.packet.tcp.ack += 18;
	story_deadline(&s, 4000);
	expect_verdict(&s, 4000, STATUS_INVALID, REASON_WRONG_ACK);
}

Test(verdict_open, told_of_a_reset_after_the_handshake_nothing_is_contradicted)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_syn_ack(&s, 3, 0.1);
	story_established(&s, 3.1);
	story_receive(&s, 3.2, RST, 0);
	story_reset_received(&s, 3.3);
	story_so_error(&s, 3.5, ECONNRESET);
	cr_expect(expect_verdict(&s, 4, STATUS_OPEN, REASON_SYN_ACK).app_agrees);
}
