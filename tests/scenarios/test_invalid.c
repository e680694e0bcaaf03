/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* invalid: an answer came and the kernel refused it. */
#include "tests/scenarios/scenario.h"

#define PORT 7000

static json_t *expect_invalid(int family, enum peer_answer answer, const char *reason,
			      const char *kind)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	lab_peer_rule(lab, PORT, (struct peer_rule){.answer = answer});
	record = probe(lab, places_of(family)->peer, PORT, "-W", "400ms");
	expect_verdict(record, "invalid", reason);
	expect_text(record, "answer.kind", kind);
	expect_text(record, "app.result", "in-progress");
	return record;
}

BOTH_FAMILIES(invalid, syn_ack_of_a_wrong_number)
{
	json_t *record = expect_invalid(family, PEER_SYN_ACK_WRONG_ACK, "wrong-ack", "syn-ack");

	expect_null(record, "rtt_us");
}

BOTH_FAMILIES(invalid, syn_ack_with_a_bad_checksum)
{
	expect_invalid(family, PEER_SYN_ACK_BAD_CHECKSUM, "bad-checksum", "syn-ack");
}

BOTH_FAMILIES(invalid, reset_of_a_wrong_number)
{
	json_t *record = expect_invalid(family, PEER_RST_WRONG_ACK, "wrong-ack", "rst");

	expect_null(record, "rtt_us");
}

/* Whoever does not know our sequence number cannot close the port. */
BOTH_FAMILIES(invalid, blind_reset)
{
	json_t *record = expect_invalid(family, PEER_RST_BLIND, "blind-reset", "rst");

	expect_null(record, "rtt_us");
}

BOTH_FAMILIES(invalid, ack_without_syn)
{
	json_t *record = expect_invalid(family, PEER_ACK, "unexpected-flags", "ack");

	expect_null(record, "rtt_us");
}

/*
 * It has our number, but an echo of a stamp that was never sent: from an older connection on these
 * ports, or from a box that cannot count.
 */
BOTH_FAMILIES(invalid, syn_ack_of_a_wrong_timestamp)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	lab_peer_rule(lab, PORT,
		      (struct peer_rule){.answer = PEER_SYN_ACK, .echo = PEER_ECHO_WRONG});
	record = probe(lab, places_of(family)->peer, PORT, "-W", "400ms");
	expect_verdict(record, "invalid", "wrong-timestamp");
	expect_answer(record, "syn-ack", places_of(family)->peer);
	expect_drop(record, "in", "TCP_RFC7323_PAWS",
		    family == AF_INET ? "tcp_v4_do_rcv" : "tcp_v6_do_rcv", NULL);
	expect_app(record, "in-progress", NULL);
	expect_explained(record, "timestamp");
}

/*
 * As a server answers that has an older connection on these ports: with an old number, and no SYN.
 */
BOTH_FAMILIES(invalid, challenge_ack)
{
	json_t *record = expect_invalid(family, PEER_CHALLENGE_ACK, "wrong-ack", "ack");

	expect_null(record, "rtt_us");
	expect_app(record, "in-progress", NULL);
	expect_explained(record, "an answer (ACK) came, but acknowledges");
}
