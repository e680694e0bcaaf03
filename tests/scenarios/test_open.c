/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* open: a SYN-ACK answered our SYN and the socket became established. */
#include "tests/scenarios/scenario.h"

#define PORT 7000

BOTH_FAMILIES(open, real_server)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, PORT);
	record = probe(lab, places_of(family)->server, PORT);
	expect_verdict(record, "open", "syn-ack");
	expect_text(record, "source", places_of(family)->client);
	expect_text(record, "interface", "eth0");
	expect_text(record, "answer.kind", "syn-ack");
	expect_text(record, "answer.from", places_of(family)->server);
	expect_number(record, "answer.ttl", 63);
	expect_text(record, "app.result", "connected");
	expect_number(record, "syn_sent", 1);
	expect_number(record, "syn_unanswered", 0);
	expect_between(record, "rtt_us", 1, 900000);
	expect_null(record, "rtt_candidates_us");
	expect_null(record, "wire_destination");
	expect_null(record, "drop");
}

BOTH_FAMILIES(open, server_on_this_host)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_listen(lab, LAB_CLIENT, family, PORT);
	record = probe(lab, places_of(family)->loopback, PORT);
	expect_verdict(record, "open", "syn-ack");
	expect_text(record, "interface", "lo");
}

/* The peer's own clock says how long it held the answer back. */
BOTH_FAMILIES(open, rtt_is_no_less_than_the_peer_took)
{
	struct lab *lab = scenario_lab();
	struct peer_event syn, answer;
	json_t *record;

	lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_SYN_ACK, .delay_us = 50000});
	record = probe(lab, places_of(family)->peer, PORT);
	expect_verdict(record, "open", "syn-ack");
	cr_assert(peer_event_find(lab->peer, PEER_SYN_READ, PORT, 0, &syn));
	cr_assert(peer_event_find(lab->peer, PEER_ANSWER_WRITTEN, PORT, 0, &answer));
	expect_between(record, "rtt_us", (double)(answer.time_ns - syn.time_ns) / 1000, 900000);
	expect_text(record, "interface", "tun0");
}

/* "Lost" is never claimed: the first SYN is unanswered. */
BOTH_FAMILIES(open, second_syn_answered_is_timed_from_the_second)
{
	struct lab *lab = scenario_lab();
	struct peer_event syn, answer;
	json_t *record;

	lab_peer_rule(
		lab, PORT,
		(struct peer_rule){.answer = PEER_SYN_ACK, .drop_first = 1, .delay_us = 30000});
	record = probe(lab, places_of(family)->peer, PORT);
	expect_verdict(record, "open", "syn-ack");
	expect_number(record, "syn_sent", 2);
	expect_number(record, "syn_unanswered", 1);
	cr_assert(peer_event_find(lab->peer, PEER_SYN_READ, PORT, 1, &syn));
	cr_assert(peer_event_find(lab->peer, PEER_ANSWER_WRITTEN, PORT, 0, &answer));
	expect_between(record, "rtt_us", (double)(answer.time_ns - syn.time_ns) / 1000, 900000);
	expect_null(record, "rtt_candidates_us");
	expect_note(record, "retransmitted");
}

BOTH_FAMILIES(open, a_duplicate_syn_ack_changes_nothing)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_SYN_ACK, .repeats = 1});
	record = probe(lab, places_of(family)->peer, PORT);
	expect_verdict(record, "open", "syn-ack");
	expect_number(record, "syn_unanswered", 0);
}

BOTH_FAMILIES(open, a_connection_reset_after_the_handshake_was_open)
{
	struct lab *lab = scenario_lab();

	lab_peer_rule(lab, PORT,
		      (struct peer_rule){.answer = PEER_SYN_ACK, .after = PEER_AFTER_RST});
	expect_verdict(probe(lab, places_of(family)->peer, PORT), "open", "syn-ack");
}

BOTH_FAMILIES(open, destination_rewritten_to_another_host)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, PORT);
	scenario_nft(lab, LAB_CLIENT,
		     "table ip t {\n chain output {\n type nat hook output priority -100\n ip "
		     "daddr " LAB_NOWHERE4 " dnat to " LAB_SERVER4 "\n }\n}\n"
		     "table ip6 t {\n chain output {\n type nat hook output priority -100\n ip6 "
		     "daddr " LAB_NOWHERE6 " dnat to " LAB_SERVER6 "\n }\n}\n");
	record = probe(lab, places_of(family)->nowhere, PORT);
	expect_verdict(record, "open", "syn-ack");
	expect_note(record, "rewritten-to");
	cr_assert(json_string_value(field(record, "wire_destination")) &&
			  strstr(json_string_value(field(record, "wire_destination")),
				 places_of(family)->server),
		  "wire_destination does not name the server: %s", record_text(record));
}

