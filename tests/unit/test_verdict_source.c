/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Verdicts about where a probe speaks from: what it could not be bound to, and what this host lost
 * while it waited.
 */
#include "tests/unit/story.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static struct story bound(int error)
{
	struct story s = story_new(AF_INET);

	story_route(&s, -0.1, ROUTE_UNICAST);
	story_enter(&s, 0);
	story_bind(&s, 0.1, error);
	return s;
}

Test(verdict_bind, a_bind_that_fails_is_blocked_at_once_by_its_errno)
{
	static const struct {
		int error;
		enum reason reason;
	} cases[] = {
		{EADDRNOTAVAIL, REASON_NO_SOURCE_ADDRESS}, {ENODEV, REASON_NO_DEVICE},
		{EADDRINUSE, REASON_NO_SOURCE_PORT},	   {EPERM, REASON_CONNECT_FAILED},
		{EACCES, REASON_CONNECT_FAILED},	   {ENETUNREACH, REASON_CONNECT_FAILED},
		{EINVAL, REASON_CONNECT_FAILED},	   {ENOENT, REASON_NO_NAMESPACE},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct story s = bound(cases[i].error);
		struct verdict verdict = expect_verdict(&s, 0.1, STATUS_BLOCKED, cases[i].reason);

		cr_expect_eq(s.attempt.entries[verdict.evidence[0]].app.call, APP_BIND);
		cr_expect_eq(verdict.app_error, cases[i].error);
		cr_expect_eq(verdict.syn_sent, 0);
		cr_expect(verdict.is_complete);
	}
}

/* poll() finds an unconnected socket writable, and SO_ERROR knows nothing of bind(). */
Test(verdict_bind, its_errno_is_what_the_application_was_told)
{
	struct story s = bound(EADDRNOTAVAIL);
	struct verdict verdict;

	story_poll(&s, 0.2, POLLOUT | POLLHUP);
	story_so_error(&s, 0.3, 0);
	verdict = expect_verdict(&s, 0.4, STATUS_BLOCKED, REASON_NO_SOURCE_ADDRESS);
	cr_expect_eq(verdict.app_result, APP_RESULT_ERROR);
	cr_expect_eq(verdict.app_error, EADDRNOTAVAIL);
	cr_expect(verdict.app_agrees);
}

Test(verdict_bind, lost_events_do_not_weaken_a_failed_bind)
{
	struct story s = bound(ENODEV);

	story_lost(&s, 0, 1, 5);
	cr_expect_not(expect_verdict(&s, 1, STATUS_BLOCKED, REASON_NO_DEVICE).is_complete);
}

Test(verdict_bind, nothing_is_said_before_bind_returned)
{
	struct story s = bound(ENODEV);

	expect_no_verdict(&s, 0.05);
}

Test(verdict_connect, what_went_between_bind_and_connect_is_named)
{
	static const struct {
		int error;
		enum route_kind route;
		enum reason reason;
	} cases[] = {
		{ENETUNREACH, ROUTE_NO_NAMESPACE, REASON_NO_NAMESPACE},
		{ENODEV, ROUTE_NO_DEVICE, REASON_NO_DEVICE},
		{ENODEV, ROUTE_UNICAST, REASON_NO_DEVICE},
		{ENETUNREACH, ROUTE_NO_DEVICE, REASON_NO_DEVICE},
		{ENETUNREACH, ROUTE_NO_SOURCE, REASON_NO_SOURCE_ADDRESS},
		{EADDRNOTAVAIL, ROUTE_UNICAST, REASON_NO_SOURCE_ADDRESS},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct story s = story_new(AF_INET6);

		story_route(&s, -0.1, cases[i].route);
		story_enter(&s, 0);
		story_return(&s, 0.1, cases[i].error);
		expect_verdict(&s, 0.2, STATUS_BLOCKED, cases[i].reason);
	}
}

/*
 * A SYN at 0.1 ms, none after it could be sent, the deadline at 4 s; then the kernel is asked for
 * the way.
 */
static struct story lost(enum route_kind kind)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_retransmit(&s, 1000, -EHOSTUNREACH);
	story_deadline(&s, 4000);
	story_route(&s, 4000.1, kind);
	story_so_error(&s, 4000.2, ENETUNREACH);
	return s;
}

