/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Scans on a bad day: nobody answers, everybody resets, no route, a ring of one page, no
 * descriptors, no source ports. Right verdicts or incomplete ones.
 */
#include "tests/scenarios/scan.h"

#include <stdio.h>
#include <string.h>

#define OPEN_PORT    7001
#define CLOSED	     LAB_PEER4 ":7006"
#define FIVE_TIMES   "{ for i in 1 2 3 4 5; do echo %s; done; } | $0 -j --shuffle -W 300ms %s -f -"
#define UNBEGUN	     "the run ended before all targets were begun with"
#define TEN_THOUSAND "--inflight", "10000", "-W", "1s", "-p", "10000-19999"

Test(scan, ten_thousand_timeouts_under_way_at_once)
{
	struct scan scan = scan(scenario_lab(), TEN_THOUSAND, LAB_PEER4);

	expect_status(scan.result, 1);
	cr_assert_str_empty(scan.result.errors.bytes);
	expect_number(scan.total, "probes", 10000);
	expect_group(&scan, "filtered", "no-reply", 10000);
	expect_between(scan.total, "events_lost", 0,
		       2000); /* a batch of timers that tracing passed over: asked again */
}

BOTH_FAMILIES(scan, a_host_that_resets_everything_is_closed_everywhere)
{
	struct scan scan =
		scan(scenario_lab(), "--rate", "0", "-p", "10000-19999", places_of(family)->server);

	expect_status(scan.result, 1);
	expect_group(&scan, "closed", "reset", 10000);
	expect_number(scan.total, "events_lost", 0);
}

/* Each of them would wait an hour. */
BOTH_FAMILIES(scan, without_a_route_all_are_unreachable_at_once)
{
	struct scan scan = scan(scenario_lab(), "-W", "1h", "--rate", "0", "-p", "10000-13999",
				places_of(family)->unrouted);

	expect_status(scan.result, 1);
	expect_group(&scan, "unreachable", "no-route", 4000);
	expect_number(scan.total, "syn_sent", 0);
}

/* Which SYNs the kernel threw away in favour of others does not matter: no rule did. */
BOTH_FAMILIES(scan, more_than_may_wait_for_a_silent_neighbour_wait_for_it)
{
	struct lab *lab = scenario_lab();
	struct scan scan;

	scenario_sysctl(lab, LAB_CLIENT,
			family == AF_INET ? "net/ipv4/neigh/eth0/unres_qlen_bytes"
					  : "net/ipv6/neigh/eth0/unres_qlen_bytes",
			"4096");
	scan = scan(lab, "-W", "500ms", "--rate", "0", "-p", "10000-10199",
		    places_of(family)->nobody);
	expect_group(&scan, "unreachable", "neighbour-unresolved", 200);
}

/* The namespace has nothing but a loopback device that is down. */
Test(scan, in_a_namespace_without_anything_all_are_unreachable)
{
	struct scan scan =
		scan_shell(scenario_lab(), "exec unshare -n $0 -j -W 1h -p 10000-10999 " LAB_PEER4);

	expect_group(&scan, "unreachable", "no-route", 1000);
}

BOTH_FAMILIES(scan, a_ring_of_one_page_makes_no_verdict_wrong)
{
	struct lab *lab = scenario_lab();
	const char *server = places_of(family)->server;
	struct scan scan;
	size_t incomplete;

	scenario_listen(lab, LAB_SERVER, family, OPEN_PORT);
	scan = scan_of(cli_once(lab, "-j", "--ring-bytes", "4096", "--rate", "0", "-W", "1s", "-p",
				"6001-8000", server));
	incomplete = expect_right(&scan, OPEN_PORT, "closed", "reset");
	expect_number(scan.total, "probes", 2000);
	expect_status(scan.result, incomplete ? 4 : 1);
}

/*
 * Their SYNs are repeated all at once, and the ring cannot have room for them: silence proves
 * nothing then.
 */
Test(scan, a_ring_of_one_page_and_nobody_who_answers)
{
	struct lab *lab = scenario_lab();
	struct scan scan;
	size_t incomplete;

	lab_peer_rule(lab, OPEN_PORT,
		      (struct peer_rule){.answer = PEER_SYN_ACK, .delay_us = 200000});
	scan = scan_of(cli_once(lab, "-j", "--ring-bytes", "4096", "-W", "1500ms", "-p",
				"6501-7500", LAB_PEER4));
	incomplete = expect_right(&scan, OPEN_PORT, "filtered", "no-reply");
	expect_number(scan.total, "probes", 1000);
	expect_status(scan.result, incomplete ? 4 : 1);
}

static struct lab *lab_with_peer(void)
{
	struct lab *lab = scenario_lab();

	lab_peer_rule(lab, OPEN_PORT, (struct peer_rule){.answer = PEER_SYN_ACK});
	lab_peer_rule(lab, 7006, (struct peer_rule){.answer = PEER_RST});
	return lab;
}

Test(scan, with_few_descriptors_it_goes_on_with_fewer_at_once_and_says_so_once)
{
	struct lab *lab = lab_with_peer();
	struct scan scan =
		scan_shell(lab, "ulimit -n 100; exec $0 -j -W 200ms -p 6706-7005 " LAB_PEER4);

	expect_status(scan.result, 1);
	cr_assert_eq(expect_right(&scan, OPEN_PORT, "filtered", "no-reply"), 0);
	expect_number(scan.total, "probes", 300);
	cr_assert_eq(cli_lines_with(scan.result.errors.bytes, "ulimit -n"), 1, "%s",
		     scan.result.errors.bytes);
	cr_assert_eq(cli_lines_with(scan.result.errors.bytes, ""), 1, "%s",
		     scan.result.errors.bytes);
}