/*
 * The kernel goes on with a smaller SYN: no failure, but worth a note. The MTU would be no news, so
 * that the next SYN is that of the timer.
 */
BOTH_FAMILIES(open, answered_after_fragmentation_was_needed)
{
	struct peer_script script = {.actions = {
					     {1,
					      {.answer = PEER_ICMP,
					       .icmp_type = family == AF_INET ? 3 : 2,
					       .icmp_code = family == AF_INET ? 4 : 0,
					       .icmp_info = 1300}},
					     {2, {.answer = PEER_SYN_ACK}},
				     }};
	struct lab *lab = scenario_lab();
	json_t *record;

	lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_SCRIPTED});
	lab->peer->scripts[PORT] = script;
	record = probe(lab, places_of(family)->peer, PORT);
	expect_verdict(record, "open", "syn-ack");
	expect_note(record, "fragmentation-needed");
	expect_note(record, "retransmitted");
	expect_answer(record, "syn-ack", places_of(family)->peer);
	expect_syns(record, 2, 1);
	expect_app(record, "connected", NULL);
	expect_null(record, "drop");
}

/* The server remembers nothing of a SYN. */
BOTH_FAMILIES(open, server_that_sends_cookies)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_sysctl(lab, LAB_SERVER, "net/ipv4/tcp_syncookies", "2");
	scenario_listen(lab, LAB_SERVER, family, PORT);
	record = probe(lab, places_of(family)->server, PORT);
	expect_verdict(record, "open", "syn-ack");
	expect_answer(record, "syn-ack", places_of(family)->server);
	expect_syns(record, 1, 0);
	expect_app(record, "connected", NULL);
	expect_null(record, "drop");
}

/* 0.0.0.0 and :: are no target: the kernel takes them for this host. */
BOTH_FAMILIES(open, the_unspecified_address_is_this_host)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_listen(lab, LAB_CLIENT, family, PORT);
	record = probe(lab, family == AF_INET ? "0.0.0.0" : "::", PORT);
	expect_verdict(record, "open", "syn-ack");
	expect_text(record, "interface", "lo");
	expect_answer(record, "syn-ack", places_of(family)->loopback);
	expect_syns(record, 1, 0);
	expect_app(record, "connected", NULL);
	expect_verdict(probe(lab, family == AF_INET ? "0.0.0.0" : "::", PORT + 1), "closed",
		       "reset");
}

/*
 * The server never heard of the end of an older connection on these ports, and challenges the SYN;
 * the kernel answers that with a RST, and its next SYN, some milliseconds later, with a connection.
 */
static bool server_has_older_connection(struct lab *lab)
{
	const char *const argv[] = {"ss",    "-Htn", "state",  "established",
				    "dport", "=",    ":40000", NULL};
	struct command_result listed;
	struct error error;
	bool is_there;

	cr_assert_eq(lab_run(lab, LAB_SERVER, argv, SCENARIO_TIMEOUT_MS, &listed, &error), 0, "%s",
		     error.text);
	is_there = strstr(listed.output.bytes, ":40000") != NULL;
	command_result_release(&listed);
	return is_there;
}

/*
 * Only the first reset is lost on its way: a probe that was asked for twice, because evidence was
 * lost, would have ended it.
 */
static struct lab *lab_with_older_connection(int family)
{
	struct lab *lab;

	for (int tries = 0; tries < 3; tries++) {
		lab = scenario_lab();
		scenario_listen(lab, LAB_SERVER, family, PORT);
		scenario_chain(lab, LAB_ROUTER, "forward",
			       "tcp dport 7000 tcp flags & rst == rst limit rate over 1/hour burst "
			       "1 packets accept\n"
			       " tcp dport 7000 tcp flags & (rst | fin) != 0 drop");
		expect_verdict(probe(lab, places_of(family)->server, PORT, "--sport", "40000",
				     "--hold", "0"),
			       "open", "syn-ack");
		if (server_has_older_connection(lab))
			return lab;
	}
	cr_assert_fail("the server has no older connection");
	return lab;
}

BOTH_FAMILIES(open, server_that_still_has_an_older_connection)
{
	json_t *record = NULL;

	for (int tries = 0; tries < 3 && (!record || has_lost_evidence(record)); tries++)
		record = scenario_probe_once(lab_with_older_connection(family),
					     places_of(family)->server, PORT,
					     (const char *const[]){"--sport", "40000", NULL});
	expect_verdict(record, "open", "syn-ack");
	expect_syns(record, 2, 0);
	expect_note(record, "retransmitted");
	expect_answer(record, "syn-ack", places_of(family)->server);
	expect_app(record, "connected", NULL);
}
