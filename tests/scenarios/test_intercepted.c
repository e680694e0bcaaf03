/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* intercepted and self-connect: established, but not with the target. */
#include "tests/scenarios/scenario.h"

#define PORT	   7000
#define PROXY_PORT 7090

/* Half-open the listener has no socket for it that could tell; completed it has. */
static void expect_intercepted(int family, const char *rules)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_listen(lab, LAB_CLIENT, family, PROXY_PORT);
	scenario_nft(lab, LAB_CLIENT, rules);
	for (int i = 0; i < 2; i++) {
		record = i ? probe(lab, places_of(family)->server, PORT, "--hold", "0")
			   : probe(lab, places_of(family)->server, PORT);
		expect_verdict(record, "intercepted", "redirected-local");
		expect_text(record, "app.result", "connected");
		expect_text(record, "interface", "lo");
	}
}

/* A local proxy answers for everybody; the application is told the address that it asked for. */
BOTH_FAMILIES(intercepted, redirect_to_a_local_proxy)
{
	expect_intercepted(family, "table inet t {\n chain c {\n type nat hook output priority "
				   "-100\n tcp dport 7000 redirect to :7090\n }\n}\n");
}

BOTH_FAMILIES(intercepted, destination_rewritten_to_ourselves)
{
	expect_intercepted(family, "table ip t {\n chain c {\n type nat hook output priority "
				   "-100\n tcp dport 7000 dnat to " LAB_CLIENT4 ":7090\n }\n}\n"
				   "table ip6 t {\n chain c {\n type nat hook output priority "
				   "-100\n tcp dport 7000 dnat to [" LAB_CLIENT6 "]:7090\n }\n}\n");
}

/* Then it is that proxy's answer that was thrown away: of the target nothing is known. */
BOTH_FAMILIES(intercepted, redirect_whose_answer_is_dropped)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_listen(lab, LAB_CLIENT, family, PROXY_PORT);
	scenario_nft(lab, LAB_CLIENT,
		     "table inet t {\n chain c {\n type nat hook output priority -100\n tcp dport "
		     "7000 redirect to :7090\n }\n}\n");
	scenario_chain(lab, LAB_CLIENT, "prerouting", "iif lo tcp flags syn,ack / syn,ack drop");
	record = probe(lab, places_of(family)->server, PORT, "-W", "400ms");
	expect_verdict(record, "blocked", "redirected-local");
	expect_drop(record, "in", "NETFILTER_DROP", "nft_do_chain", "lo");
	expect_explained(record, "and dropped the answer there");
}

/* The target is this host: a redirect there takes nothing away from anybody. */
BOTH_FAMILIES(intercepted, a_server_on_this_host_is_just_open)
{
	struct lab *lab = scenario_lab();

	scenario_listen(lab, LAB_CLIENT, family, PORT);
	expect_verdict(probe(lab, places_of(family)->client, PORT), "open", "syn-ack");
}

/* Nobody listens; with one source port to choose from, the SYN meets its own socket. */
BOTH_FAMILIES(intercepted, socket_connected_to_itself)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_sysctl(lab, LAB_CLIENT, "net/ipv4/ip_local_port_range", "40000 40000");
	record = probe(lab, places_of(family)->loopback, 40000);
	expect_verdict(record, "self-connect", "self-connect");
	expect_number(record, "source_port", 40000);
}