/* Whether any is left when the BPF programs are loaded depends on the kernel. */
Test(scan, without_any_descriptor_it_ends_and_says_what_to_do)
{
	struct command_result result =
		cli_shell(lab_with_peer(),
			  "for n in 20 26 32 36 38 39 40 41 42 43 44 45 46; do "
			  "(ulimit -n $n; $0 -q --shuffle -W 100ms " CLOSED ") ; done; exit 0");

	expect_said(result.errors.bytes, "(ulimit -n)");
	cr_assert_eq(cli_lines_with(result.errors.bytes, "ktcping: "),
		     cli_lines_with(result.errors.bytes, "ulimit -n") +
			     cli_lines_with(result.errors.bytes, UNBEGUN),
		     "%s", result.errors.bytes);
	expect_said(result.output.bytes, "1 closed (reset)");
}

static struct lab *lab_with_one_port(void)
{
	struct lab *lab = lab_with_peer();

	scenario_sysctl(lab, LAB_CLIENT, "net/ipv4/ip_local_port_range", "40000 40000");
	return lab;
}

static struct scan five_times(struct lab *lab, const char *target, const char *option)
{
	char script[256];

	snprintf(script, sizeof(script), FIVE_TIMES, target, option);
	return scan_shell(lab, script);
}

/* In turn: each has the port for itself, and its SYNs too. */
BOTH_FAMILIES(scan, our_own_probes_share_one_source_port_in_turn)
{
	static const struct {
		const char *v4, *v6, *status, *reason;
	} cases[] = {
		{LAB_PEER4 ":7001", "[" LAB_PEER6 "]:7001", "open", "syn-ack"},
		{CLOSED, "[" LAB_PEER6 "]:7006", "closed", "reset"},
		{LAB_PEER4 ":7007", "[" LAB_PEER6 "]:7007", "filtered", "no-reply"},
	};
	struct lab *lab = lab_with_one_port();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scan scan =
			five_times(lab, family == AF_INET ? cases[i].v4 : cases[i].v6, "");

		expect_group(&scan, cases[i].status, cases[i].reason, 5);
		expect_number(scan.total, "targets", 5);
		cr_assert_str_empty(scan.result.errors.bytes);
	}
}

Test(scan, waiting_for_a_source_port_is_said_once_with_v)
{
	struct scan scan = five_times(lab_with_one_port(), LAB_PEER4 ":7007", "-v");

	expect_group(&scan, "filtered", "no-reply", 5);
	cr_assert_eq(cli_lines_with(scan.result.errors.bytes, "no free source port to " LAB_PEER4),
		     1, "%s", scan.result.errors.bytes);
	cr_assert_eq(cli_lines_with(scan.result.errors.bytes, ""), 1, "%s",
		     scan.result.errors.bytes);
}

/* A listener has it, and keeps it; only then is it said of the target. */
Test(scan, a_source_port_that_somebody_else_keeps_is_not_waited_for_without_an_end)
{
	struct lab *lab = lab_with_one_port();
	struct scan scan;

	scenario_listen(lab, LAB_CLIENT, AF_INET, 40000);
	scan = five_times(lab, LAB_PEER4 ":7001", "");
	expect_status(scan.result, 1);
	expect_group(&scan, "blocked", "no-source-port", 5);
	expect_number(scan.total, "syn_sent", 0);
}

/* Those in line have no verdict, and are none of those that were begun with. */
Test(scan, interrupted_while_it_waits_for_a_source_port_it_ends)
{
	struct scan scan = five_times(lab_with_one_port(), LAB_PEER4 ":7007", "-W 600 -w 2s");

	expect_status(scan.result, 1);
	expect_said(scan.result.errors.bytes, UNBEGUN);
	expect_number(scan.total, "targets", 1);
	expect_group(&scan, "aborted", "interrupted", 1);
}

/* More lines than are kept waiting: not all of the file is in memory, and each has its turn. */
Test(scan, two_thousand_lines_share_one_source_port)
{
	struct lab *lab = lab_with_one_port();
	struct command_result result = cli_shell(lab, "yes " CLOSED " | head -n 2000 | $0 -q -f -");

	expect_status(result, 1);
	expect_said(result.output.bytes, "2000 probes in ");
	expect_said(result.output.bytes, "2000 closed (reset) · ");
}

/* Enough for two threads, both of which begin with targets that want the same port. */
Test(scan, threads_wait_for_a_source_port_that_another_one_has)
{
	struct lab *lab = lab_with_one_port();
	struct scan scan;

	for (unsigned port = 10000; port < 16000; port++)
		lab_peer_rule(lab, (uint16_t)port, (struct peer_rule){.answer = PEER_RST});
	scan = scan_shell(
		lab, "awk 'BEGIN { for (i = 1; i <= 5000; i++) print \"" LAB_PEER4
		     ":\" (i < 130 && i % 64 < 3 ? 7007 : 10000 + i) }' | $0 -j -W 300ms -f -");
	expect_number(scan.total, "targets", 5000);
	expect_group(&scan, "filtered", "no-reply", 7);
	expect_group(&scan, "blocked", "no-source-port", 0);
	expect_group(&scan, "closed", "reset", 4993);
}
