/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which SYN was answered? Where the wire cannot tell, candidates are said, never a number. */
#include "tests/scenarios/scenario.h"

#define PORT	   7000
#define CERTAIN_US 900000 /* an answer later than that may be the server's own repeat */

static double candidate(const json_t *record, size_t i)
{
	return json_number_value(json_array_get(field(record, "rtt_candidates_us"), i));
}

/* The peer's own count is the truth. */
static json_t *probe_peer(struct lab *lab, int family)
{
	json_t *record = probe(lab, places_of(family)->peer, PORT);

	expect_number(record, "syn_sent", (double)lab->peer->syns_read);
	return record;
}

/* Two SYNs, one answer, and either may be meant. */
static void expect_two_candidates(const json_t *record)
{
	expect_verdict(record, "open", "syn-ack");
	expect_number(record, "syn_sent", 2);
	expect_null(record, "rtt_us");
	expect_candidates(record, 2);
	expect_note(record, "rtt-ambiguous");
	cr_assert_lt(candidate(record, 0), CERTAIN_US, "%s", record_text(record));
	cr_assert_gt(candidate(record, 1), CERTAIN_US, "%s", record_text(record));
}

BOTH_FAMILIES(pairing, first_syn_answered_late)
{
	struct lab *lab = scenario_lab();

	lab_peer_rule(
		lab, PORT,
		(struct peer_rule){.answer = PEER_SYN_ACK, .delay_us = 1200000, .max_answers = 1});
	expect_two_candidates(probe_peer(lab, family));
}

BOTH_FAMILIES(pairing, second_syn_answered_without_timestamps)
{
	struct lab *lab = scenario_lab();

	lab_peer_rule(lab, PORT,
		      (struct peer_rule){
			      .answer = PEER_SYN_ACK, .drop_first = 1, .echo = PEER_ECHO_NONE});
	expect_two_candidates(probe_peer(lab, family));
}

BOTH_FAMILIES(pairing, client_without_timestamps)
{
	struct lab *lab = scenario_lab();

	scenario_sysctl(lab, LAB_CLIENT, "net/ipv4/tcp_timestamps", "0");
	lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_SYN_ACK, .drop_first = 1});
	expect_two_candidates(probe_peer(lab, family));
}

/* A stack that keeps the first SYN's stamp and answers the second with it. */
BOTH_FAMILIES(pairing, second_syn_answered_with_the_stamp_of_the_first)
{
	struct lab *lab = scenario_lab();

	lab_peer_rule(lab, PORT,
		      (struct peer_rule){
			      .answer = PEER_SYN_ACK, .drop_first = 1, .echo = PEER_ECHO_FIRST});
	expect_two_candidates(probe_peer(lab, family));
}

/* One or two SYNs have been sent when the answer comes; no RTT is proven in either case. */
static void expect_no_rtt(const json_t *record)
{
	if (field_is_number(record, "syn_sent", 2, 2)) {
		expect_two_candidates(record);
		return;
	}
	expect_verdict(record, "open", "syn-ack");
	expect_number(record, "syn_sent", 1);
	expect_null(record, "rtt_us");
	expect_candidates(record, 1);
	cr_assert_gt(candidate(record, 0), CERTAIN_US, "%s", record_text(record));
}

/*
 * What comes nearly a second after a single SYN may be the server's own repeat of a lost answer.
 * (On a busy host our second SYN may come before.)
 */
BOTH_FAMILIES(pairing, a_single_syn_answered_that_late_proves_no_rtt)
{
	struct lab *lab = scenario_lab();

	lab_peer_rule(
		lab, PORT,
		(struct peer_rule){.answer = PEER_SYN_ACK, .delay_us = 920000, .max_answers = 1});
	expect_no_rtt(probe_peer(lab, family));
}

/*
 * A real server: its first SYN-ACK is lost behind it. About a second later its own timer repeats
 * it, and our second SYN is answered with the first one's stamp; either may come first.
 */
static void lose_first_syn_ack(struct lab *lab)
{
	scenario_nft(lab, LAB_ROUTER,
		     "flush ruleset\ntable inet t {\n chain forward {\n type filter hook forward "
		     "priority 0\n"
		     " tcp sport 7000 tcp flags & (syn | ack) == syn | ack numgen inc mod 1000 == "
		     "0 drop\n }\n}\n");
}

BOTH_FAMILIES(pairing, syn_ack_of_a_real_server_lost_once)
{
	struct lab *lab = scenario_lab();

	scenario_listen(lab, LAB_SERVER, family, PORT);
	expect_no_rtt(scenario_probe_prepared(lab, lose_first_syn_ack, places_of(family)->server,
					      PORT, (const char *const[]){NULL}));
}

/* The same with a lost RST: which of our SYNs it answers, nothing says. */
BOTH_FAMILIES(pairing, reset_after_a_retransmit)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_RST, .drop_first = 1});
	record = probe_peer(lab, family);
	expect_verdict(record, "closed", "reset");
	expect_null(record, "rtt_us");
	expect_candidates(record, 2);
}