static const struct {
	enum route_kind route;
	enum status status;
	enum reason reason;
} losses[] = {
	{ROUTE_NO_NAMESPACE, STATUS_BLOCKED, REASON_NO_NAMESPACE},
	{ROUTE_NO_DEVICE, STATUS_BLOCKED, REASON_NO_DEVICE},
	{ROUTE_NO_SOURCE, STATUS_BLOCKED, REASON_NO_SOURCE_ADDRESS},
	{ROUTE_NONE, STATUS_UNREACHABLE, REASON_NO_ROUTE},
	{ROUTE_UNREACHABLE, STATUS_UNREACHABLE, REASON_ROUTE_UNREACHABLE},
	{ROUTE_BLACKHOLE, STATUS_UNREACHABLE, REASON_ROUTE_BLACKHOLE},
	{ROUTE_PROHIBIT, STATUS_UNREACHABLE, REASON_ROUTE_PROHIBIT},
	{ROUTE_UNICAST, STATUS_FILTERED, REASON_NO_REPLY},
	{ROUTE_UNKNOWN, STATUS_FILTERED, REASON_NO_REPLY},
};

Test(verdict_lost_way, silence_after_the_way_was_lost_is_not_filtered)
{
	for (size_t i = 0; i < COUNT_OF(losses); i++) {
		struct story s = lost(losses[i].route);
		struct verdict verdict;

		expect_no_verdict(&s, 3999);
		verdict = expect_verdict(&s, 4001, losses[i].status, losses[i].reason);
		cr_expect_eq(verdict.syn_sent, 1);
		cr_expect(verdict.app_agrees);
	}
}

Test(verdict_lost_way, an_answer_counts_more_than_a_way_that_was_lost)
{
	for (size_t i = 0; i < COUNT_OF(losses); i++) {
		struct story open = lost(losses[i].route), dropped = lost(losses[i].route),
			     refused = lost(losses[i].route);

		story_syn_ack(&open, 5, 0.1);
		story_established(&open, 5.1);
		expect_verdict(&open, 4001, STATUS_OPEN, REASON_SYN_ACK);
		story_syn_ack(&dropped, 5, 0.1);
		story_drop_in(&dropped, 5.1, "NETFILTER_DROP", "nft_do_chain");
		expect_verdict(&dropped, 4001, STATUS_BLOCKED, REASON_DROPPED_IN);
		story_icmp(&refused, 5, 3, 13);
		expect_verdict(&refused, 4001, STATUS_FILTERED, REASON_ICMP_ADMIN_PROHIBITED);
	}
}

/*
 * Its SYN waited for the next hop's address until the device went; SO_ERROR tells of the route, not
 * of a refusal.
 */
Test(verdict_lost_way, a_syn_purged_with_its_device_was_not_rejected)
{
	static const char *const functions[] = {"neigh_destroy", "neigh_flush_dev",
						"__neigh_event_send"};

	for (size_t i = 0; i < COUNT_OF(functions); i++) {
		struct story s = story_connect(AF_INET);

		story_drop_out(&s, 1460, "QUEUE_PURGE", functions[i]);
		story_retransmit(&s, 2000, -EHOSTUNREACH);
		story_deadline(&s, 4000);
		story_route(&s, 4000.1, ROUTE_NONE);
		story_so_error(&s, 4000.2, ENETUNREACH);
		cr_expect_eq(expect_verdict(&s, 4001, STATUS_UNREACHABLE, REASON_NO_ROUTE).syn_sent,
			     0);
	}
}

Test(verdict_lost_way, a_rule_that_dropped_every_syn_is_named_whatever_happened_later)
{
	struct story s = story_connect(AF_INET);

	story_drop_out(&s, 0.1, "NETFILTER_DROP", "nft_do_chain");
	story_retransmit(&s, 1000, -EHOSTUNREACH);
	story_deadline(&s, 4000);
	story_route(&s, 4000.1, ROUTE_NONE);
	story_so_error(&s, 4000.2, ENETUNREACH);
	expect_verdict(&s, 4001, STATUS_BLOCKED, REASON_DROPPED_OUT);
}

/* The address went while a SYN to this very host waited: the SYN left by loopback as it should. */
Test(verdict_lost_way, a_target_that_was_this_hosts_is_not_intercepted)
{
	struct story s = story_new(AF_INET);

	story_device(&s, "lo", 1, true);
	story_route(&s, -0.1, ROUTE_LOCAL);
	story_enter(&s, 0);
	story_syn_sent(&s, 0.01);
	story_syn(&s, 0.1);
	story_deadline(&s, 4000);
	story_route(&s, 4000.1, ROUTE_NONE);
	expect_verdict(&s, 4001, STATUS_UNREACHABLE, REASON_NO_ROUTE);
}

Test(verdict_lost_way, with_events_lost_it_is_incomplete)
{
	struct story s = lost(ROUTE_NO_DEVICE);

	story_lost(&s, 0, 1, 1);
	expect_verdict(&s, 4001, STATUS_INCOMPLETE, REASON_EVENTS_LOST);
}

Test(verdict_aborted, the_deadline_of_the_run_interrupts_too)
{
	struct story s = story_connect(AF_INET);

	story_syn(&s, 0.1);
	story_abandon(&s, 100)->app.result = 1;
	expect_verdict(&s, 101, STATUS_ABORTED, REASON_INTERRUPTED);
}
