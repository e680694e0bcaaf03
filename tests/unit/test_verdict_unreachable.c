/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Verdicts of unreachable targets: ICMP errors, neighbours, routes, and connects that fail by
 * themselves.
 */
#include "tests/unit/story.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const struct icmp_case {
	int family;
	uint8_t type, code;
	enum status status;
	enum reason reason;
} icmp_cases[] = {
	{AF_INET, 3, 0, STATUS_UNREACHABLE, REASON_ICMP_NET_UNREACHABLE},
	{AF_INET, 3, 1, STATUS_UNREACHABLE, REASON_ICMP_HOST_UNREACHABLE},
	{AF_INET, 3, 2, STATUS_FILTERED, REASON_ICMP_PROTOCOL_UNREACHABLE},
	{AF_INET, 3, 3, STATUS_FILTERED, REASON_ICMP_PORT_UNREACHABLE},
	{AF_INET, 3, 5, STATUS_UNREACHABLE, REASON_ICMP_SOURCE_ROUTE_FAILED},
	{AF_INET, 3, 6, STATUS_UNREACHABLE, REASON_ICMP_NET_UNKNOWN},
	{AF_INET, 3, 7, STATUS_UNREACHABLE, REASON_ICMP_HOST_UNKNOWN},
	{AF_INET, 3, 9, STATUS_FILTERED, REASON_ICMP_NET_PROHIBITED},
	{AF_INET, 3, 10, STATUS_FILTERED, REASON_ICMP_HOST_PROHIBITED},
	{AF_INET, 3, 11, STATUS_UNREACHABLE, REASON_ICMP_NET_TOS},
	{AF_INET, 3, 12, STATUS_UNREACHABLE, REASON_ICMP_HOST_TOS},
	{AF_INET, 3, 13, STATUS_FILTERED, REASON_ICMP_ADMIN_PROHIBITED},
	{AF_INET, 11, 0, STATUS_UNREACHABLE, REASON_TTL_EXCEEDED},
	{AF_INET6, 1, 0, STATUS_UNREACHABLE, REASON_ICMP_NET_UNREACHABLE},
	{AF_INET6, 1, 1, STATUS_FILTERED, REASON_ICMP_ADMIN_PROHIBITED},
	{AF_INET6, 1, 2, STATUS_UNREACHABLE, REASON_ICMP_BEYOND_SCOPE},
	{AF_INET6, 1, 3, STATUS_UNREACHABLE, REASON_ICMP_HOST_UNREACHABLE},
	{AF_INET6, 1, 4, STATUS_FILTERED, REASON_ICMP_PORT_UNREACHABLE},
	{AF_INET6, 1, 5, STATUS_FILTERED, REASON_ICMP_POLICY_FAILED},
	{AF_INET6, 1, 6, STATUS_FILTERED, REASON_ICMP_REJECT_ROUTE},
	{AF_INET6, 3, 0, STATUS_UNREACHABLE, REASON_TTL_EXCEEDED},
};

/* The socket stays in SYN_SENT, as it does when the error comes while connect() has it. */
Test(verdict_icmp, each_code_has_its_meaning_at_once_whatever_the_socket_does)
{
	for (size_t i = 0; i < COUNT_OF(icmp_cases); i++) {
		const struct icmp_case *c = &icmp_cases[i];
		struct story s = story_connect(c->family);
		struct verdict verdict;

		story_syn(&s, 0.1);
		story_icmp(&s, 2.1, c->type, c->code);
		verdict = expect_verdict(&s, 2.1, c->status, c->reason);
		cr_expect_eq(verdict.answer, ANSWER_ICMP);
		cr_expect(address_same_host(&verdict.answer_from, &s.router));
		expect_ms(verdict.rtt_ns, 2);
	}
}

/* A SYN, something at 2.1 ms, and silence. */
static struct story silent_but_for(int family, uint8_t type, uint8_t code)
{
	struct story s = story_connect(family);

	story_syn(&s, 0.1);
	story_icmp(&s, 2.1, type, code);
	story_deadline(&s, 4000);
	return s;
}

