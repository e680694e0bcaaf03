/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Answers that come from elsewhere than the SYN went to, and SYNs that come back: NAT on the way
 * that does its work by half.
 */
#include <stdio.h>

#include "tests/scenarios/scan.h"
#include "tests/scenarios/scenario.h"

#define PORT 7000

/* The router rewrites each packet for itself, and knows no connection. */
static void rewrite(struct lab *lab, const char *rule4, const char *rule6)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "table ip t {\n chain c {\n type filter hook prerouting priority raw\n %s\n }\n}\n"
		 "table ip6 t {\n chain c {\n type filter hook prerouting priority raw\n %s\n "
		 "}\n}\n",
		 rule4, rule6);
	scenario_nft(lab, LAB_ROUTER, text);
}

/*
 * What is for an address that nobody has goes to the server, and the server's answer comes as its
 * own.
 */
static struct lab *lab_with_half_a_nat(void)
{
	struct lab *lab = scenario_lab();

	rewrite(lab, "ip daddr " LAB_NOWHERE4 " ip daddr set " LAB_SERVER4,
		"ip6 daddr " LAB_NOWHERE6 " ip6 daddr set " LAB_SERVER6);
	return lab;
}

static void expect_from_server(const json_t *record, int family, const char *kind)
{
	expect_verdict(record, "invalid", "from-elsewhere");
	expect_answer(record, kind, places_of(family)->server);
	expect_syns(record, 1, 0);
	expect_null(record, "rtt_us");
	expect_null(record, "rtt_candidates_us");
	expect_app(record, "in-progress", NULL);
	expect_explained(record, family == AF_INET
					 ? "10.2.0.2:7000 instead of 10.3.0.2:7000"
					 : "[fd00:2::2]:7000 instead of [fd00:3::2]:7000");
	expect_explained(record, "NAT without masquerade");
}

BOTH_FAMILIES(elsewhere, a_syn_ack_from_behind_the_nat)
{
	struct lab *lab = lab_with_half_a_nat();
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, PORT);
	record = probe(lab, places_of(family)->nowhere, PORT, "-W", "400ms");
	expect_from_server(record, family, "syn-ack");
	expect_explained(record, "a SYN-ACK for our SYN came from");
	expect_explained(record, "this host reset it");
	expect_drop(record, "in", "NO_SOCKET", family == AF_INET ? "tcp_v4_rcv" : "tcp_v6_rcv",
		    "eth0");
}

BOTH_FAMILIES(elsewhere, a_reset_from_behind_the_nat)
{
	struct lab *lab = lab_with_half_a_nat();

	expect_from_server(probe(lab, places_of(family)->nowhere, PORT, "-W", "400ms"), family,
			   "rst");
}

/* The firewall here knows no connection for it. */
BOTH_FAMILIES(elsewhere, a_syn_ack_from_behind_the_nat_that_a_rule_drops)
{
	struct lab *lab = lab_with_half_a_nat();
	json_t *record;

	scenario_chain(lab, LAB_CLIENT, "input", "tcp sport 7000 ct state invalid drop");
	scenario_listen(lab, LAB_SERVER, family, PORT);
	record = probe(lab, places_of(family)->nowhere, PORT, "-W", "400ms");
	expect_from_server(record, family, "syn-ack");
	expect_drop(record, "in", "NETFILTER_DROP", "nft_do_chain", "eth0");
	expect_explained(record,
			 "it was dropped here: NETFILTER_DROP in nft_do_chain (inbound, eth0)");
}

BOTH_FAMILIES(elsewhere, a_syn_ack_from_another_port)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	rewrite(lab, "tcp dport 7001 tcp dport set 7000", "tcp dport 7001 tcp dport set 7000");
	scenario_listen(lab, LAB_SERVER, family, PORT);
	record = probe(lab, places_of(family)->server, 7001, "-W", "400ms");
	expect_verdict(record, "invalid", "from-elsewhere");
	expect_answer(record, "syn-ack", places_of(family)->server);
	expect_explained(record, family == AF_INET
					 ? "10.2.0.2:7000 instead of 10.2.0.2:7001"
					 : "[fd00:2::2]:7000 instead of [fd00:2::2]:7001");
}

/* Another one of this host. */
BOTH_FAMILIES(elsewhere, a_syn_ack_to_another_address)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_ip(lab, LAB_CLIENT,
		    "address add 10.1.0.9/24 dev eth0\naddress add fd00:1::9/64 dev eth0 nodad "
		    "preferred_lft 0\n");
	rewrite(lab, "tcp sport 7000 ip daddr set 10.1.0.9",
		"tcp sport 7000 ip6 daddr set fd00:1::9");
	scenario_listen(lab, LAB_SERVER, family, PORT);
	record = probe(lab, places_of(family)->server, PORT, "-W", "400ms");
	expect_verdict(record, "invalid", "from-elsewhere");
	expect_answer(record, "syn-ack", places_of(family)->server);
	expect_explained(record, "to another address than the SYN's");
}

/* When the NAT is mended meanwhile, the answer is the target's. */
BOTH_FAMILIES(elsewhere, a_right_answer_makes_it_open)
{
	struct lab *lab = scenario_lab();
	struct peer_rule stray = {.answer = PEER_SYN_ACK, .sender_offset = 1},
			 right = {.answer = PEER_SYN_ACK};

	lab->peer->scripts[PORT] = (struct peer_script){{{1, stray}, {2, right}}};
	lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_SCRIPTED});
	expect_verdict(probe(lab, places_of(family)->peer, PORT, "-W", "3s"), "open", "syn-ack");
}

