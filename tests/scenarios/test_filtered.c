/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* filtered: the SYN left, and nothing came back or somebody refused on the target's behalf. */
#include "tests/scenarios/icmp_table.h"

#define PORT 7000

BOTH_FAMILIES(filtered, server_drops)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, PORT);
	scenario_nft(lab, LAB_SERVER,
		     "table inet t {\n chain input {\n type filter hook input priority 0\n tcp "
		     "dport 7000 drop\n }\n}\n");
	record = probe(lab, places_of(family)->server, PORT, "-W", "400ms");
	expect_verdict(record, "filtered", "no-reply");
	expect_number(record, "syn_sent", 1);
	expect_number(record, "syn_unanswered", 1);
	expect_text(record, "interface", "eth0");
	expect_text(record, "app.result", "in-progress");
	expect_null(record, "rtt_us");
	expect_null(record, "answer");
	expect_null(record, "drop");
}

BOTH_FAMILIES(filtered, answer_lost_on_its_way)
{
	struct lab *lab = scenario_lab();

	scenario_listen(lab, LAB_SERVER, family, PORT);
	scenario_nft(lab, LAB_ROUTER,
		     "table inet t {\n chain forward {\n type filter hook forward priority 0\n tcp "
		     "sport 7000 drop\n }\n}\n");
	expect_verdict(probe(lab, places_of(family)->server, PORT, "-W", "400ms"), "filtered",
		       "no-reply");
}

/*
 * The mystery of the tool that said "open": two SYNs, no answer, and an application that was told
 * nothing.
 */
BOTH_FAMILIES(filtered, peer_is_silent_and_every_syn_is_counted)
{
	struct lab *lab = scenario_lab();
	json_t *record = probe(lab, places_of(family)->peer, PORT, "-W", "1500ms");

	expect_verdict(record, "filtered", "no-reply");
	expect_number(record, "syn_sent", (double)lab->peer->syns_read);
	expect_number(record, "syn_unanswered", (double)lab->peer->syns_read);
	expect_note(record, "retransmitted");
}

/* One connection fits; reset by us, it waits to be accepted all the same. */
BOTH_FAMILIES(filtered, full_accept_queue)
{
	struct lab *lab = scenario_lab();
	struct error error;

	cr_assert_eq(lab_listen(lab, LAB_SERVER, family, PORT, 0, LISTENER_IGNORES, &error), 0,
		     "%s", error.text);
	expect_verdict(probe(lab, places_of(family)->server, PORT, "--hold", "0"), "open",
		       "syn-ack");
	expect_verdict(probe(lab, places_of(family)->server, PORT, "-W", "400ms"), "filtered",
		       "no-reply");
}

Test(filtered, icmp_v4)
{
	static const struct icmp_case cases[] = {
		{3, 2, "icmp-protocol-unreachable", "error", "ENOPROTOOPT"},
		{3, 3, "icmp-port-unreachable", "refused", "ECONNREFUSED"},
		{3, 9, "icmp-net-prohibited", "unreachable", "ENETUNREACH"},
		{3, 10, "icmp-host-prohibited", "unreachable", "EHOSTUNREACH"},
		{3, 13, "icmp-admin-prohibited", "unreachable", "EHOSTUNREACH"},
	};

	expect_icmp_verdicts(LAB_PEER4, LAB_PEER_ROUTER4, "filtered", cases,
			     sizeof(cases) / sizeof(cases[0]));
}

Test(filtered, icmp_v6)
{
	static const struct icmp_case cases[] = {
		{1, 1, "icmp-admin-prohibited", "error", "EACCES"},
		{1, 4, "icmp-port-unreachable", "refused", "ECONNREFUSED"},
		{1, 5, "icmp-policy-failed", "error", "EACCES"},
		{1, 6, "icmp-reject-route", "error", "EACCES"},
	};

	expect_icmp_verdicts(LAB_PEER6, LAB_PEER_ROUTER6, "filtered", cases,
			     sizeof(cases) / sizeof(cases[0]));
}

/*
 * The answer comes while connect() still owns the socket: it stays in SYN_SENT, and only the packet
 * tells.
 */
