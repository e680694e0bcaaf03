/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Verdicts at the end of an attempt: silence, what this host threw away, answers that the kernel
 * refused, and evidence that is missing.
 */
#include <string.h>

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

/* Nothing is said before the deadline: a later SYN might still pass. */
static struct verdict expect_at_end(struct story *s, enum status status, enum reason reason)
{
	expect_no_verdict(s, 3999);
	return expect_verdict(s, 4000.5, status, reason);
}

Test(verdict_filtered, silence_is_filtered_at_the_deadline)
{
	struct story s = waiting();
	struct verdict verdict;

	story_syn(&s, 1000.1);
	verdict = expect_at_end(&s, STATUS_FILTERED, REASON_NO_REPLY);
	cr_expect_eq(verdict.syn_sent, 2);
	cr_expect_eq(verdict.syn_unanswered, 2);
	cr_expect_eq(verdict.rtt_ns, TIME_UNKNOWN_NS);
	cr_expect_eq(verdict.app_result, APP_RESULT_IN_PROGRESS);
	cr_expect(verdict.app_agrees);
}

Test(verdict_filtered, the_kernels_own_timeout_ends_the_silence)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_closed(&s, 1520);
	expect_no_verdict(&s, 1519);
	expect_verdict(&s, 1520, STATUS_FILTERED, REASON_NO_REPLY);
}

/* Our own close() ends nothing: the attempt is ours to end. */
Test(verdict_filtered, closing_it_ourselves_is_not_the_kernels_verdict)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_close(&s, 1000);
	story_closed(&s, 1000.1);
	expect_no_verdict(&s, 1001);
}

Test(verdict_filtered, an_error_queues_copy_that_is_freed_is_no_drop)
{
	struct story s = waiting();
	struct event *freed = story_icmp(&s, 5, 3, 1);

	freed->kind = EVENT_DROP;
	strcpy(freed->packet.reason, "QUEUE_PURGE");
	cr_expect_eq(expect_at_end(&s, STATUS_FILTERED, REASON_NO_REPLY).drop.count, 0);
}

Test(verdict_blocked, syn_dropped_before_any_device_is_dropped_out)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;

	story_drop_out(&s, 0.1, "NETFILTER_DROP", "nft_do_chain");
	story_drop_out(&s, 1000, "NETFILTER_DROP", "nft_do_chain");
	story_deadline(&s, 4000);
	verdict = expect_at_end(&s, STATUS_BLOCKED, REASON_DROPPED_OUT);
	cr_expect_eq(verdict.syn_sent, 0);
	cr_expect_eq(verdict.drop.count, 2);
	cr_expect(verdict.drop.is_outbound);
	cr_expect_str_eq(verdict.drop.reason, "NETFILTER_DROP");
	cr_expect_str_eq(verdict.drop.function, "nft_do_chain");
	cr_expect_eq(verdict.drop.ifindex, 0);
}

Test(verdict_blocked, a_later_syn_that_left_makes_the_first_ones_drop_no_cause)
{
	struct story s = waiting();

	story_drop_out(&s, 0.05, "NETFILTER_DROP", "nft_do_chain");
	cr_expect_eq(expect_at_end(&s, STATUS_FILTERED, REASON_NO_REPLY).drop.count, 0);
}

Test(verdict_blocked, what_the_driver_threw_away_has_not_left)
{
	struct story s = story_connect(AF_INET);

	for (int i = 0; i < 3; i++) {
		struct event *drop;

		story_syn(&s, 0.1 + i * 1000.0);
		drop = story_drop_out(&s, 0.11 + i * 1000.0, "TAP_TXFILTER", "tun_net_xmit");
		drop->packet.ifindex = s.ifindex;
	}
	story_deadline(&s, 4000);
	cr_expect_eq(expect_at_end(&s, STATUS_BLOCKED, REASON_DROPPED_OUT).syn_sent, 0);
}

Test(verdict_blocked, a_drop_that_the_socket_was_told_of_is_rejected_locally_at_once)
{
	struct story by_reset = story_connect(AF_INET), by_icmp = story_connect(AF_INET),
		     by_so_error = story_connect(AF_INET);

	story_drop_out(&by_reset, 0.1, "NETFILTER_DROP", "nft_do_chain");
	story_reset_received(&by_reset, 0.2);
	expect_verdict(&by_reset, 0.3, STATUS_BLOCKED, REASON_REJECTED_LOCALLY);
	story_drop_out(&by_icmp, 0.1, "NETFILTER_DROP", "nft_do_chain");
	story_error(&by_icmp, 0.2, 0)->error.error_soft = EHOSTUNREACH;
	expect_verdict(&by_icmp, 0.3, STATUS_BLOCKED, REASON_REJECTED_LOCALLY);
	story_drop_out(&by_so_error, 0.1, "NETFILTER_DROP", "nft_do_chain");
	story_so_error(&by_so_error, 0.2, EHOSTUNREACH);
	expect_verdict(&by_so_error, 0.3, STATUS_BLOCKED, REASON_REJECTED_LOCALLY);
}

