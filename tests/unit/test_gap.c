/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the socket says of itself against what was seen: where they do not fit, events are missing,
 * and nothing rests on absence.
 */
#include "tests/unit/story.h"

enum { ESTABLISHED = 1, SYN_SENT = 2, CLOSE = 7 };

static void say_info(struct story *s, double at_ms, uint8_t state, uint32_t retransmits)
{
	struct event *event = story_event(s, at_ms, EVENT_SOCKET_INFO);

	event->info.state = state;
	event->info.retransmits = retransmits;
}

/* One SYN seen, and a SYN-ACK that came late enough for a second one. */
static struct story opened_late(uint32_t retransmits)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_syn_ack(&s, 800, 0.1);
	story_established(&s, 800.1);
	say_info(&s, 800.2, ESTABLISHED, retransmits);
	return s;
}

static struct story silent(uint8_t state, uint32_t retransmits)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_syn(&s, 1000);
	story_deadline(&s, 2000);
	say_info(&s, 2000.1, state, retransmits);
	return s;
}

Test(gap, as_many_syns_as_the_socket_counts_are_complete)
{
	struct story s = opened_late(0);
	struct verdict verdict = expect_verdict(&s, 801, STATUS_OPEN, REASON_SYN_ACK);

	cr_expect(verdict.is_complete);
	expect_ms(verdict.rtt_ns, 799.9);
}

Test(gap, a_syn_that_was_not_seen_takes_the_rtt_away_but_not_the_proof)
{
	struct story s = opened_late(1);
	struct verdict verdict = expect_verdict(&s, 801, STATUS_OPEN, REASON_SYN_ACK);

	cr_expect_not(verdict.is_complete);
	cr_expect_eq(verdict.rtt_ns, TIME_UNKNOWN_NS);
	cr_expect_eq(verdict.rtt_candidate_count, 0);
}

Test(gap, silence_that_fits_the_count_is_filtered)
{
	struct story s = silent(SYN_SENT, 1);

	expect_verdict(&s, 2001, STATUS_FILTERED, REASON_NO_REPLY);
}

Test(gap, silence_with_a_syn_missing_proves_nothing)
{
	struct story s = silent(SYN_SENT, 2);

	expect_verdict(&s, 2001, STATUS_INCOMPLETE, REASON_EVENTS_LOST);
}

Test(gap, silence_of_a_socket_that_says_established_proves_nothing)
{
	struct story s = silent(ESTABLISHED, 1);

	expect_verdict(&s, 2001, STATUS_INCOMPLETE, REASON_EVENTS_LOST);
}

Test(gap, silence_of_a_socket_that_says_close_proves_nothing)
{
	struct story s = silent(CLOSE, 1);

	expect_verdict(&s, 2001, STATUS_INCOMPLETE, REASON_EVENTS_LOST);
}

Test(gap, syns_that_this_host_dropped_are_accounted_for)
{
	struct story s = story_connect(AF_INET);

	story_drop_out(&s, 0.1, "NETFILTER_DROP", "nft_do_chain");
	story_drop_out(&s, 1000, "NETFILTER_DROP", "nft_do_chain");
	story_deadline(&s, 2000);
	say_info(&s, 2000.1, SYN_SENT, 1);
	expect_verdict(&s, 2001, STATUS_BLOCKED, REASON_DROPPED_OUT);
}

static void say_driver_drop(struct story *s, double at_ms)
{
	struct event *drop = story_drop_out(s, at_ms, "NETFILTER_DROP", "nf_hook_slow");

	drop->packet.ifindex = s->ifindex;
}

/* A macvlan hands its SYN to the device below, which drops it: one SYN with two entries. */
Test(gap, a_syn_that_left_and_was_dropped_here_is_one)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	say_driver_drop(&s, 0.11);
	story_deadline(&s, 2000);
	say_info(&s, 2000.1, SYN_SENT, 1);
	expect_verdict(&s, 2001, STATUS_INCOMPLETE, REASON_EVENTS_LOST);
}

Test(gap, syns_that_left_and_were_dropped_here_are_all_accounted_for)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	say_driver_drop(&s, 0.11);
	story_syn(&s, 1000);
	say_driver_drop(&s, 1000.01);
	story_deadline(&s, 2000);
	say_info(&s, 2000.1, SYN_SENT, 1);
	expect_verdict(&s, 2001, STATUS_BLOCKED, REASON_DROPPED_OUT);
}