BOTH_FAMILIES(filtered, router_prohibits)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_nft(lab, LAB_ROUTER,
		     "table inet t {\n chain forward {\n type filter hook forward priority 0\n"
		     " tcp dport 7000 reject with icmpx admin-prohibited\n }\n}\n");
	record = probe(lab, places_of(family)->server, PORT);
	expect_verdict(record, "filtered", "icmp-admin-prohibited");
	expect_text(record, "answer.kind", "icmp");
	expect_text(record, "answer.from", places_of(family)->router);
	expect_syns(record, 1, 0);
	if (family == AF_INET)
		expect_app(record, "unreachable", "EHOSTUNREACH");
	else
		expect_app(record, "error", "EACCES");
}

/* The errno of a closed port, from a firewall. */
BOTH_FAMILIES(filtered, router_says_port_unreachable)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_nft(lab, LAB_ROUTER,
		     "table inet t {\n chain forward {\n type filter hook forward priority 0\n"
		     " tcp dport 7000 reject with icmpx port-unreachable\n }\n}\n");
	record = probe(lab, places_of(family)->server, PORT);
	expect_verdict(record, "filtered", "icmp-port-unreachable");
	expect_text(record, "answer.from", places_of(family)->router);
	expect_misled_app(record, "refused", "ECONNREFUSED");
}

/* Anybody can send one; only who saw our SYN can quote it. */
BOTH_FAMILIES(filtered, icmp_that_quotes_another_syn_proves_nothing)
{
	struct lab *lab = scenario_lab();

	lab_peer_rule(lab, PORT,
		      (struct peer_rule){.answer = PEER_ICMP,
					 .icmp_type = family == AF_INET ? 3 : 1,
					 .icmp_code = family == AF_INET ? 13 : 1,
					 .icmp_has_wrong_quote = true});
	expect_verdict(probe(lab, places_of(family)->peer, PORT, "-W", "400ms"), "filtered",
		       "no-reply");
}

/* Where it was dropped cannot be told from here. */
BOTH_FAMILIES(filtered, router_drops)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, PORT);
	scenario_chain(lab, LAB_ROUTER, "forward", "tcp dport 7000 drop");
	record = probe(lab, places_of(family)->server, PORT, "-W", "400ms");
	expect_verdict(record, "filtered", "no-reply");
	expect_syns(record, 1, 1);
	expect_app(record, "in-progress", NULL);
	expect_text(record, "interface", "eth0");
	expect_null(record, "answer");
	expect_null(record, "drop");
	expect_explained(record, "1 SYN left eth0, nothing came back in ");
}

/* An entry that nobody asks about any more, of a gateway whose network card has been replaced. */
BOTH_FAMILIES(filtered, gateway_of_another_link_layer_address)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, PORT);
	scenario_ip(lab, LAB_CLIENT,
		    "neighbour replace " LAB_ROUTER4
		    " lladdr 02:00:00:00:00:99 dev eth0 nud permanent\n"
		    "neighbour replace " LAB_ROUTER6
		    " lladdr 02:00:00:00:00:99 dev eth0 nud permanent\n");
	record = probe(lab, places_of(family)->server, PORT, "-W", "400ms");
	expect_verdict(record, "filtered", "no-reply");
	expect_syns(record, 1, 1);
	expect_app(record, "in-progress", NULL);
	expect_null(record, "answer");
	expect_null(record, "drop");
	expect_explained(record, "1 SYN left eth0, nothing came back");
}

/* Its patience is shorter than ours. */
BOTH_FAMILIES(filtered, the_kernel_itself_gives_up)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_sysctl(lab, LAB_CLIENT, "net/ipv4/tcp_syn_retries", "1");
	record = probe(lab, places_of(family)->peer, PORT, "-W", "9");
	expect_verdict(record, "filtered", "no-reply");
	expect_syns(record, (unsigned)lab->peer->syns_read, (unsigned)lab->peer->syns_read);
	expect_between(record, "syn_sent", 2, 8);
	expect_app(record, "timed-out", "ETIMEDOUT");
	expect_null(record, "answer");
	expect_explained(record, "nothing came back");
}

/* No answer but that: silence, with the note. */
BOTH_FAMILIES(filtered, nothing_but_fragmentation_needed)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	lab_peer_rule(lab, PORT,
		      (struct peer_rule){.answer = PEER_ICMP,
					 .icmp_type = family == AF_INET ? 3 : 2,
					 .icmp_code = family == AF_INET ? 4 : 0,
					 .icmp_info = 1300});
	record = probe(lab, places_of(family)->peer, PORT, "-W", "400ms");
	expect_verdict(record, "filtered", "no-reply");
	expect_note(record, "fragmentation-needed");
}
