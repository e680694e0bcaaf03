/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * SYNs that ask for ECN or carry a type of service: where only a plain one is answered, that is
 * worth a word.
 */
#include "tests/scenarios/scenario.h"

#define PORT 7000

static struct lab *lab_with_ecn(void)
{
	struct lab *lab = scenario_lab();

	scenario_sysctl(lab, LAB_CLIENT, "net/ipv4/tcp_ecn", "1");
	return lab;
}

/* Something on the way swallows what asks for ECN; the kernel's second try does not ask. */
BOTH_FAMILIES(ecn, only_the_syn_without_it_is_answered)
{
	struct lab *lab = lab_with_ecn();
	json_t *record;

	lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_SYN_ACK, .drop_first = 1});
	record = probe(lab, places_of(family)->peer, PORT);
	expect_verdict(record, "open", "syn-ack");
	expect_note(record, "retransmitted");
	expect_syns(record, 2, 1);
	expect_app(record, "connected", NULL);
	expect_note(record, "suspected-ecn-black-hole");
}

/* A firewall that does so, before a real server. */
BOTH_FAMILIES(ecn, a_router_drops_what_asks_for_it)
{
	struct lab *lab = lab_with_ecn();
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, PORT);
	scenario_chain(lab, LAB_ROUTER, "forward",
		       "tcp flags & (syn | ecn | cwr) == syn | ecn | cwr drop");
	record = probe(lab, places_of(family)->server, PORT);
	expect_verdict(record, "open", "syn-ack");
	expect_syns(record, 2, 1);
	expect_note(record, "suspected-ecn-black-hole");
}

/* A lost SYN alone is no sign of that. */
BOTH_FAMILIES(ecn, a_lost_syn_that_did_not_ask_is_no_suspect)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_sysctl(lab, LAB_CLIENT, "net/ipv4/tcp_ecn", "0");
	lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_SYN_ACK, .drop_first = 1});
	record = probe(lab, places_of(family)->peer, PORT);
	expect_verdict(record, "open", "syn-ack");
	expect_syns(record, 2, 1);
	expect_no_note(record, "suspected-ecn-black-hole");
}

BOTH_FAMILIES(ecn, a_server_that_knows_it)
{
	struct lab *lab = lab_with_ecn();
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, PORT);
	record = probe(lab, places_of(family)->server, PORT);
	expect_verdict(record, "open", "syn-ack");
	expect_syns(record, 1, 0);
	expect_no_note(record, "suspected-ecn-black-hole");
}

/* Expedited forwarding; and that it is on the wire, with ECN's bits apart. */
BOTH_FAMILIES(ecn, beside_a_type_of_service)
{
	struct lab *lab = lab_with_ecn();
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, PORT);
	scenario_chain(lab, LAB_ROUTER, "forward",
		       family == AF_INET ? "tcp dport 7000 ip dscp != ef drop"
					 : "tcp dport 7000 ip6 dscp != ef drop");
	record = probe(lab, places_of(family)->server, PORT, "-Q", "0xb8", "-W", "400ms");
	expect_verdict(record, "open", "syn-ack");
	expect_syns(record, 1, 0);
	expect_app(record, "connected", NULL);
	expect_no_note(record, "suspected-ecn-black-hole");
	expect_verdict(probe(lab, places_of(family)->server, PORT, "-W", "400ms"), "filtered",
		       "no-reply");
}
