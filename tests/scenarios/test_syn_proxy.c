/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A router that shakes hands for its servers, whether they live or not: open is all that can be
 * proven, and the note is the doubt.
 */
#include "tests/scenarios/scenario.h"

#define PORT 7000

static struct lab *lab_with_proxy(void)
{
	struct lab *lab = scenario_lab();

	scenario_sysctl(lab, LAB_ROUTER, "net/netfilter/nf_conntrack_tcp_loose", "0");
	scenario_nft(lab, LAB_ROUTER,
		     "table inet t {\n"
		     " chain raw {\n type filter hook prerouting priority raw\n iifname eth0 tcp "
		     "dport 7000 tcp flags syn notrack\n }\n"
		     " chain proxy {\n type filter hook forward priority 0\n"
		     " tcp dport 7000 ct state invalid,untracked synproxy mss 1460 wscale 7 "
		     "timestamp sack-perm\n"
		     " ct state invalid drop\n }\n}\n");
	return lab;
}

static void expect_proxied(const json_t *record, int family)
{
	expect_verdict(record, "open", "syn-ack");
	expect_answer(record, "syn-ack", places_of(family)->server);
	expect_number(record, "answer.window", 0);
	expect_number(record, "answer.ttl", 64); /* the router's, where the server's would be 63 */
	expect_syns(record, 1, 0);
	expect_app(record, "connected", NULL);
	expect_note(record, "suspected-syn-proxy");
}

BOTH_FAMILIES(syn_proxy, before_a_dead_server)
{
	struct lab *lab = lab_with_proxy();

	scenario_chain(lab, LAB_SERVER, "input", "tcp dport 7000 drop");
	expect_proxied(probe(lab, places_of(family)->server, PORT), family);
}

BOTH_FAMILIES(syn_proxy, before_a_living_server)
{
	struct lab *lab = lab_with_proxy();

	scenario_listen(lab, LAB_SERVER, family, PORT);
	expect_proxied(probe(lab, places_of(family)->server, PORT, "--hold", "100ms"), family);
}

BOTH_FAMILIES(syn_proxy, nobody_is_suspected_without_one)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, PORT);
	record = probe(lab, places_of(family)->server, PORT);
	expect_verdict(record, "open", "syn-ack");
	expect_no_note(record, "suspected-syn-proxy");
}