/* One flow's packets leave a queue in their order: what became of the first one was not seen. */
Test(gap, a_syn_in_a_queue_that_a_later_one_has_left_is_missing)
{
	struct story s = story_connect(AF_INET);

	story_queued(&s, 0.1);
	story_syn(&s, 1000);
	story_deadline(&s, 2000);
	say_info(&s, 2000.1, SYN_SENT, 1);
	expect_verdict(&s, 2001, STATUS_INCOMPLETE, REASON_EVENTS_LOST);
}

/* A queue is handed what it drops: two entries again. */
Test(gap, a_syn_that_a_queue_dropped_is_one)
{
	struct story s = story_connect(AF_INET), both;

	story_queued(&s, 0.1);
	story_drop_out(&s, 0.11, "QDISC_DROP", "__dev_queue_xmit");
	both = s;
	story_deadline(&s, 2000);
	say_info(&s, 2000.1, SYN_SENT, 1);
	expect_verdict(&s, 2001, STATUS_INCOMPLETE, REASON_EVENTS_LOST);
	story_queued(&both, 1000);
	story_drop_out(&both, 1000.01, "QDISC_DROP", "__dev_queue_xmit");
	story_deadline(&both, 2000);
	say_info(&both, 2000.1, SYN_SENT, 1);
	expect_verdict(&both, 2001, STATUS_BLOCKED, REASON_DROPPED_OUT);
}

/* The one that waits is another one than the one that was dropped. */
Test(gap, what_a_queue_dropped_and_what_waits_there_are_two)
{
	struct story s = story_connect(AF_INET);

	story_queued(&s, 0.1);
	story_drop_out(&s, 0.11, "QDISC_DROP", "__dev_queue_xmit");
	story_syn(&s, 1000);
	story_queued(&s, 2000);
	story_deadline(&s, 3000);
	say_info(&s, 3000.1, SYN_SENT, 2);
	expect_verdict(&s, 3001, STATUS_FILTERED, REASON_NO_REPLY);
}

/* Whatever TCP refuses it was given by a device. */
Test(gap, an_answer_that_tcp_refused_was_received)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_drop_in(&s, 5, "TCP_RESET", "tcp_v4_do_rcv");
	story_deadline(&s, 800);
	expect_verdict(&s, 801, STATUS_INCOMPLETE, REASON_EVENTS_LOST);
}

Test(gap, a_syn_that_waits_in_a_queue_is_accounted_for)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_queued(&s, 1000);
	story_deadline(&s, 2000);
	say_info(&s, 2000.1, SYN_SENT, 1);
	expect_verdict(&s, 2001, STATUS_FILTERED, REASON_NO_REPLY);
}

/* What the kernel sends besides SYNs accounts for none. */
Test(gap, a_reset_in_a_queue_is_no_syn)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_queued(&s, 500)->packet.packet.tcp.flags = RST;
	story_deadline(&s, 2000);
	say_info(&s, 2000.1, SYN_SENT, 1);
	expect_verdict(&s, 2001, STATUS_INCOMPLETE, REASON_EVENTS_LOST);
}

/*
 * Another program's call has found it ESTABLISHED, of which no event tells: a SYN-ACK that nobody
 * threw away was not thrown away.
 */
Test(gap, what_a_call_finds_the_socket_to_be_it_is)
{
	struct story s = story_new(AF_INET);
	struct verdict verdict;

	story_enter(&s, 0)->app.is_ours = false;
	story_syn_sent(&s, 0.01);
	story_syn(&s, 0.1);
	story_syn_ack(&s, 12, 0.1);
	story_return(&s, 12.2, 0)->app.state = ESTABLISHED;
	story_close(&s, 20);
	verdict = expect_verdict(&s, 21, STATUS_OPEN, REASON_SYN_ACK);
	cr_expect_not(verdict.is_complete);
	cr_expect_eq(verdict.missing, 1);
	cr_expect(verdict.app_agrees);
	s.events[s.count - 2].app.state =
		SYN_SENT; /* and what became of the SYN-ACK was not seen */
	expect_verdict(&s, 21, STATUS_INCOMPLETE, REASON_HOOK_MISSING);
}

/* A SYN-ACK came in, and the transition that it led to was not seen. */
static struct story answered_unseen(void)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_syn_ack(&s, 12, 0.1);
	return s;
}

static void expect_open_by_witness(struct story *s)
{
	struct verdict verdict = expect_verdict(s, 4001, STATUS_OPEN, REASON_SYN_ACK);

	cr_expect_not(verdict.is_complete);
	cr_expect_eq(verdict.missing, 1);
	cr_expect_eq(verdict.app_ns, TIME_UNKNOWN_NS);
}

