/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Dropped or refused by the kernel's own hooks: what this host has set up is named, and no rule
 * that is not there.
 */
#include <string.h>

#include "tests/scenarios/cli.h"
#include "tests/scenarios/paths.h"
#include "tests/scenarios/plain.h"
#include "tests/scenarios/scenario.h"

#define PORT	  7000
#define PORT_TEXT "7000"
/* For a SYN that is sent again, and told why it cannot. */
#define LONG_ENOUGH "1500ms"

static void expect_hint(struct lab *lab, const char *host, const char *hint)
{
	struct command_result result =
		cli(lab, "--explain", "-c", "1", "-W", LONG_ENOUGH, host, PORT_TEXT);

	expect_status(result, 1);
	expect_said(result.output.bytes, hint);
	expect_not_said(result.output.bytes, "list the rules");
}

/* A connection to a port of this host, published for another one: its source stays 127.0.0.1. */
Test(hooks, nat_of_a_loopback_address_without_route_localnet)
{
	struct lab *lab = scenario_lab();

	scenario_nft(lab, LAB_CLIENT,
		     "table ip t {\n chain c {\n type nat hook output priority -100\n tcp dport "
		     "7000 dnat to " LAB_SERVER4 ":7000\n }\n}\n");
	expect_verdict(probe(lab, "127.0.0.1", PORT, "-W", LONG_ENOUGH), "blocked", "dropped-out");
	expect_hint(lab, "127.0.0.1", "needs route_localnet");
}

/* Rules of IPv6 are told by the option alone, so that a batch has those of IPv4 only. */
static void lead_marked(struct lab *lab, int family)
{
	const char *option = family == AF_INET ? "-4" : "-6";
	const char *const rule[] = {"ip", option,  "rule", "add", "fwmark",
				    "7",  "table", "77",   NULL};
	const char *const route[] = {"ip",	option,	 "route", "add", "prohibit",
				     "default", "table", "77",	  NULL};
	struct command_result result;
	struct error error;

	cr_assert_eq(lab_run(lab, LAB_CLIENT, rule, SCENARIO_TIMEOUT_MS, &result, &error), 0, "%s",
		     error.text);
	cr_assert_eq(lab_run(lab, LAB_CLIENT, route, SCENARIO_TIMEOUT_MS, &result, &error), 0, "%s",
		     error.text);
}

/* A rule sets the mark, and the SYN is routed anew. */
static void expect_marked_refused(struct lab *lab, int family, const char *hint)
{
	scenario_nft(lab, LAB_CLIENT,
		     "table inet t {\n chain c {\n type route hook output priority -150\n tcp "
		     "dport 7000 meta mark set 7\n }\n}\n");
	expect_verdict(probe(lab, places_of(family)->server, PORT, "-W", LONG_ENOUGH), "blocked",
		       "dropped-out");
	expect_hint(lab, places_of(family)->server, hint);
}

/* The mark leads to a table that forbids it, but only once a rule has set it. */
BOTH_FAMILIES(hooks, a_mark_that_leads_to_a_prohibit_route)
{
	struct lab *lab = scenario_lab();

	lead_marked(lab, family);
	expect_marked_refused(lab, family, "EACCES: a prohibit route or rule");
}

/* Of the address it comes from nothing is wrong. */
BOTH_FAMILIES(hooks, a_mark_that_leads_to_a_blackhole_rule)
{
	struct lab *lab = scenario_lab();

	paths_tool(lab, LAB_CLIENT, "ip", family == AF_INET ? "-4" : "-6", "rule", "add", "fwmark",
		   "7", "blackhole");
	expect_marked_refused(lab, family, "EINVAL: a blackhole route or rule");
}

/* One source port for everybody, and it is taken by a connection to the same server. */
BOTH_FAMILIES(hooks, nat_that_finds_no_free_port)
{
	struct lab *lab = scenario_lab();

	scenario_listen(lab, LAB_SERVER, family, PORT);
	scenario_nft(lab, LAB_CLIENT,
		     "table inet t {\n chain c {\n type nat hook postrouting priority 100\n meta "
		     "l4proto tcp oif eth0 masquerade to "
		     ":5000\n }\n}\n");
	plain_connected(lab, LAB_CLIENT, places_of(family)->server, PORT);
	expect_verdict(probe(lab, places_of(family)->server, PORT, "-W", LONG_ENOUGH), "blocked",
		       "dropped-out");
	expect_hint(lab, places_of(family)->server, "conntrack -S (insert_failed, drop)");
}

BOTH_FAMILIES(hooks, a_policy_of_ipsec_that_blocks)
{
	struct lab *lab = scenario_lab();
	char line[256];

	snprintf(line, sizeof(line), "xfrm policy add dir out dst %s action block\n",
		 places_of(family)->server);
	scenario_ip(lab, LAB_CLIENT, line);
	expect_hint(lab, places_of(family)->server,
		    "this host has IPsec policies; see: ip xfrm policy");
}

/* The state that it asks for is not there, and nobody is asked for one. */
BOTH_FAMILIES(hooks, a_policy_of_ipsec_without_a_state)
{
	struct lab *lab = scenario_lab();
	char line[256];

	snprintf(line, sizeof(line),
		 "xfrm policy add dir out dst %s tmpl proto esp mode transport\n",
		 places_of(family)->server);
	scenario_ip(lab, LAB_CLIENT, line);
	expect_hint(lab, places_of(family)->server,
		    "this host has IPsec policies; see: ip xfrm policy");
}
