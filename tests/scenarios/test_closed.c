/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* closed: the socket accepted a RST that answered our SYN. */
#include "tests/scenarios/scenario.h"

#define PORT 7000

BOTH_FAMILIES(closed, real_server)
{
	struct lab *lab = scenario_lab();
	json_t *record = probe(lab, places_of(family)->server, PORT);

	expect_verdict(record, "closed", "reset");
	expect_text(record, "answer.kind", "rst");
	expect_text(record, "answer.from", places_of(family)->server);
	expect_text(record, "app.result", "refused");
	expect_text(record, "app.errno", "ECONNREFUSED");
	expect_number(record, "syn_sent", 1);
	expect_number(record, "syn_unanswered", 0);
}

BOTH_FAMILIES(closed, this_host)
{
	struct lab *lab = scenario_lab();

	expect_verdict(probe(lab, places_of(family)->loopback, PORT), "closed", "reset");
}

/* Dropping the first SYN, a rule here has not refused the second one. */
static void drop_first_syn(struct lab *lab)
{
	scenario_nft(lab, LAB_CLIENT,
		     "table inet t\ndelete table inet t\ntable inet t {\n chain input {\n type "
		     "filter hook input priority 0\n"
		     " tcp dport 7000 limit rate 1/hour burst 1 packets drop\n }\n}\n");
}

BOTH_FAMILIES(closed, this_host_after_it_dropped_the_first_syn)
{
	struct lab *lab = scenario_lab();
	json_t *record = scenario_probe_prepared(lab, drop_first_syn, places_of(family)->loopback,
						 PORT, (const char *const[]){NULL});

	expect_verdict(record, "closed", "reset");
	expect_syns(record, 2, 1);
	expect_drop(record, "in", "NETFILTER_DROP", "nft_do_chain", "lo");
	expect_between(record, "rtt_us", 1,
		       300000); /* nobody but the second one can have been answered */
	expect_explained(record, "the first SYN was dropped here");
}

BOTH_FAMILIES(closed, peer_resets_after_a_while)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	lab_peer_rule(lab, PORT,
		      (struct peer_rule){.answer = PEER_RST, .delay_us = 20000, .ttl = 50});
	record = probe(lab, places_of(family)->peer, PORT);
	expect_verdict(record, "closed", "reset");
	expect_number(record, "answer.ttl", 50);
}

/* A firewall that resets on the server's behalf looks like the server, but for the distance. */
BOTH_FAMILIES(closed, router_resets_for_the_server)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, PORT);
	scenario_nft(lab, LAB_ROUTER,
		     "table inet t {\n chain forward {\n type filter hook forward priority 0\n tcp "
		     "dport 7000 reject with tcp reset\n }\n}\n");
	record = probe(lab, places_of(family)->server, PORT);
	expect_verdict(record, "closed", "reset");
	expect_number(record, "answer.ttl", 64);
}

/*
 * Beside an open port of the same host the distance gives it away; the status stays, for all that
 * is proven.
 */
BOTH_FAMILIES(closed, router_resets_one_port_of_two)
{
	struct lab *lab = scenario_lab();
	const char *server = places_of(family)->server;
	json_t *lines, *line;
	unsigned suspected = 0;
	int status;
	size_t i;

	scenario_listen(lab, LAB_SERVER, family, PORT);
	scenario_chain(lab, LAB_ROUTER, "forward", "tcp dport 7001 reject with tcp reset");
	lines = scenario_lines(lab,
			       (const char *const[]){"-j", "-c", "2", "-i", "200ms", "-p",
						     "7000,7001", server, NULL},
			       &status);
	json_array_foreach(lines, i, line)
	{
		if (!field_is_text(line, "type", "probe") ||
		    !field_is_text(line, "status", "closed") ||
		    json_integer_value(field(line, "seq")) != 2)
			continue;
		expect_number(line, "port", 7001);
		expect_note(line, "suspected-middlebox");
		expect_number(line, "answer.ttl", 64);
		expect_number(line, "answer.other_ttl", 63);
		expect_explained(
			line, "suspicious: the RST has ttl 64 where a SYN-ACK of this host had 63");
		suspected++;
	}
	cr_assert_eq(suspected, 1, "status %d: %s", status, record_text(lines));
}

/* RST wins: the socket is told of nothing else. */
BOTH_FAMILIES(closed, peer_answers_with_a_reset_that_is_a_syn_ack_too)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_RST_SYN});
	record = probe(lab, places_of(family)->peer, PORT, "-W", "400ms");
	expect_verdict(record, "closed", "reset");
	expect_answer(record, "rst", places_of(family)->peer);
	expect_syns(record, 1, 0);
	expect_app(record, "refused", "ECONNREFUSED");
	expect_null(record, "drop");
	expect_explained(record, "a RST answering our SYN came in on tun0");
}
