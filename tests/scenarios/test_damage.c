/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Answers that are damaged on their way: they are no evidence, whatever they say. */
#include "tests/scenarios/scan.h"
#include "tests/scenarios/scenario.h"

#define PORT 7000

static struct peer_rule icmp(int family, enum peer_shape shape)
{
	return (struct peer_rule){.answer = PEER_ICMP,
				  .shape = shape,
				  .icmp_type = family == AF_INET ? 3 : 1,
				  .icmp_code = family == AF_INET ? 1 : 3};
}

static struct peer_rule syn_ack(enum peer_shape shape)
{
	return (struct peer_rule){.answer = PEER_SYN_ACK, .shape = shape};
}

static json_t *expect_damaged(struct lab *lab, int family, struct peer_rule rule,
			      const char *reason)
{
	json_t *record;

	lab_peer_rule(lab, PORT, rule);
	record = probe(lab, places_of(family)->peer, PORT, "-W", "400ms");
	expect_verdict(record, "invalid", reason);
	expect_text(record, "answer.kind",
		    rule.answer == PEER_ICMP ? "icmp"
		    : reason[0] == 'b'	     ? "syn-ack"
					     : "other");
	expect_syns(record, 1, 0); /* at least so many are unanswered: it may have been an answer */
	expect_null(record, "rtt_us");
	expect_app(record, "in-progress", NULL);
	return record;
}

BOTH_FAMILIES(damage, icmp_with_a_bad_checksum)
{
	json_t *record = expect_damaged(scenario_lab(), family,
					icmp(family, PEER_BAD_ICMP_CHECKSUM), "bad-checksum");

	expect_drop(record, "in", "ICMP_CSUM", family == AF_INET ? "icmp_rcv" : "icmpv6_rcv",
		    "tun0");
	expect_explained(record, "an ICMP error came with a bad checksum and was dropped");
}

Test(damage, icmp_with_a_damaged_ip_header)
{
	json_t *record = expect_damaged(scenario_lab(), AF_INET,
					icmp(AF_INET, PEER_BAD_IP_CHECKSUM), "bad-checksum");

	expect_drop(record, "in", "IP_CSUM", "ip_rcv_core", "tun0");
}

Test(damage, a_syn_ack_with_a_damaged_ip_header)
{
	json_t *record = expect_damaged(scenario_lab(), AF_INET, syn_ack(PEER_BAD_IP_CHECKSUM),
					"bad-checksum");

	expect_drop(record, "in", "IP_CSUM", "ip_rcv_core", "tun0");
}

/* A second SYN is answered well: the first answer has nothing to do with it. */
static void expect_open_later(int family, struct peer_rule damaged)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	lab->peer->scripts[PORT] = (struct peer_script){{{1, damaged}, {2, syn_ack(PEER_WHOLE)}}};
	lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_SCRIPTED});
	record = probe(lab, places_of(family)->peer, PORT, "-W", "3s");
	expect_verdict(record, "open", "syn-ack");
	expect_syns(record, 2, 0);
}

BOTH_FAMILIES(damage, a_good_answer_after_a_damaged_icmp_error)
{
	expect_open_later(family, icmp(family, PEER_BAD_ICMP_CHECKSUM));
}

BOTH_FAMILIES(damage, a_good_answer_after_one_that_cannot_be_read)
{
	expect_open_later(family, syn_ack(PEER_SHORT_IP_LENGTH));
}

BOTH_FAMILIES(damage, an_ip_length_that_ends_within_tcp)
{
	json_t *record =
		expect_damaged(scenario_lab(), family, syn_ack(PEER_SHORT_IP_LENGTH), "unreadable");

	expect_explained(record, "an answer came that cannot be read");
	expect_text(record, "answer.from", places_of(family)->peer);
	expect_null(record, "answer.window");
}

BOTH_FAMILIES(damage, a_packet_that_ends_within_tcp)
{
	expect_damaged(scenario_lab(), family, syn_ack(PEER_ENDS_EARLY), "unreadable");
}

BOTH_FAMILIES(damage, a_tcp_header_that_is_too_short)
{
	expect_damaged(scenario_lab(), family, syn_ack(PEER_SHORT_TCP_LENGTH), "unreadable");
}

BOTH_FAMILIES(damage, a_tcp_header_that_is_longer_than_the_packet)
{
	expect_damaged(scenario_lab(), family, syn_ack(PEER_LONG_TCP_LENGTH), "unreadable");
}

BOTH_FAMILIES(damage, in_a_scan_as_well)
{
	static const struct {
		enum peer_shape shape;
		const char *reason;
	} kinds[] = {{PEER_BAD_ICMP_CHECKSUM, "bad-checksum"},
		     {PEER_SHORT_IP_LENGTH, "unreadable"},
		     {PEER_ENDS_EARLY, "unreadable"},
		     {PEER_LONG_TCP_LENGTH, "unreadable"}};
	struct lab *lab = scenario_lab();
	struct scan scan;

	for (uint16_t port = 7000; port < 7100; port++) {
		enum peer_shape shape = kinds[port % 4].shape;

		lab_peer_rule(lab, port,
			      shape == PEER_BAD_ICMP_CHECKSUM ? icmp(family, shape)
							      : syn_ack(shape));
	}
	scan = scan(lab, "-W", "400ms", "--rate", "0", "-p", "7000-7099", places_of(family)->peer);
	expect_group(&scan, "invalid", "bad-checksum", 25);
	expect_group(&scan, "invalid", "unreadable", 75);
	expect_number(scan.total, "events_lost", 0);
}

/* Of which SYN it is, it does not say: the kernel passes over it, and a good answer counts. */
BOTH_FAMILIES(damage, icmp_that_quotes_nothing_but_the_ports)
{
	struct peer_rule rule = icmp(family, PEER_WHOLE);
	struct lab *lab = scenario_lab();
	json_t *record;

	rule.icmp_has_short_quote = true;
	lab_peer_rule(lab, PORT, rule);
	record = probe(lab, places_of(family)->peer, PORT, "-W", "400ms");
	expect_verdict(record, "invalid", "unreadable");
	expect_app(record, "in-progress", NULL);
	expect_syns(record, 1, 0);
}
