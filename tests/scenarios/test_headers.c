/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Answers that are whole, and yet not as plain as most: behind extension headers, and in fragments.
 */
#include "tests/scenarios/scan.h"
#include "tests/scenarios/scenario.h"

#define PORT 7000

static json_t *probe_shaped(struct lab *lab, int family, struct peer_rule rule,
			    enum peer_shape shape)
{
	rule.shape = shape;
	lab_peer_rule(lab, PORT, rule);
	return probe(lab, places_of(family)->peer, PORT, "-W", "2500ms");
}

static void expect_read(enum peer_shape shape)
{
	struct lab *lab = scenario_lab();
	json_t *record =
		probe_shaped(lab, AF_INET6, (struct peer_rule){.answer = PEER_SYN_ACK}, shape);

	expect_verdict(record, "open", "syn-ack");
	expect_number(record, "answer.mss", 1440);
	expect_between(record, "rtt_us", 1, 900000);
	expect_verdict(probe_shaped(lab, AF_INET6, (struct peer_rule){.answer = PEER_RST}, shape),
		       "closed", "reset");
	record = probe_shaped(
		lab, AF_INET6,
		(struct peer_rule){.answer = PEER_ICMP, .icmp_type = 1, .icmp_code = 1}, shape);
	expect_verdict(record, "filtered", "icmp-admin-prohibited");
	expect_text(record, "answer.from", LAB_PEER_ROUTER6);
}

/* As a translator from IPv4 may send all. */
Test(headers, an_answer_behind_a_fragment_header)
{
	expect_read(PEER_ATOMIC_FRAGMENT);
}

Test(headers, an_answer_behind_many_extension_headers)
{
	expect_read(PEER_EXTENSIONS);
}

Test(headers, in_a_scan_as_well)
{
	struct lab *lab = scenario_lab();
	struct scan scan;

	for (uint16_t port = 7000; port < 7100; port++)
		lab_peer_rule(lab, port,
			      (struct peer_rule){.answer = port % 2 ? PEER_SYN_ACK : PEER_RST,
						 .shape = port % 3 ? PEER_ATOMIC_FRAGMENT
								   : PEER_EXTENSIONS});
	scan = scan(lab, "--rate", "0", "-p", "7000-7099", LAB_PEER6);
	expect_group(&scan, "open", "syn-ack", 50);
	expect_group(&scan, "closed", "reset", 50);
}

/*
 * As small as may be: the first one has no whole TCP header, or not all of its options. The socket
 * gets the whole.
 */
BOTH_FAMILIES(headers, an_answer_in_fragments)
{
	struct lab *lab = scenario_lab();
	json_t *record = probe_shaped(lab, family, (struct peer_rule){.answer = PEER_SYN_ACK},
				      PEER_FRAGMENTS);

	expect_verdict(record, "open", "syn-ack");
	expect_answer(record, "syn-ack", places_of(family)->peer);
	expect_null(record, "answer.mss");
	expect_no_note(record, "suspected-syn-proxy");
	expect_syns(record, 1, 0);
	expect_between(record, "rtt_us", 1, 900000);
	record = probe_shaped(lab, family, (struct peer_rule){.answer = PEER_RST}, PEER_FRAGMENTS);
	expect_verdict(record, "closed", "reset");
	expect_answer(record, "rst", places_of(family)->peer);
}

/* Nobody can put it together. */
BOTH_FAMILIES(headers, an_answer_that_lacks_a_fragment)
{
	struct lab *lab = scenario_lab();
	json_t *record = probe_shaped(lab, family, (struct peer_rule){.answer = PEER_SYN_ACK},
				      PEER_FIRST_FRAGMENT);

	expect_verdict(record, "invalid", "unreadable");
	expect_explained(record, "in fragments");
	expect_between(record, "syn_sent", 2, 4);
}

/* The socket gets the whole of it, and what comes in by the device cannot be read: that it is
 * an error of our SYN is known from the socket alone. */
BOTH_FAMILIES(headers, an_error_in_fragments)
{
	bool is_ipv4 = family == AF_INET;
	struct peer_rule rule = {
		.answer = PEER_ICMP, .icmp_type = is_ipv4 ? 3 : 1, .icmp_code = is_ipv4 ? 13 : 1};
	json_t *record = probe_shaped(scenario_lab(), family, rule, PEER_FRAGMENTS);

	expect_verdict(record, "incomplete", "unexplained-error");
	expect_syns(record, 1, 1);
	expect_null(record, "answer");
	expect_text(record, "app.errno", is_ipv4 ? "EHOSTUNREACH" : "EACCES");
	expect_explained(record, is_ipv4 ? "closed with EHOSTUNREACH" : "closed with EACCES");
}
