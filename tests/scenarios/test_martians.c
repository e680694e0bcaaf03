/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What comes with a source address that no other host can have: the kernel throws it away, whatever
 * it says, and so it is no evidence.
 */
#include <arpa/inet.h>

#include "tests/scenarios/scan.h"

#define PORT 7000

static const char *const impossible[] = {"127.0.0.1",	    "0.0.0.0",	 "224.0.0.5",
					 "255.255.255.255", LAB_CLIENT4, "10.9.0.1"},
			 *const impossible6[] = {"::1", "ff02::1"},
			 *const unlikely[] = {"0.1.2.3", "10.9.0.255", "240.0.0.1"},
			 *const unlikely6[] = {"::", "::ffff:10.9.0.2", "fe80::1", LAB_CLIENT6};

#define EACH(family, i, v4, v6, address)                                                           \
	for (size_t i = 0, n = (family) == AF_INET ? sizeof(v4) / sizeof((v4)[0])                  \
						   : sizeof(v6) / sizeof((v6)[0]);                 \
	     i < n && ((address) = (family) == AF_INET ? (v4)[i] : (v6)[i]); i++)

static void set_sender(struct lab *lab, int family, const char *address)
{
	cr_assert_eq(inet_pton(family, address,
			       family == AF_INET ? lab->peer->router4 : lab->peer->router6),
		     1);
}

static struct peer_rule rule_of(int family, enum peer_answer answer)
{
	return (struct peer_rule){.answer = answer,
				  .is_by_router = true,
				  .icmp_type = family == AF_INET ? 3 : 1,
				  .icmp_code = family == AF_INET ? 1 : 3};
}

static json_t *probe_from(struct lab *lab, int family, enum peer_answer answer, const char *sender)
{
	set_sender(lab, family, sender);
	lab_peer_rule(lab, PORT, rule_of(family, answer));
	return probe(lab, places_of(family)->peer, PORT, "-W", "300ms");
}

static void expect_martians(int family, enum peer_answer answer, const char *kind)
{
	struct lab *lab = scenario_lab();
	const char *sender;

	EACH(family, i, impossible, impossible6, sender)
	{
		json_t *record = probe_from(lab, family, answer, sender);

		expect_verdict(record, "invalid", "martian-source");
		expect_text(record, "answer.kind", kind);
		expect_text(record, "answer.from", sender);
		expect_text(record, "drop.function",
			    family == AF_INET ? "ip_rcv_finish_core" : "ip6_rcv_core");
		expect_null(record, "rtt_us");
		expect_app(record, "in-progress", NULL);
		expect_syns(record, 1, 0);
		expect_explained(record, ", which no other host can have (a martian source)");
	}
}

BOTH_FAMILIES(martians, syn_ack)
{
	expect_martians(family, PEER_SYN_ACK, "syn-ack");
}

BOTH_FAMILIES(martians, reset)
{
	expect_martians(family, PEER_RST, "rst");
}

BOTH_FAMILIES(martians, icmp_error)
{
	expect_martians(family, PEER_ICMP, "icmp");
}

/* The kernel takes them for what they are: from elsewhere, or a router's word. */
BOTH_FAMILIES(martians, are_not_those_that_the_kernel_takes)
{
	struct lab *lab = scenario_lab();
	const char *sender;

	EACH(family, i, unlikely, unlikely6, sender)
	{
		expect_verdict(probe_from(lab, family, PEER_SYN_ACK, sender), "invalid",
			       "from-elsewhere");
		expect_verdict(probe_from(lab, family, PEER_ICMP, sender), "unreachable",
			       "icmp-host-unreachable");
	}
}

BOTH_FAMILIES(martians, before_a_good_answer)
{
	struct lab *lab = scenario_lab();

	set_sender(lab, family, family == AF_INET ? "127.0.0.1" : "::1");
	lab->peer->scripts[PORT] = (struct peer_script){
		{{1, rule_of(family, PEER_ICMP)}, {2, {.answer = PEER_SYN_ACK}}}};
	lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_SCRIPTED});
	expect_verdict(probe(lab, places_of(family)->peer, PORT, "-W", "3s"), "open", "syn-ack");
}

BOTH_FAMILIES(martians, in_a_scan_as_well)
{
	static const enum peer_answer answers[] = {PEER_SYN_ACK, PEER_RST, PEER_ICMP};
	struct lab *lab = scenario_lab();
	struct scan scan;

	set_sender(lab, family, family == AF_INET ? "224.0.0.5" : "ff02::1");
	for (uint16_t port = 7000; port < 7099; port++)
		lab_peer_rule(lab, port, rule_of(family, answers[port % 3]));
	scan = scan(lab, "-W", "400ms", "-p", "7000-7098", places_of(family)->peer);
	expect_group(&scan, "invalid", "martian-source", 99);
}