Test(gap, our_own_packet_tells_that_the_socket_is_established)
{
	struct story s = answered_unseen();

	story_sent(&s, 12.1, ACK)->packet.state = ESTABLISHED;
	expect_open_by_witness(&s);
	s.events[s.count - 1].packet.state = SYN_SENT;
	expect_no_verdict(&s, 3999);
}

Test(gap, the_socket_itself_tells_that_it_is_established)
{
	struct story s = answered_unseen();

	story_deadline(&s, 4000);
	say_info(&s, 4000.1, ESTABLISHED, 0);
	expect_open_by_witness(&s);
}

static struct event *say_own_reset(struct story *s, double at_ms)
{
	struct event *reset = story_sent(s, at_ms, RST | ACK);

	reset->packet.is_own = true;
	reset->packet.state = CLOSE;
	reset->packet.packet.tcp.seq = s->isn + 1;
	reset->packet.packet.tcp.ack = s->events[s->count - 2].packet.packet.tcp.seq + 1;
	return reset;
}

Test(gap, our_own_reset_that_acknowledges_the_syn_ack_tells_that_it_was_established)
{
	struct story s = answered_unseen();

	say_own_reset(&s, 12.2);
	expect_open_by_witness(&s);
}

Test(gap, our_own_reset_that_acknowledges_something_else_tells_nothing)
{
	struct story s = answered_unseen();

	say_own_reset(&s, 12.2)->packet.packet.tcp.ack++;
	expect_no_verdict(&s, 3999);
}

/* A RST came in; that the socket accepted it was not seen. */
static struct story reset_unseen(int error)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_reset(&s, 3);
	story_closed(&s, 3.1);
	story_error(&s, 3.2, error);
	return s;
}

Test(gap, a_refused_socket_tells_that_it_accepted_the_reset)
{
	struct story s = reset_unseen(ECONNREFUSED);
	struct verdict verdict = expect_verdict(&s, 4, STATUS_CLOSED, REASON_RESET);

	cr_expect_not(verdict.is_complete);
	cr_expect_eq(verdict.missing, 1);
}

Test(gap, an_icmp_error_may_have_refused_it_as_well)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_icmp(&s, 2, 3, 3);
	story_closed(&s, 2.1);
	story_error(&s, 2.2, ECONNREFUSED);
	story_reset(&s, 3);
	expect_verdict(&s, 4, STATUS_FILTERED, REASON_ICMP_PORT_UNREACHABLE);
}

/* The kernel frees what it has accepted, too. */
Test(gap, the_end_of_an_accepted_reset_is_no_drop)
{
	struct story s = reset_unseen(ECONNREFUSED);

	story_drop_in(&s, 3.3, "NOT_SPECIFIED", "tcp_rcv_state_process")->packet.packet.tcp.flags =
		RST | ACK;
	expect_verdict(&s, 4, STATUS_CLOSED, REASON_RESET);
}

/* Sent after the socket had been asked: the count that it gave is of before. */
Test(gap, a_syn_that_left_later_does_not_make_up_for_a_missing_one)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_deadline(&s, 2000);
	say_info(&s, 2000.1, SYN_SENT, 1);
	story_syn(&s, 2000.2);
	story_so_error(&s, 2000.3, 0);
	expect_verdict(&s, 2001, STATUS_INCOMPLETE, REASON_EVENTS_LOST);
}

Test(gap, a_connect_that_failed_by_itself_never_left_close)
{
	struct story s = story_new(AF_INET);

	story_enter(&s, 0);
	story_route(&s, 0.01, ROUTE_NONE);
	story_return(&s, 0.02, ENETUNREACH);
	say_info(&s, 0.03, CLOSE, 0);
	expect_verdict(&s, 1, STATUS_UNREACHABLE, REASON_NO_ROUTE);
}

/* A next hop that went away: its SYN is counted while it waits for an address. */
Test(gap, a_next_hop_that_does_not_answer_explains_the_difference)
{
	struct story s = silent(SYN_SENT, 2);

	story_neighbour(&s, 2000.2, NEIGHBOUR_FAILED);
	expect_verdict(&s, 2001, STATUS_FILTERED, REASON_NO_REPLY);
}

Test(gap, a_next_hop_of_unknown_state_explains_nothing)
{
	struct story s = silent(SYN_SENT, 2);

	story_neighbour(&s, 2000.2, NEIGHBOUR_UNKNOWN);
	expect_verdict(&s, 2001, STATUS_INCOMPLETE, REASON_EVENTS_LOST);
}
