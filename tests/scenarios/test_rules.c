/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Routing rules that let nothing through: they are told from routes that do so, and no route is
 * blamed that is not there.
 */
#include <stdio.h>
#include <string.h>

#include "tests/scenarios/paths.h"
#include "tests/scenarios/scan.h"

#define PORT 7000

static const struct kind {
	const char *type, *reason, *error, *result, *by_rule, *by_route;
} kinds[] = {
	{"unreachable", "route-unreachable", "ENETUNREACH", "unreachable",
	 "a routing rule of this host (ip rule) says unreachable",
	 "the route to it is of type unreachable"},
	{"prohibit", "route-prohibit", "EACCES", "error",
	 "a routing rule of this host (ip rule) prohibits it", "the route to it prohibits it"},
	{"blackhole", "route-blackhole", "EINVAL", "error",
	 "a routing rule of this host (ip rule) is a blackhole for it",
	 "the route to it is a blackhole"},
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* words: of `ip rule add` or `ip route add`, with one %s for the type. */
static void add(struct lab *lab, int family, const char *object, const char *words,
		const char *type)
{
	char command[256];
	int used = snprintf(command, sizeof(command), "ip -%d %s add ", family == AF_INET ? 4 : 6,
			    object);

	snprintf(command + used, sizeof(command) - (size_t)used, words, type);
	paths_tool(lab, LAB_CLIENT, "sh", "-c", command);
}

static void expect_refused(const json_t *record, const struct kind *kind, const char *explained)
{
	expect_verdict(record, "unreachable", kind->reason);
	expect_syns(record, 0, 0);
	expect_explained(record, explained);
}

static void expect_rule_blamed(int family, const char *words, const char *option, const char *value)
{
	for (size_t i = 0; i < KINDS; i++) {
		struct lab *lab = scenario_lab();
		json_t *record;

		add(lab, family, "rule", words, kinds[i].type);
		record = probe(lab, places_of(family)->server, PORT, option, value);
		expect_refused(record, &kinds[i], kinds[i].by_rule);
		expect_app(record, kinds[i].result, kinds[i].error);
		lab_free(lab);
	}
}

BOTH_FAMILIES(rules, for_everything)
{
	expect_rule_blamed(family, "pref 10 %s", "-W", "1");
}

BOTH_FAMILIES(rules, are_what_the_hint_leads_to)
{
	struct lab *lab = scenario_lab();

	add(lab, family, "rule", "pref 10 %s", "prohibit");
	expect_said(
		cli(lab, "--explain", "-c", "1", places_of(family)->server, "7000").output.bytes,
		family == AF_INET ? "see: ip -4 rule" : "see: ip -6 rule");
}

BOTH_FAMILIES(rules, for_a_network)
{
	expect_rule_blamed(family,
			   family == AF_INET ? "to 10.2.0.0/16 pref 10 %s"
					     : "to fd00:2::/32 pref 10 %s",
			   "-W", "1");
}

BOTH_FAMILIES(rules, for_a_mark)
{
	expect_rule_blamed(family, "fwmark 0x10/0x30 pref 10 %s", "-m", "0x5f");
}

BOTH_FAMILIES(rules, for_a_port)
{
	expect_rule_blamed(family, "ipproto tcp dport 6999-7001 pref 10 %s", "-W", "1");
}

BOTH_FAMILIES(rules, for_all_that_is_not_marked)
{
	expect_rule_blamed(family, "not fwmark 7 pref 10 %s", "-W", "1");
}

/* The kernel's own choice, which no one asked for: IPv6 chooses it after the way. */
Test(rules, for_the_source_that_the_kernel_chooses)
{
	expect_rule_blamed(AF_INET, "from " LAB_CLIENT4 " pref 10 %s", "-W", "1");
}

BOTH_FAMILIES(rules, for_a_source)
{
	expect_rule_blamed(family,
			   family == AF_INET ? "from 10.1.0.0/24 pref 10 %s"
					     : "from fd00:1::/64 pref 10 %s",
			   "-S", places_of(family)->client);
}

/* Bound to a device IPv4 takes what no route leads to for a neighbour. */
Test(rules, for_a_device)
{
	expect_rule_blamed(AF_INET6, "oif eth0 pref 10 %s", "-I", "eth0");
}

/* Behind the tables: what no route leads to. */
BOTH_FAMILIES(rules, behind_the_main_table)
{
	for (size_t i = 0; i < KINDS; i++) {
		struct lab *lab = scenario_lab();

		add(lab, family, "rule", "pref 40000 %s", kinds[i].type);
		expect_refused(probe(lab, places_of(family)->unrouted, PORT), &kinds[i],
			       kinds[i].by_rule);
		lab_free(lab);
	}
}

BOTH_FAMILIES(rules, a_route_before_the_rule)
{
	for (size_t i = 0; i < KINDS; i++) {
		struct lab *lab = scenario_lab();

		add(lab, family, "rule", "pref 40000 %s", kinds[i].type);
		add(lab, family, "route", family == AF_INET ? "%s 10.2.0.0/25" : "%s fd00:2::/96",
		    kinds[i].type);
		expect_refused(probe(lab, places_of(family)->server, PORT), &kinds[i],
			       kinds[i].by_route);
		lab_free(lab);
	}
}

/* None of them is about this connect. */
BOTH_FAMILIES(rules, for_others)
{
	struct lab *lab = scenario_lab();

	add(lab, family, "rule", "fwmark 7 pref 10 %s", "unreachable");
	add(lab, family, "rule", "uidrange 4711-4711 pref 11 %s", "unreachable");
	add(lab, family, "rule", "ipproto udp pref 12 %s", "unreachable");
	add(lab, family, "rule", "iif eth0 pref 13 %s", "unreachable");
	add(lab, family, "rule", "to %s pref 14 unreachable", places_of(family)->server);
	expect_verdict(probe(lab, places_of(family)->unrouted, PORT), "unreachable", "no-route");
}

BOTH_FAMILIES(rules, added_after_the_first_syn)
{
	struct lab *lab = scenario_lab();
	struct command_process process =
		cli_start(lab, "-j", "-c", "1", "-W", "3", places_of(family)->peer, "7000");
	json_t *record;

	scenario_await_syns(lab, 1);
	add(lab, family, "rule", "pref 10 %s", "unreachable");
	record = scenario_record(cli_json(cli_finish(&process).output.bytes), "probe", NULL, NULL);
	expect_verdict(record, "unreachable", "route-unreachable");
	expect_explained(record, "by now a routing rule of this host (ip rule) says unreachable");
}

BOTH_FAMILIES(rules, in_a_scan_as_well)
{
	struct lab *lab = scenario_lab();
	struct scan scan;

	add(lab, family, "rule", "ipproto tcp dport 7000-7033 pref 10 %s", "unreachable");
	add(lab, family, "rule", "ipproto tcp dport 7034-7066 pref 11 %s", "prohibit");
	add(lab, family, "rule", "ipproto tcp dport 7067-7099 pref 12 %s", "blackhole");
	scan = scan(lab, "-p", "7000-7099", places_of(family)->server);
	expect_group(&scan, "unreachable", "route-unreachable", 34);
	expect_group(&scan, "unreachable", "route-prohibit", 33);
	expect_group(&scan, "unreachable", "route-blackhole", 33);
}
