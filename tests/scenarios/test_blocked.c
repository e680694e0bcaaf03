/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* blocked: this host itself stopped the SYN, or threw the answer away. */
#include "tests/scenarios/plain.h"

#define PORT		 7000
#define ONLY_SOURCE_PORT "40000 40000"

/* An inet table of one chain at the hook. */
static void chain(struct lab *lab, const char *hook, const char *rule)
{
	char text[256];

	snprintf(text, sizeof(text), "table inet t {\n chain c {\n type filter hook %s priority 0\n %s\n }\n}\n", hook, rule);
	scenario_nft(lab, LAB_CLIENT, text);
}

static void expect_dropped_out(int family, const char *hook)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, PORT);
	chain(lab, hook, "tcp dport 7000 drop");
	record = probe(lab, places_of(family)->server, PORT, "-W", "400ms");
	expect_verdict(record, "blocked", "dropped-out");
	expect_text(record, "drop.reason", "NETFILTER_DROP");
	expect_text(record, "drop.direction", "out");
	expect_number(record, "drop.count", 1);
	expect_number(record, "syn_sent", 0);
	expect_number(record, "syn_unanswered", 0);
	expect_text(record, "app.result", "in-progress");
	expect_null(record, "answer");
	expect_null(record, "rtt_us");
}

BOTH_FAMILIES(blocked, output_drops_the_syn)
{
	expect_dropped_out(family, "output");
}

BOTH_FAMILIES(blocked, postrouting_drops_the_syn)
{
	expect_dropped_out(family, "postrouting");
}

/* The server is open: the answer was here. */
static void expect_dropped_in(int family, const char *hook)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, PORT);
	chain(lab, hook, "tcp sport 7000 drop");
	record = probe(lab, places_of(family)->server, PORT, "-W", "400ms");
	expect_verdict(record, "blocked", "dropped-in");
	expect_text(record, "drop.reason", "NETFILTER_DROP");
	expect_text(record, "drop.direction", "in");
	expect_number(record, "syn_sent", 1);
	expect_number(record, "syn_unanswered", 0);
	expect_text(record, "answer.kind", "syn-ack");
	expect_text(record, "answer.from", places_of(family)->server);
	expect_text(record, "app.result", "in-progress");
}

BOTH_FAMILIES(blocked, input_drops_the_answer)
{
	expect_dropped_in(family, "input");
}

BOTH_FAMILIES(blocked, prerouting_drops_the_answer)
{
	expect_dropped_in(family, "prerouting");
}

static void expect_rejected(int family, const char *rule)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, PORT);
	chain(lab, "output", rule);
	record = probe(lab, places_of(family)->server, PORT, "-W", "400ms");
	expect_verdict(record, "blocked", "rejected-locally");
	expect_text(record, "drop.direction", "out");
	expect_number(record, "syn_sent", 0);
}

BOTH_FAMILIES(blocked, output_rejects_by_icmp)
{
	expect_rejected(family, "tcp dport 7000 reject with icmpx admin-prohibited");
}

/* The application is refused as by a closed port; no packet left. */
BOTH_FAMILIES(blocked, output_rejects_by_reset)
{
	expect_rejected(family, "tcp dport 7000 reject with tcp reset");
}

/* The first SYN passes, the second is refused by this host itself: the silent target has nothing to do with it. */
static void expect_forged_later(int family, const char *rule)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_SILENT});
	chain(lab, "output", rule);
	record = probe(lab, places_of(family)->peer, PORT, "-W", "1500ms");
	expect_verdict(record, "blocked", "rejected-locally");
	expect_number(record, "syn_sent", 1);
	expect_null(record, "rtt_us");
	expect_null(record, "rtt_candidates_us");
}

BOTH_FAMILIES(blocked, output_rejects_a_later_syn_by_reset)
{
	expect_forged_later(family, "tcp dport 7000 limit rate over 1/minute burst 1 packets reject with tcp reset");
}

BOTH_FAMILIES(blocked, output_rejects_a_later_syn_by_icmp)
{
	expect_forged_later(family, "tcp dport 7000 limit rate over 1/minute burst 1 packets reject with icmpx admin-prohibited");
}

/* A mark makes the SYN leave by eth0; by the main table the server is behind tun0, so that its answer comes in at the wrong device. */
Test(blocked, reverse_path_filter)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_listen(lab, LAB_SERVER, AF_INET, PORT);
	scenario_ip(lab, LAB_CLIENT,
		    "route add " LAB_SERVER4 " via " LAB_ROUTER4 " dev eth0 table 100\n"
		    "route add " LAB_SERVER4 " dev tun0 src " LAB_CLIENT4 "\n"
		    "rule add fwmark 1 lookup 100\n");
	scenario_nft(lab, LAB_CLIENT,
		     "table ip t {\n chain c {\n type route hook output priority -150\n tcp dport 7000 meta mark set 1\n }\n}\n");
	scenario_sysctl(lab, LAB_CLIENT, "net/ipv4/conf/eth0/rp_filter", "1");
	record = probe(lab, LAB_SERVER4, PORT, "-W", "400ms");
	expect_verdict(record, "blocked", "rp-filter");
	expect_text(record, "drop.direction", "in");
	expect_text(record, "interface", "eth0");
	expect_text(record, "answer.kind", "syn-ack");
}

BOTH_FAMILIES(blocked, no_source_port_is_left)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, PORT);
	scenario_sysctl(lab, LAB_CLIENT, "net/ipv4/ip_local_port_range", ONLY_SOURCE_PORT);
	cr_assert(plain_connect(lab, places_of(family)->server, PORT) >= 0); /* which takes it */
	record = probe(lab, places_of(family)->server, PORT, "-W", "400ms");
	expect_verdict(record, "blocked", "no-source-port");
	expect_text(record, "app.errno", "EADDRNOTAVAIL");
	expect_number(record, "syn_sent", 0);
}
