/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Answers that this very host made, and ends that it made itself: none of them says anything about
 * the target.
 */
#include "tests/unit/story.h"
#include "user/words/explain.h"

/* One SYN left by eth0; the next one was rejected by a rule that limits the rate. */
static struct story rejected_at_the_second(void)
{
	struct story s = story_connect(AF_INET);

	story_route(&s, -0.1, ROUTE_UNICAST);
	story_syn(&s, 0.1);
	story_drop_out(&s, 1000, "NETFILTER_DROP", "nft_do_chain");
	story_device(&s, "lo", 1, true);
	return s;
}

Test(verdict_forged, a_reset_that_came_in_by_loopback_is_ours)
{
	struct story s = rejected_at_the_second();
	struct verdict verdict;

	story_reset(&s, 1000.1);
	story_reset_received(&s, 1000.1);
	verdict = expect_verdict(&s, 1001, STATUS_BLOCKED, REASON_REJECTED_LOCALLY);
	cr_expect_eq(verdict.rtt_ns, TIME_UNKNOWN_NS);
	cr_expect_eq(verdict.rtt_candidate_count, 0);
}

Test(verdict_forged, an_icmp_error_that_came_in_by_loopback_is_ours)
{
	struct story s = rejected_at_the_second();

	story_icmp(&s, 1000.1, 3, 13);
	expect_verdict(&s, 1001, STATUS_BLOCKED, REASON_REJECTED_LOCALLY);
}

Test(verdict_forged, a_kernel_that_gives_up_rejects_nothing)
{
	struct story s = story_connect(AF_INET);

	story_drop_out(&s, 0.1, "NETFILTER_DROP", "nft_do_chain");
	story_error(&s, 3000, ETIMEDOUT);
	story_closed(&s, 3000);
	expect_verdict(&s, 3001, STATUS_BLOCKED, REASON_DROPPED_OUT);
}

Test(verdict_forged, an_attempt_aborted_from_outside_is_aborted)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_error(&s, 400, ECONNABORTED);
	story_closed(&s, 400);
	expect_verdict(&s, 401, STATUS_ABORTED, REASON_ABORTED);
}

/* What told the socket so was not seen: it may be anything but silence. */
Test(verdict_forged, an_error_before_its_time_is_no_silence)
{
	struct story s = story_connect(AF_INET6);
	char text[EXPLAIN_MAX];
	struct verdict verdict;

	story_syn(&s, 0.1);
	story_error(&s, 5.5, ENETUNREACH);
	story_closed(&s, 5.5);
	verdict = expect_verdict(&s, 6, STATUS_INCOMPLETE, REASON_UNEXPLAINED_ERROR);
	cr_expect_str_eq(explain_verdict(story_judgement(&s.attempt, &verdict), text),
			 "1 SYN left, and the socket was closed with ENETUNREACH, 5.5 ms after "
			 "connect(), which nothing that was seen explains");
}

Test(verdict_forged, a_header_too_short_for_tcp_is_unreadable)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_syn_ack(&s, 10, 0.1);
	story_drop_in(&s, 10.1, "PKT_TOO_SMALL", "tcp_v4_rcv");
	story_deadline(&s, 1000);
	expect_verdict(&s, 1001, STATUS_INVALID, REASON_UNREADABLE);
}

Test(verdict_forged, a_socket_filter_within_tcp_is_a_policy)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_syn_ack(&s, 10, 0.1);
	story_drop_in(&s, 10.1, "SOCKET_FILTER", "tcp_v4_rcv");
	story_deadline(&s, 1000);
	expect_verdict(&s, 1001, STATUS_BLOCKED, REASON_DROPPED_IN);
}

/* shutdown() that was not seen: a RST would have been ECONNREFUSED. */
Test(verdict_forged, an_attempt_disconnected_on_this_host_is_aborted)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_error(&s, 50, ECONNRESET);
	story_closed(&s, 50.1);
	expect_verdict(&s, 51, STATUS_ABORTED, REASON_ABORTED);
}

/*
 * A tunnel that has no peer for the address: its driver drops the SYN, and sends an ICMP error of
 * its own. No rule did.
 */
Test(verdict_forged, a_tunnel_that_says_no_is_no_rule)
{
	struct story s = story_connect(AF_INET);
	struct event *icmp;

	story_device(&s, "wg0", 5, false);
	story_syn(&s, 0.1);
	story_drop_out(&s, 0.11, "NOT_SPECIFIED", "wg_xmit")->packet.ifindex = 5;
	icmp = story_icmp(&s, 0.12, 3, 1);
	icmp->packet.is_loopback = true;
	story_error(&s, 0.13, EHOSTUNREACH);
	story_closed(&s, 0.14);
	expect_verdict(&s, 1, STATUS_BLOCKED, REASON_DROPPED_OUT);
}

/* Or it passes on what another packet was told, and sends the SYN all the same. */
Test(verdict_forged, an_icmp_error_without_a_dropped_syn_is_no_rule)
{
	struct story s = story_connect(AF_INET);
	struct event *icmp;

	story_device(&s, "gre0", 5, false);
	story_syn(&s, 0.1);
	icmp = story_icmp(&s, 0.12, 3, 1);
	icmp->packet.is_loopback = true;
	expect_verdict(&s, 1, STATUS_UNREACHABLE, REASON_ICMP_HOST_UNREACHABLE);
}