Test(verdict_icmp, quoting_another_sequence_number_is_nothing)
{
	struct story s = silent_but_for(AF_INET, 3, 1);

	s.events[s.count - 2].packet.packet.tcp.seq++;
	expect_no_verdict(&s, 3999);
	cr_expect_eq(expect_verdict(&s, 4000, STATUS_FILTERED, REASON_NO_REPLY).answer,
		     ANSWER_NONE);
}

Test(verdict_icmp, fragmentation_needed_is_a_note_and_no_failure)
{
	struct story v4 = silent_but_for(AF_INET, 3, 4), v6 = silent_but_for(AF_INET6, 2, 0);

	cr_expect(expect_verdict(&v4, 4000, STATUS_FILTERED, REASON_NO_REPLY).notes &
		  NOTE_FRAGMENTATION_NEEDED);
	cr_expect(expect_verdict(&v6, 4000, STATUS_FILTERED, REASON_NO_REPLY).notes &
		  NOTE_FRAGMENTATION_NEEDED);
}

/* A parameter problem: nothing that decides at once, but all that came. */
Test(verdict_icmp, a_type_without_meaning_decides_only_at_the_end)
{
	struct story s = silent_but_for(AF_INET, 12, 0);

	expect_no_verdict(&s, 3999);
	expect_verdict(&s, 4000, STATUS_FILTERED, REASON_ICMP_OTHER);
}

Test(verdict_icmp, an_open_connection_outdoes_an_error)
{
	struct story s = silent_but_for(AF_INET, 3, 13);

	story_syn_ack(&s, 2.05, 0.1);
	story_established(&s, 2.2);
	expect_verdict(&s, 3, STATUS_OPEN, REASON_SYN_ACK);
}

static struct story unanswered_neighbour(int family, const char *reason)
{
	struct story s = story_connect(family);

	story_retransmit(&s, 1000, -EBUSY);
	story_drop_out(&s, 3060, reason, "neigh_invalidate");
	story_error(&s, 3060.1, EHOSTUNREACH);
	story_closed(&s, 3060.2);
	return s;
}

/* For IPv6 the kernel has no reason, only the function tells. */
Test(verdict_neighbour, syn_given_up_in_the_neighbours_queue_is_neighbour_failed)
{
	struct story v4 = unanswered_neighbour(AF_INET, "NEIGH_FAILED"),
		     v6 = unanswered_neighbour(AF_INET6, "NOT_SPECIFIED");

	expect_no_verdict(&v4, 3000);
	expect_verdict(&v4, 3061, STATUS_UNREACHABLE, REASON_NEIGHBOUR_FAILED);
	expect_verdict(&v6, 3061, STATUS_UNREACHABLE, REASON_NEIGHBOUR_FAILED);
}

Test(verdict_neighbour, a_rule_that_drops_and_reports_is_no_neighbour)
{
	struct story s = story_connect(AF_INET);

	story_drop_out(&s, 0.1, "NETFILTER_DROP", "nft_do_chain");
	story_error(&s, 0.2, EHOSTUNREACH);
	expect_verdict(&s, 1, STATUS_BLOCKED, REASON_REJECTED_LOCALLY);
}

/* The neighbour's queue has room for some SYNs only: the oldest one goes first. */
Test(verdict_neighbour, no_room_to_wait_for_it_is_no_rule)
{
	struct story unresolved = story_connect(AF_INET), failed = unresolved, known = unresolved;

	story_drop_out(&unresolved, 0.2, "NEIGH_QUEUEFULL", "__neigh_event_send");
	known = unresolved;
	story_deadline(&unresolved, 500);
	story_neighbour(&unresolved, 500.1, NEIGHBOUR_INCOMPLETE);
	expect_verdict(&unresolved, 501, STATUS_UNREACHABLE, REASON_NEIGHBOUR_UNRESOLVED);

	story_drop_out(&failed, 0.2, "NEIGH_QUEUEFULL", "__neigh_event_send");
	story_drop_out(&failed, 3060, "NEIGH_FAILED", "neigh_invalidate");
	story_error(&failed, 3060.1, EHOSTUNREACH);
	story_closed(&failed, 3060.2);
	cr_expect_str_eq(expect_verdict(&failed, 3061, STATUS_UNREACHABLE, REASON_NEIGHBOUR_FAILED)
				 .drop.reason,
			 "NEIGH_FAILED");

	story_deadline(&known, 500);
	story_neighbour(&known, 500.1, NEIGHBOUR_VALID);
	expect_verdict(&known, 501, STATUS_BLOCKED, REASON_DROPPED_OUT);
}

