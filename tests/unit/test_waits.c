/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What was answered late: what it waited for on this host, and what looks alike and is no such
 * wait.
 */
#include <string.h>

#include "tests/unit/story.h"
#include "user/words/explain.h"

#define RULE "NETFILTER_DROP", "nft_do_chain"

/* Opened at that time by a SYN that left 10 ms before; judged. */
static struct verdict open_at(struct story *s, double at_ms)
{
	story_syn(s, at_ms - 10);
	story_syn_ack(s, at_ms - 0.1, at_ms - 10);
	story_established(s, at_ms);
	return expect_verdict(s, at_ms + 1, STATUS_OPEN, REASON_SYN_ACK);
}

static void expect_wait(struct story *s, const struct verdict *verdict, const char *wanted)
{
	char text[EXPLAIN_MAX], whole[EXPLAIN_MAX];
	const char *wait = explain_wait(story_judgement(&s->attempt, verdict), text);

	if (!wanted) {
		cr_expect_null(wait, "%s", wait);
		return;
	}
	cr_assert_not_null(wait, "nothing instead of: %s", wanted);
	cr_expect_str_eq(wait, wanted);
	cr_expect(strstr(explain_verdict(story_judgement(&s->attempt, verdict), whole), wanted),
		  "not in: %s", whole);
	cr_expect(strstr(whole, "; the application waited "), "not in: %s", whole);
}

static void expect_drop(const struct verdict *verdict, unsigned count, bool is_outbound)
{
	cr_expect_eq(verdict->drop.count, count);
	cr_expect_eq(verdict->drop.is_outbound, is_outbound);
}

Test(waits, a_first_syn_that_was_dropped_here_is_told)
{
	static const int families[] = {AF_INET, AF_INET6};

	for (int i = 0; i < 2; i++) {
		struct story s = story_connect(families[i]);
		struct verdict verdict;

		story_drop_out(&s, 0.1, RULE);
		verdict = open_at(&s, 1030);
		expect_drop(&verdict, 1, true);
		expect_ms(verdict.rtt_ns, 9.9);
		cr_expect_eq(verdict.neighbour_ns, TIME_UNKNOWN_NS);
		expect_wait(&s, &verdict,
			    "the first SYN was dropped here: NETFILTER_DROP in nft_do_chain "
			    "(outbound)");
	}
}

Test(waits, of_two_dropped_syns_it_is_said_that_they_were_two)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;

	story_drop_out(&s, 0.1, RULE);
	story_drop_out(&s, 1010, RULE);
	verdict = open_at(&s, 3030);
	expect_drop(&verdict, 2, true);
	expect_wait(&s, &verdict,
		    "2 SYNs were dropped here: NETFILTER_DROP in nft_do_chain (outbound)");
}

/*
 * The first one left, and nothing came of it; the second one was dropped here, the third one
 * answered.
 */
Test(waits, a_later_dropped_syn_is_not_called_the_first)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;

	story_syn(&s, 0.1);
	story_drop_out(&s, 1010, RULE);
	verdict = open_at(&s, 3030);
	expect_drop(&verdict, 1, true);
	expect_wait(&s, &verdict,
		    "a SYN was dropped here: NETFILTER_DROP in nft_do_chain (outbound)");
}

/*
 * A bridge that floods: the copy for another port was dropped, the SYN itself left. Only the
 * network was waited for.
 */
Test(waits, a_dropped_copy_of_what_left_is_no_cause)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;
	struct event *event;

	story_device(&s, "br0", 7, false);
	story_syn(&s, 0.1);
	story_device(&s, "eth0", 2, false);
	event = story_sent(&s, 0.102, SYN);
	event->packet.packet = s.events[s.count - 2].packet.packet;
	story_drop_out(&s, 0.104, "QDISC_DROP", "__dev_queue_xmit")->packet.ifindex = 9;
	story_syn_ack(&s, 60, 0.1);
	story_established(&s, 60.1);
	verdict = expect_verdict(&s, 61, STATUS_OPEN, REASON_SYN_ACK);
	cr_expect_eq(verdict.syn_sent, 1);
	expect_drop(&verdict, 0, false);
	expect_wait(&s, &verdict, NULL);
}

Test(waits, the_first_answer_is_certain_when_one_syn_was_out)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;

	s.has_timestamps = true;
	story_syn(&s, 0.1);
	story_syn_ack(&s, 0.2, 0.1);
	story_drop_in(&s, 0.21, RULE);
	story_syn(&s, 1010);
	story_syn_ack(&s, 1010.1, 0.1); /* a request socket answers with the first one's stamp */
	story_established(&s, 1010.2);
	verdict = expect_verdict(&s, 1011, STATUS_OPEN, REASON_SYN_ACK);
	expect_ms(verdict.rtt_ns, 0.1);
	cr_expect_eq(verdict.rtt_candidate_count, 0);
	cr_expect_not(verdict.notes & NOTE_RTT_AMBIGUOUS);
	expect_drop(&verdict, 1, false);
	expect_wait(&s, &verdict,
		    "the first SYN-ACK was dropped here: NETFILTER_DROP in nft_do_chain (inbound, "
		    "eth0)");
}

/*
 * What TCP refused, or what was damaged, proves no time: its stamp or its bytes may be anybody's.
 */