/* A report of no error is the error queue's, and SO_ERROR 0 says nothing. */
Test(verdict_blocked, a_drop_that_nobody_was_told_of_is_not_rejected)
{
	struct story s = story_connect(AF_INET);

	story_drop_out(&s, 0.1, "NETFILTER_DROP", "nft_do_chain");
	story_error(&s, 0.2, 0);
	story_so_error(&s, 0.3, 0);
	story_deadline(&s, 4000);
	expect_at_end(&s, STATUS_BLOCKED, REASON_DROPPED_OUT);
}

Test(verdict_blocked, answer_that_arrives_and_is_dropped_is_dropped_in)
{
	struct story s = waiting();
	struct verdict verdict;

	for (int i = 0; i < 2; i++) {
		story_syn_ack(&s, 5.1 + i * 1000, 0.1);
		story_drop_in(&s, 5.2 + i * 1000, "NETFILTER_DROP", "nft_do_chain");
	}
	verdict = expect_at_end(&s, STATUS_BLOCKED, REASON_DROPPED_IN);
	cr_expect_eq(verdict.drop.count, 2);
	cr_expect_not(verdict.drop.is_outbound);
	cr_expect_eq(verdict.drop.ifindex, 2);
	cr_expect_eq(verdict.answer, ANSWER_SYN_ACK);
	expect_ms(verdict.rtt_ns, 5);
}

Test(verdict_blocked, a_dropped_answer_and_then_established_is_open)
{
	struct story s = waiting();
	struct verdict verdict;

	story_syn_ack(&s, 5.1, 0.1);
	story_drop_in(&s, 5.2, "NETFILTER_DROP", "nft_do_chain");
	story_syn_ack(&s, 1005.1, 0.1);
	story_established(&s, 1005.2);
	verdict = expect_verdict(&s, 1006, STATUS_OPEN, REASON_SYN_ACK);
	cr_expect_eq(verdict.drop.count, 1);
	cr_expect_not(verdict.drop.is_outbound);
	expect_ms(verdict.rtt_ns, 5);
}

/* Who drops a right answer, and what that is called. */
static const struct drop_case {
	const char *reason, *function;
	enum status status;
	enum reason verdict;
} drop_cases[] = {
	{"NETFILTER_DROP", "nft_do_chain", STATUS_BLOCKED, REASON_DROPPED_IN},
	{"", "nf_hook_slow", STATUS_BLOCKED, REASON_DROPPED_IN},
	{"SOCKET_FILTER", "tcp_v4_rcv", STATUS_BLOCKED, REASON_DROPPED_IN},
	{"TC_INGRESS", "__netif_receive_skb_core", STATUS_BLOCKED, REASON_DROPPED_IN},
	{"IP_RPFILTER", "ip_rcv_finish_core", STATUS_BLOCKED, REASON_RP_FILTER},
	{"TCP_CSUM", "tcp_v4_rcv", STATUS_INVALID, REASON_BAD_CHECKSUM},
	{"TCP_INVALID_SEQUENCE", "tcp_v4_do_rcv", STATUS_INVALID, REASON_MALFORMED},
	{"NOT_SPECIFIED", "tcp_v4_rcv", STATUS_INVALID, REASON_MALFORMED},
	{"", "tcp_v4_rcv", STATUS_BLOCKED, REASON_DROPPED_IN},
	{"", "tcp_v6_rcv", STATUS_BLOCKED, REASON_DROPPED_IN},
	{"", "tcp_rcv_state_process", STATUS_INVALID, REASON_MALFORMED},
};

Test(verdict_blocked, the_one_who_drops_a_right_answer_decides_its_name)
{
	for (size_t i = 0; i < COUNT_OF(drop_cases); i++) {
		struct story s = waiting();

		story_syn_ack(&s, 5.1, 0.1);
		story_drop_in(&s, 5.2, drop_cases[i].reason, drop_cases[i].function);
		expect_at_end(&s, drop_cases[i].status, drop_cases[i].verdict);
	}
}

Test(verdict_blocked, rp_filter_without_a_right_answer_is_not_claimed)
{
	struct story s = waiting();

	story_drop_in(&s, 5.2, "IP_RPFILTER", "ip_rcv_finish_core")->packet.packet.tcp.ack++;
	expect_at_end(&s, STATUS_FILTERED, REASON_NO_REPLY);
}