/* A rate limit took the first SYN, and nobody refused the second one. */
Test(verdict_neighbour, a_rule_before_it_refused_nothing)
{
	struct story s = story_connect(AF_INET);

	story_drop_out(&s, 0.1, "NETFILTER_DROP", "nft_do_chain");
	story_drop_out(&s, 4060, "NEIGH_FAILED", "neigh_invalidate");
	story_error(&s, 4060.1, EHOSTUNREACH);
	story_closed(&s, 4060.2);
	expect_verdict(&s, 4061, STATUS_UNREACHABLE, REASON_NEIGHBOUR_FAILED);
}

static struct verdict not_sent(enum neighbour_state state, enum status status, enum reason reason)
{
	struct story s = story_connect(AF_INET);

	story_deadline(&s, 500);
	story_neighbour(&s, 500.1, state);
	expect_no_verdict(&s, 499);
	return expect_verdict(&s, 501, status, reason);
}

Test(verdict_neighbour, waiting_for_it_at_the_deadline_is_unresolved)
{
	not_sent(NEIGHBOUR_INCOMPLETE, STATUS_UNREACHABLE, REASON_NEIGHBOUR_UNRESOLVED);
	not_sent(NEIGHBOUR_FAILED, STATUS_UNREACHABLE, REASON_NEIGHBOUR_UNRESOLVED);
}

Test(verdict_neighbour, a_known_neighbour_does_not_hold_the_syn_back)
{
	not_sent(NEIGHBOUR_VALID, STATUS_BLOCKED, REASON_NOT_SENT);
	not_sent(NEIGHBOUR_UNKNOWN, STATUS_BLOCKED, REASON_NOT_SENT);
}

Test(verdict_neighbour, a_queued_syn_does_not_wait_for_a_neighbour)
{
	struct story s = story_connect(AF_INET);

	story_queued(&s, 0.1);
	story_deadline(&s, 500);
	story_neighbour(&s, 500.1, NEIGHBOUR_INCOMPLETE);
	expect_verdict(&s, 501, STATUS_BLOCKED, REASON_NOT_SENT);
}

Test(verdict_neighbour, a_syn_that_left_is_silence_whatever_the_neighbour)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_deadline(&s, 500);
	story_neighbour(&s, 500.1, NEIGHBOUR_FAILED);
	expect_verdict(&s, 501, STATUS_FILTERED, REASON_NO_REPLY);
}