Test(waits, a_refused_or_damaged_answer_makes_no_time_certain)
{
	static const struct {
		const char *reason, *function;
	} drops[] = {{"TCP_RFC7323_PAWS", "tcp_rcv_synsent_state_process"},
		     {"TCP_CSUM", "tcp_v4_rcv"},
		     {"IP_CSUM", "ip_rcv_core"}};

	for (size_t i = 0; i < sizeof(drops) / sizeof(drops[0]); i++) {
		struct story s = story_connect(AF_INET);
		struct verdict verdict;

		story_syn(&s, 0.1);
		story_syn_ack(&s, 0.2, 0.1);
		story_drop_in(&s, 0.21, drops[i].reason, drops[i].function);
		story_syn(&s, 1010);
		story_syn_ack(&s, 1010.1, 0.1);
		story_established(&s, 1010.2);
		verdict = expect_verdict(&s, 1011, STATUS_OPEN, REASON_SYN_ACK);
		cr_expect_eq(verdict.rtt_ns, TIME_UNKNOWN_NS, "%s", drops[i].reason);
	}
}

Test(waits, a_queue_is_named_by_its_device)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;

	story_syn(&s, 688.9);
	s.events[s.count - 2].time_ns = story_ns(0.1); /* it was queued then */
	story_syn_ack(&s, 689, 0.1);
	story_established(&s, 689.1);
	verdict = expect_verdict(&s, 690, STATUS_OPEN, REASON_SYN_ACK);
	expect_ms(verdict.queue_ns, 688.8);
	expect_ms(verdict.rtt_ns, 0.1);
	expect_wait(&s, &verdict, "waited 688.8 ms in this host's own queue (eth0)");
}

/*
 * 50 ms pass before a queue gets the SYN. Only the kernel's word for it makes that a neighbour's
 * doing.
 */
Test(waits, a_neighbour_is_named_only_where_the_kernel_kept_the_syn_for_it)
{
	for (int is_kept = 0; is_kept < 2; is_kept++) {
		struct story s = story_connect(AF_INET);
		struct event *kept = story_neighbour(&s, 0.1, NEIGHBOUR_INCOMPLETE);
		struct verdict verdict;

		kept->neighbour.is_own = is_kept;
		verdict = open_at(&s, 60.102);
		if (is_kept)
			expect_ms(verdict.neighbour_ns, 50);
		else
			cr_expect_eq(verdict.neighbour_ns, TIME_UNKNOWN_NS);
		expect_wait(
			&s, &verdict,
			is_kept ? "waited 50.0 ms for the neighbour 10.1.0.1 (eth0)"
				: "waited 50.1 ms on this host, between the socket and the device");
	}
}

Test(waits, an_answer_that_took_long_to_the_socket_is_told)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;

	story_syn(&s, 0.1);
	story_syn_ack(&s, 0.2, 0.1);
	story_established(&s, 300.2);
	verdict = expect_verdict(&s, 301, STATUS_OPEN, REASON_SYN_ACK);
	expect_wait(&s, &verdict,
		    "waited 300.0 ms on this host, between the device and the socket");
}

Test(waits, a_closed_port_after_a_dropped_syn_tells_both)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;

	story_drop_out(&s, 0.1, RULE);
	story_syn(&s, 1010);
	story_reset(&s, 1010.1);
	story_reset_received(&s, 1010.2);
	verdict = expect_verdict(&s, 1011, STATUS_CLOSED, REASON_RESET);
	expect_drop(&verdict, 1, true);
	story_error(&s, 1010.3, ECONNREFUSED);
	verdict = expect_verdict(&s, 1011, STATUS_CLOSED, REASON_RESET);
	expect_wait(&s, &verdict,
		    "the first SYN was dropped here: NETFILTER_DROP in nft_do_chain (outbound)");
}

/* Part of the silence is this host's own. */
Test(waits, silence_after_a_dropped_syn_tells_of_it)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;
	char text[EXPLAIN_MAX];

	story_drop_out(&s, 0.1, RULE);
	story_syn(&s, 1010);
	story_deadline(&s, 2500);
	verdict = expect_verdict(&s, 2500, STATUS_FILTERED, REASON_NO_REPLY);
	expect_drop(&verdict, 1, true);
	expect_wait(&s, &verdict, NULL);
	cr_expect_str_eq(explain_verdict(story_judgement(&s.attempt, &verdict), text),
			 "1 SYN left eth0, nothing came back in 2.5 s; 1 SYN was dropped here: "
			 "NETFILTER_DROP in nft_do_chain (outbound)");
}

Test(waits, what_was_answered_at_once_waited_for_nothing)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict = open_at(&s, 10.2);

	expect_drop(&verdict, 0, false);
	expect_wait(&s, &verdict, NULL);
}

/* The first one was dropped on this host's own way in: it is the second one that was answered. */
Test(waits, a_syn_that_was_dropped_where_it_came_in_was_not_answered)
{
	struct story s = story_new(AF_INET);
	struct verdict verdict;
	struct event *event;

	story_device(&s, "lo", 1, true);
	story_route(&s, -0.1, ROUTE_LOCAL);
	story_enter(&s, 0);
	story_syn_sent(&s, 0.01);
	story_syn(&s, 0.1);
	event = story_drop_out(&s, 0.11, RULE);
	event->packet.ifindex = 1;
	event->packet.is_loopback = true;
	strcpy(event->packet.device, "lo");
	story_syn(&s, 1010);
	story_drop_out(&s, 1010.05, "NO_SOCKET", "tcp_v4_rcv");
	story_reset(&s, 1010.1);
	story_reset_received(&s, 1010.2);
	story_error(&s, 1010.3, ECONNREFUSED);
	verdict = expect_verdict(&s, 1011, STATUS_CLOSED, REASON_RESET);
	expect_ms(verdict.rtt_ns, 0.1);
	expect_drop(&verdict, 1, false);
	expect_wait(&s, &verdict,
		    "the first SYN was dropped here: NETFILTER_DROP in nft_do_chain (inbound, lo)");
}