/* A driver's own drop comes before the packet is first seen; what was dropped says that it came. */
Test(verdict_blocked, an_answer_that_only_its_drop_tells_of_has_come)
{
	struct story s = waiting();
	struct verdict verdict;

	story_drop_in(&s, 5.2, "NOT_SPECIFIED", "veth_xdp_rcv_skb");
	verdict = expect_at_end(&s, STATUS_BLOCKED, REASON_DROPPED_IN);
	cr_expect_eq(verdict.answer, ANSWER_NONE);
	cr_expect_eq(verdict.syn_unanswered, 0);
	cr_expect(verdict.drop.is_answer);
}

/* The target is this host: the SYN leaves by loopback and comes in again. */
static struct story to_this_host(const char *reason, const char *function)
{
	struct story s = story_new(AF_INET);

	story_device(&s, "lo", 1, true);
	story_route(&s, -0.1, ROUTE_LOCAL);
	story_enter(&s, 0);
	story_syn_sent(&s, 0.01);
	story_syn(&s, 0.1);
	story_drop_out(&s, 0.12, reason, function);
	return s;
}

Test(verdict_blocked, syn_dropped_on_its_way_into_this_host_is_dropped_in)
{
	struct story s = to_this_host("NETFILTER_DROP", "nft_do_chain");
	struct verdict verdict;

	story_deadline(&s, 4000);
	verdict = expect_at_end(&s, STATUS_BLOCKED, REASON_DROPPED_IN);
	cr_expect_not(verdict.drop.is_outbound);
	cr_expect_eq(verdict.answer, ANSWER_NONE);
}

Test(verdict_blocked, a_forged_reset_on_loopback_is_rejected_locally)
{
	struct story s = to_this_host("NETFILTER_DROP", "nft_do_chain");

	story_reset(&s, 0.11);
	story_reset_received(&s, 0.115);
	expect_verdict(&s, 1, STATUS_BLOCKED, REASON_REJECTED_LOCALLY);
}

Test(verdict_blocked, a_closed_port_of_this_host_drops_the_syn_too_and_is_closed)
{
	struct story s = to_this_host("NO_SOCKET", "tcp_v4_rcv");

	story_reset(&s, 0.11);
	story_reset_received(&s, 0.115);
	expect_verdict(&s, 1, STATUS_CLOSED, REASON_RESET);
}

/* A rule with a rate: what it did to the first SYN says nothing about the second one's RST. */
Test(verdict_blocked, a_closed_port_of_this_host_is_closed_whatever_became_of_an_earlier_syn)
{
	struct story s = to_this_host("NETFILTER_DROP", "nft_do_chain"), forged;

	story_syn(&s, 1000.1);
	forged = s;
	story_drop_out(&s, 1000.12, "NO_SOCKET", "tcp_v4_rcv");
	story_reset(&s, 1000.13);
	story_reset_received(&s, 1000.14);
	expect_verdict(&s, 1001, STATUS_CLOSED, REASON_RESET);

	story_drop_out(&forged, 1000.12, "NETFILTER_DROP", "nft_do_chain");
	story_reset(&forged, 1000.13);
	story_reset_received(&forged, 1000.14);
	expect_verdict(&forged, 1001, STATUS_BLOCKED, REASON_REJECTED_LOCALLY);
}

/* Its device is no loopback device. */
Test(verdict_blocked, a_closed_port_of_this_host_in_a_vrf_is_closed)
{
	struct story s = story_new(AF_INET);

	story_device(&s, "red", 7, false);
	story_route(&s, -0.1, ROUTE_LOCAL);
	story_enter(&s, 0);
	story_syn_sent(&s, 0.01);
	story_syn(&s, 0.1);
	story_drop_out(&s, 0.12, "NO_SOCKET", "tcp_v4_rcv")->packet.ifindex = 7;
	story_reset(&s, 0.13);
	story_reset_received(&s, 0.135);
	expect_verdict(&s, 1, STATUS_CLOSED, REASON_RESET);
}

Test(verdict_blocked, an_icmp_error_on_loopback_is_rejected_locally)
{
	struct story s = to_this_host("NETFILTER_DROP", "nft_do_chain");

	story_icmp(&s, 0.11, 3, 13);
	expect_verdict(&s, 1, STATUS_BLOCKED, REASON_REJECTED_LOCALLY);
}

/* What else there is, when the device turns out to have no carrier. */
Test(verdict_blocked, without_a_carrier_nothing_is_said_of_the_target)
{
	struct story unsent = story_connect(AF_INET),
		     waiting_for_neighbour = story_connect(AF_INET), sent = waiting();

	story_deadline(&unsent, 400);
	story_link(&unsent, 400.1, false, false);
	expect_verdict(&unsent, 401, STATUS_BLOCKED, REASON_CARRIER_DOWN);

	story_drop_out(&waiting_for_neighbour, 3060, "NEIGH_FAILED", "neigh_invalidate");
	story_error(&waiting_for_neighbour, 3060.1, EHOSTUNREACH);
	story_closed(&waiting_for_neighbour, 3060.2);
	story_link(&waiting_for_neighbour, 3060.3, false, false);
	expect_verdict(&waiting_for_neighbour, 3061, STATUS_BLOCKED, REASON_CARRIER_DOWN);

	story_link(&sent, 4000.1, false, false);
	expect_verdict(&sent, 4001, STATUS_BLOCKED, REASON_CARRIER_DOWN);
}