static const struct connect_case {
	int error;
	enum route_kind route;
	enum status status;
	enum reason reason;
} connect_cases[] = {
	{ENETUNREACH, ROUTE_BROADCAST, STATUS_UNREACHABLE, REASON_BAD_DESTINATION},
	{ENETUNREACH, ROUTE_MULTICAST, STATUS_UNREACHABLE, REASON_BAD_DESTINATION},
	{ENETUNREACH, ROUTE_NONE, STATUS_UNREACHABLE, REASON_NO_ROUTE},
	{ENETUNREACH, ROUTE_UNKNOWN, STATUS_UNREACHABLE, REASON_NO_ROUTE},
	{EHOSTUNREACH, ROUTE_UNREACHABLE, STATUS_UNREACHABLE, REASON_ROUTE_UNREACHABLE},
	{EINVAL, ROUTE_BLACKHOLE, STATUS_UNREACHABLE, REASON_ROUTE_BLACKHOLE},
	{EACCES, ROUTE_PROHIBIT, STATUS_UNREACHABLE, REASON_ROUTE_PROHIBIT},
	/* the same errno with a route that does not explain it */
	{ENETUNREACH, ROUTE_UNICAST, STATUS_BLOCKED, REASON_CONNECT_FAILED},
	{EHOSTUNREACH, ROUTE_UNICAST, STATUS_BLOCKED, REASON_CONNECT_FAILED},
	{EINVAL, ROUTE_UNICAST, STATUS_BLOCKED, REASON_CONNECT_FAILED},
	{EACCES, ROUTE_UNICAST, STATUS_BLOCKED, REASON_POLICY},
	{EPERM, ROUTE_UNICAST, STATUS_BLOCKED, REASON_POLICY},
	{EPERM, ROUTE_PROHIBIT, STATUS_BLOCKED, REASON_POLICY},
	{EAFNOSUPPORT, ROUTE_UNICAST, STATUS_BLOCKED, REASON_CONNECT_FAILED},
};

Test(verdict_connect, a_failure_without_any_state_is_told_by_errno_and_route)
{
	for (size_t i = 0; i < COUNT_OF(connect_cases); i++) {
		struct story s = story_new(AF_INET);
		struct verdict verdict;

		story_route(&s, -0.1, connect_cases[i].route);
		story_enter(&s, 0);
		story_return(&s, 0.1, connect_cases[i].error);
		verdict = expect_verdict(&s, 0.1, connect_cases[i].status, connect_cases[i].reason);
		cr_expect_eq(verdict.app_error, connect_cases[i].error);
		cr_expect_eq(verdict.syn_sent, 0);
		cr_expect_eq(verdict.answer, ANSWER_NONE);
	}
}

/* A way that comes up a moment later was none when connect() looked. */
Test(verdict_connect, a_route_that_was_not_there_explains_it_whatever_comes_later)
{
	struct story s = story_new(AF_INET);

	story_route(&s, -0.1, ROUTE_NONE);
	story_enter(&s, 0);
	story_return(&s, 0.1, ENETUNREACH);
	story_route(&s, 3, ROUTE_UNICAST);
	expect_verdict(&s, 4, STATUS_UNREACHABLE, REASON_NO_ROUTE);
	s.events[0].route.kind = ROUTE_PROHIBIT;
	s.events[2].app.error = EACCES;
	expect_verdict(&s, 4, STATUS_UNREACHABLE, REASON_ROUTE_PROHIBIT);
}

/* Once the socket was in SYN_SENT, the errno alone does not tell what became of the SYN. */
Test(verdict_connect, the_same_errno_after_syn_sent_says_only_that_connect_failed)
{
	static const int errors[] = {ENETUNREACH, EHOSTUNREACH, EACCES, EPERM};

	for (size_t i = 0; i < COUNT_OF(errors); i++) {
		struct story s = story_new(AF_INET);

		story_enter(&s, 0);
		story_syn_sent(&s, 0.01);
		story_return(&s, 0.1, errors[i]);
		expect_verdict(&s, 1, STATUS_BLOCKED, REASON_CONNECT_FAILED);
	}
}

Test(verdict_connect, eaddrnotavail_after_syn_sent_is_no_source_port)
{
	struct story s = story_new(AF_INET);

	story_enter(&s, 0);
	story_syn_sent(&s, 0.01);
	story_closed(&s, 0.02);
	story_return(&s, 0.1, EADDRNOTAVAIL);
	expect_verdict(&s, 1, STATUS_BLOCKED, REASON_NO_SOURCE_PORT);
}

Test(verdict_connect, eaddrnotavail_before_syn_sent_is_not_about_ports)
{
	struct story s = story_new(AF_INET6);

	story_enter(&s, 0);
	story_return(&s, 0.1, EADDRNOTAVAIL);
	expect_verdict(&s, 1, STATUS_BLOCKED, REASON_NO_SOURCE_ADDRESS);
}
