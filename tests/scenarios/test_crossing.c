/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Both ends connect at once: what is open is only what has been answered. */
#include <netinet/tcp.h>

#include "tests/scenarios/plain.h"

#define PORT 7000

static json_t *probe_crossing(int family, uint8_t flags)
{
	struct lab *lab = scenario_lab();

	lab_peer_rule(lab, PORT,
		      (struct peer_rule){.answer = PEER_SYN_CROSSING, .crossing_flags = flags});
	return probe(lab, places_of(family)->peer, PORT, "-W", "400ms");
}

/* A SYN of theirs answers ours first, and then each answers the other's. */
BOTH_FAMILIES(crossing, completed_by_a_syn_ack_it_is_open)
{
	json_t *record = probe_crossing(family, TH_SYN | TH_ACK);

	expect_verdict(record, "open", "syn-ack");
	expect_answer(record, "syn-ack", places_of(family)->peer);
	expect_syns(record, 1, 0);
	expect_app(record, "connected", NULL);
	expect_null(record, "drop");
	expect_note(record, "simultaneous-open");
}

/* The socket is in SYN_RECV, where getpeername() works and SO_ERROR is 0. */
BOTH_FAMILIES(crossing, that_nobody_completes_is_never_open)
{
	json_t *record = probe_crossing(family, 0);

	expect_verdict(record, "invalid", "unexpected-flags");
	expect_answer(record, "syn", places_of(family)->peer);
	expect_number(record, "syn_sent", 1);
	expect_null(record, "rtt_us");
	expect_app(record, "in-progress", NULL);
	expect_explained(record, "a segment came that is no answer to a SYN");
}

/* Our SYN-ACK is acknowledged, and our SYN with it. When theirs was sent nothing tells. */
BOTH_FAMILIES(crossing, completed_by_an_ack_it_is_open)
{
	json_t *record = probe_crossing(family, TH_ACK);

	expect_verdict(record, "open", "simultaneous-open");
	expect_answer(record, "ack", places_of(family)->peer);
	expect_syns(record, 1, 0);
	expect_app(record, "connected", NULL);
	expect_null(record, "rtt_us");
	expect_note(record, "simultaneous-open");
}