Test(verdict_blocked, a_carrier_that_is_gone_explains_neither_a_rule_nor_an_answer)
{
	struct story dropped = story_connect(AF_INET), closed = waiting();

	story_drop_out(&dropped, 0.1, "NETFILTER_DROP", "nft_do_chain");
	story_deadline(&dropped, 400);
	story_link(&dropped, 400.1, false, false);
	expect_verdict(&dropped, 401, STATUS_BLOCKED, REASON_DROPPED_OUT);

	story_reset(&closed, 3);
	story_reset_received(&closed, 3.1);
	story_link(&closed, 3.2, false, false);
	expect_verdict(&closed, 4, STATUS_CLOSED, REASON_RESET);
}

Test(verdict_blocked, a_carrier_that_is_gone_says_nothing_of_a_syn_that_left_by_another_device)
{
	struct story s = waiting();

	story_device(&s, "eth1", 5, false);
	story_syn(&s, 1000.1);
	story_device(&s, "eth0", 2, false);
	story_link(&s, 4000.1, false, false);
	expect_verdict(&s, 4001, STATUS_FILTERED, REASON_NO_REPLY);
}

Test(verdict_blocked, a_port_that_is_not_free_is_not_free_without_a_carrier_either)
{
	struct story s = story_new(AF_INET);

	story_route(&s, -0.1, ROUTE_UNICAST);
	story_enter(&s, 0);
	story_syn_sent(&s, 0.01);
	story_closed(&s, 0.02);
	story_return(&s, 0.03, EADDRNOTAVAIL);
	story_link(&s, 0.1, false, false);
	expect_verdict(&s, 1, STATUS_BLOCKED, REASON_NO_SOURCE_PORT);
}

/* The kernel then gives the device a queue that drops everything (noop). */
Test(verdict_blocked, a_queues_drop_is_explained_by_a_missing_carrier)
{
	static const char *const reasons[] = {"QDISC_DROP", ""};

	for (size_t i = 0; i < COUNT_OF(reasons); i++) {
		struct story without = story_connect(AF_INET), with;

		story_drop_out(&without, 0.1, reasons[i], "__dev_queue_xmit");
		story_deadline(&without, 400);
		with = without;
		story_link(&without, 400.1, false, false);
		expect_verdict(&without, 401, STATUS_BLOCKED, REASON_CARRIER_DOWN);
		story_link(&with, 400.1, true, false);
		expect_verdict(&with, 401, STATUS_BLOCKED, REASON_DROPPED_OUT);
	}
}

/* Tracing may have passed over whatever led to it: "at once" it was not, and a cause there was. */
Test(verdict_blocked, an_error_long_after_connect_has_a_cause_that_was_not_seen)
{
	struct story s = story_new(AF_INET);
	struct verdict verdict;

	story_enter(&s, 0)->app.is_ours = false;
	story_syn_sent(&s, 0.01);
	story_closed(&s, 3059.9);
	story_return(&s, 3060, EHOSTUNREACH);
	story_close(&s, 3060.1);
	verdict = expect_verdict(&s, 3061, STATUS_INCOMPLETE, REASON_EVENTS_LOST);
	cr_expect_not(verdict.is_complete);
}

Test(verdict_blocked, whoever_gives_up_at_once_proves_nothing_of_a_syn_that_has_not_left)
{
	struct story s = story_new(AF_INET);

	story_enter(&s, 0)->app.is_ours = false;
	story_syn_sent(&s, 0.01);
	story_return(&s, 0.02, EINPROGRESS);
	story_close(&s, 50);
	expect_verdict(&s, 51, STATUS_ABORTED, REASON_CLOSED_EARLY);
}

/* A tunnel's outer packet, dropped right behind the SYN that it carries. */
Test(verdict_blocked, what_carries_the_syn_is_dropped_with_it)
{
	struct story s = waiting();
	struct event *carrier = story_event(&s, 0.2, EVENT_DROP);
	struct verdict verdict;

	carrier->packet = (struct packet_event){
		.packet.kind = PACKET_CARRIER, .ifindex = s.ifindex, .is_own = true};
	strcpy(carrier->packet.reason, "NETFILTER_DROP");
	verdict = expect_at_end(&s, STATUS_BLOCKED, REASON_DROPPED_OUT);
	cr_expect_eq(verdict.syn_sent, 0);
	cr_expect(verdict.drop.is_outbound);
}