static void expect_returned(struct lab *lab, int family, const char *reason)
{
	json_t *record = probe(lab, places_of(family)->nowhere, PORT, "-W", "400ms");

	expect_verdict(record, "unreachable", "syn-returned");
	expect_syns(record, 1, 1);
	expect_null(record, "answer");
	expect_explained(record, "our own SYN was sent back to this host (eth0)");
	if (reason)
		expect_text(record, "drop.reason", reason);
}

/* What is for the public address goes to this very host. */
BOTH_FAMILIES(elsewhere, our_own_syn_by_a_nat_that_leads_back)
{
	struct lab *lab = scenario_lab();

	rewrite(lab, "ip daddr " LAB_NOWHERE4 " ip daddr set " LAB_CLIENT4,
		"ip6 daddr " LAB_NOWHERE6 " ip6 daddr set " LAB_CLIENT6);
	expect_returned(lab, family, NULL);
}

/* The server is here, and answers itself over loopback. */
BOTH_FAMILIES(elsewhere, our_own_syn_by_a_nat_that_leads_back_to_a_server_here)
{
	struct lab *lab = scenario_lab();

	rewrite(lab, "ip daddr " LAB_NOWHERE4 " ip daddr set " LAB_CLIENT4,
		"ip6 daddr " LAB_NOWHERE6 " ip6 daddr set " LAB_CLIENT6);
	scenario_listen(lab, LAB_CLIENT, family, PORT);
	expect_returned(lab, family, NULL);
}

/* The router takes this host for the way there. */
BOTH_FAMILIES(elsewhere, our_own_syn_by_a_route_that_leads_back)
{
	struct lab *lab = scenario_lab();

	scenario_ip(lab, LAB_ROUTER,
		    "route add 10.3.0.0/24 via " LAB_CLIENT4
		    "\nroute add fd00:3::/64 via " LAB_CLIENT6 "\n");
	expect_returned(lab, family, NULL);
}

BOTH_FAMILIES(elsewhere, in_a_scan_as_well)
{
	struct lab *lab = lab_with_half_a_nat();
	struct scan scan;

	scenario_listen(lab, LAB_SERVER, family, PORT);
	scan = scan(lab, "-W", "400ms", "--rate", "0", "-p", "6950-7049",
		    places_of(family)->nowhere);
	expect_number(scan.total, "status.invalid", 100);
}

/* A second link to the router, which sends by it what is for the client's first address. */
static void add_other_way(struct lab *lab)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "link add eth9 type veth peer name eth9 netns %d\naddress add 10.4.0.2/24 dev "
		 "eth9\n"
		 "address add fd00:4::2/64 dev eth9 nodad\nlink set eth9 up\n",
		 lab->hosts[LAB_ROUTER].holder);
	scenario_ip(lab, LAB_CLIENT, text);
	scenario_ip(lab, LAB_ROUTER,
		    "address add 10.4.0.1/24 dev eth9\naddress add fd00:4::1/64 dev eth9 "
		    "nodad\nlink set eth9 up\n"
		    "route add " LAB_CLIENT4 "/32 via 10.4.0.2\nroute add " LAB_CLIENT6
		    "/128 via fd00:4::2\n");
}

static json_t *probe_bound(struct lab *lab, int family)
{
	json_t *record = probe(lab, places_of(family)->server, PORT, "-I", "eth0", "-W", "400ms");

	expect_verdict(record, "blocked", "other-device");
	expect_syns(record, 1, 0);
	expect_drop(record, "in", "NO_SOCKET", family == AF_INET ? "tcp_v4_rcv" : "tcp_v6_rcv",
		    "eth9");
	return record;
}

BOTH_FAMILIES(elsewhere, an_answer_by_another_device_than_the_sockets)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	add_other_way(lab);
	scenario_listen(lab, LAB_SERVER, family, PORT);
	expect_verdict(probe(lab, places_of(family)->server, PORT), "open",
		       "syn-ack"); /* of no device: any will do */
	record = probe_bound(lab, family);
	expect_answer(record, "syn-ack", places_of(family)->server);
	expect_explained(record, "the SYN-ACK came in by eth9, but the socket is bound to eth0");
}

BOTH_FAMILIES(elsewhere, a_reset_by_another_device_than_the_sockets)
{
	struct lab *lab = scenario_lab();

	add_other_way(lab);
	expect_verdict(probe(lab, places_of(family)->server, PORT), "closed", "reset");
	expect_answer(probe_bound(lab, family), "rst", places_of(family)->server);
}

/* A NAT box rewrites our SYN, and not what the ICMP error about it quotes. */
BOTH_FAMILIES(elsewhere, an_icmp_error_about_a_rewritten_syn)
{
	struct lab *lab = lab_with_half_a_nat();
	json_t *record;

	scenario_chain(lab, LAB_SERVER, "input",
		       "tcp dport 7000 reject with icmpx admin-prohibited");
	record = probe(lab, places_of(family)->nowhere, PORT, "-W", "400ms");
	expect_verdict(record, "filtered", "icmp-admin-prohibited");
	expect_text(record, "answer.from", places_of(family)->server);
	expect_null(record, "rtt_us");
	expect_app(record, "in-progress", NULL);
}
