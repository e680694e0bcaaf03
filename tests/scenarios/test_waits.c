/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Open and closed, though late: what the application waited for on this host is told. */
#include <stdio.h>

#include "tests/scenarios/paths.h"
#include "tests/scenarios/scan.h"

#define PORT 7000

static struct lab *lab_with_server(int family)
{
	struct lab *lab = scenario_lab();

	scenario_listen(lab, LAB_SERVER, family, PORT);
	/* The neighbours are known from now on. */
	expect_status(cli(lab, "-q", "-c", "1", places_of(family)->server, "7000"), 0);
	return lab;
}

/* As a rule that vanishes: it takes the first packets only. */
static void set_rule(struct lab *lab, const char *hook, const char *rule)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "flush ruleset\ntable inet t {\n chain c {\n type filter hook %s priority 0\n "
		 "%s\n }\n}\n",
		 hook, rule);
	scenario_nft(lab, LAB_CLIENT, text);
}

static void drop_first_syn(struct lab *lab)
{
	set_rule(lab, "output", "tcp dport 7000 numgen inc mod 1000 == 0 drop");
}

static void drop_first_answer(struct lab *lab)
{
	set_rule(lab, "input", "tcp sport 7000 numgen inc mod 1000 == 0 drop");
}

static void drop_two_answers(struct lab *lab)
{
	set_rule(lab, "input", "tcp sport 7000 numgen inc mod 1000 < 2 drop");
}

#define probe_with(prepare, lab, host, port)                                                       \
	scenario_probe_prepared(lab, prepare, host, port, (const char *const[]){NULL})

BOTH_FAMILIES(waits, first_syn_dropped_on_its_way_out)
{
	struct lab *lab = lab_with_server(family);
	json_t *record = probe_with(drop_first_syn, lab, places_of(family)->server, PORT);

	expect_verdict(record, "open", "syn-ack");
	expect_drop(record, "out", "NETFILTER_DROP", "nft_do_chain", NULL);
	expect_number(record, "drop.count", 1);
	expect_syns(record, 1, 0);
	expect_between(record, "rtt_us", 1, 300000);
	expect_between(record, "app_us", 900000, 10000000);
	expect_null(record, "neighbour_us");
	expect_explained(record, "the first SYN was dropped here: NETFILTER_DROP in nft_do_chain "
				 "(outbound); the application waited 1");
}

/* One SYN was out when it came: how far away it was sent is certain, whatever became of it. */
BOTH_FAMILIES(waits, first_answer_dropped_on_its_way_in)
{
	struct lab *lab = lab_with_server(family);
	json_t *record = probe_with(drop_first_answer, lab, places_of(family)->server, PORT);

	expect_verdict(record, "open", "syn-ack");
	expect_drop(record, "in", "NETFILTER_DROP", "nft_do_chain", "eth0");
	expect_number(record, "drop.count", 1);
	expect_between(record, "rtt_us", 1, 300000);
	expect_null(record, "rtt_candidates_us");
	expect_no_note(record, "rtt-ambiguous");
	expect_explained(record, "the first SYN-ACK was dropped here: NETFILTER_DROP in "
				 "nft_do_chain (inbound, eth0); the application waited ");
}

BOTH_FAMILIES(waits, two_answers_dropped_on_their_way_in)
{
	struct lab *lab = lab_with_server(family);
	json_t *record = probe_with(drop_two_answers, lab, places_of(family)->server, PORT);

	expect_verdict(record, "open", "syn-ack");
	expect_number(record, "drop.count", 2);
	expect_between(record, "rtt_us", 1, 300000);
	expect_explained(record, "2 SYN-ACKs were dropped here");
}

BOTH_FAMILIES(waits, closed_after_the_first_syn_was_dropped)
{
	struct lab *lab = scenario_lab();
	json_t *record = probe_with(drop_first_syn, lab, places_of(family)->server, PORT);

	expect_verdict(record, "closed", "reset");
	expect_drop(record, "out", "NETFILTER_DROP", "nft_do_chain", NULL);
	expect_explained(record, "the first SYN was dropped here: NETFILTER_DROP in nft_do_chain "
				 "(outbound); the application waited 1");
}

BOTH_FAMILIES(waits, closed_after_the_first_reset_was_dropped)
{
	struct lab *lab = scenario_lab();
	json_t *record = probe_with(drop_first_answer, lab, places_of(family)->server, PORT);

	expect_verdict(record, "closed", "reset");
	expect_drop(record, "in", "NETFILTER_DROP", "nft_do_chain", "eth0");
	expect_between(record, "rtt_us", 1, 300000);
	expect_explained(record, "the first RST was dropped here: NETFILTER_DROP in nft_do_chain "
				 "(inbound, eth0); the application waited ");
}

BOTH_FAMILIES(waits, silence_after_the_first_syn_was_dropped)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_SILENT});
	record = scenario_probe_prepared(lab, drop_first_syn, places_of(family)->peer, PORT,
					 (const char *const[]){"-W", "1500ms", NULL});
	expect_verdict(record, "filtered", "no-reply");
	expect_drop(record, "out", "NETFILTER_DROP", "nft_do_chain", NULL);
	expect_syns(record, 1, 1);
	expect_explained(record, "1 SYN left tun0, nothing came back in 1.5 s; 1 SYN was dropped "
				 "here: NETFILTER_DROP in nft_do_chain (outbound)");
}

/* What is before the SYN in the queue takes more than a second to leave. */
static void fill_queue(struct lab *lab, const char *server)
{
	char line[128];

	snprintf(line, sizeof(line), "for i in {1..20}; do echo > /dev/udp/%s/9; done", server);
	paths_tool(lab, LAB_CLIENT, "bash", "-c", line);
}

static void fill_queue_v4(struct lab *lab)
{
	fill_queue(lab, LAB_SERVER4);
}

static void fill_queue_v6(struct lab *lab)
{
	fill_queue(lab, LAB_SERVER6);
}

/*
 * Longer than a second: when the SYN is to be sent again it is here still, and so it is sent once.
 */
static void expect_queued_at_eth0(struct lab *lab, int family)
{
	json_t *record;

	paths_tool(lab, LAB_CLIENT, "tc", "qdisc", "add", "dev", "eth0", "root", "tbf", "rate",
		   "8kbit", "burst", "200", "limit", "10000");
	record = probe_with(family == AF_INET ? fill_queue_v4 : fill_queue_v6, lab,
			    places_of(family)->server, PORT);
	expect_verdict(record, "open", "syn-ack");
	expect_syns(record, 1, 0);
	expect_between(record, "rtt_us", 1, 100000);
	expect_between(record, "queue_us", 100000, 3900000);
	expect_null(record, "neighbour_us");
	expect_null(record, "drop");
	expect_explained(record, " ms in this host's own queue (eth0); the application waited ");
}

BOTH_FAMILIES(waits, own_queue)
{
	expect_queued_at_eth0(lab_with_server(family), family);
}

/* The device that the SYN is given to first has no queue; the one below it has. */
BOTH_FAMILIES(waits, queue_of_the_device_below)
{
	struct lab *lab = scenario_lab();

	scenario_ip(lab, LAB_CLIENT, PATHS_OWN_BRIDGE);
	scenario_listen(lab, LAB_SERVER, family, PORT);
	expect_status(cli(lab, "-q", "-c", "1", places_of(family)->server, "7000"), 0);
	expect_queued_at_eth0(lab, family);
}

/* Longer than the probe waited: then that is where it is. */
BOTH_FAMILIES(waits, own_queue_at_the_deadline)
{
	struct lab *lab = lab_with_server(family);
	json_t *record;

	paths_tool(lab, LAB_CLIENT, "tc", "qdisc", "add", "dev", "eth0", "root", "tbf", "rate",
		   "4kbit", "burst", "200", "limit", "10000");
	record = scenario_probe_prepared(lab, family == AF_INET ? fill_queue_v4 : fill_queue_v6,
					 places_of(family)->server, PORT,
					 (const char *const[]){"-W", "400ms", NULL});
	expect_verdict(record, "blocked", "not-sent");
	expect_syns(record, 0, 0);
	expect_explained(record, "the SYN has waited ");
	expect_explained(record, " in this host's own queue (eth0)");
}

/* More targets than one: each with its own. */
BOTH_FAMILIES(waits, are_told_in_a_scan)
{
	struct lab *lab = lab_with_server(family);
	struct scan scan;
	char label[64];
	const json_t *record;

	snprintf(label, sizeof(label), family == AF_INET ? "%s:7000" : "[%s]:7000",
		 places_of(family)->server);
	set_rule(lab, "output", "tcp dport 7000-7001 numgen inc mod 1000 < 2 drop");
	scan = scan(lab, "-p", "7000-7069", places_of(family)->server);
	record = scan_record(&scan, label);
	expect_verdict(record, "open", "syn-ack");
	expect_drop(record, "out", "NETFILTER_DROP", "nft_do_chain", NULL);
	expect_explained(record, "the first SYN was dropped here");
	expect_group(&scan, "closed", "reset", 69);
}

/* The line itself tells it, asked for or not. */
Test(waits, are_in_the_line_of_an_open_port)
{
	struct lab *lab = lab_with_server(AF_INET);
	struct command_result result;

	drop_first_syn(lab);
	result = cli_once(lab, "-c", "1", "--explain", LAB_SERVER4, "7000");
	expect_said(result.output.bytes, "the first SYN was dropped here: NETFILTER_DROP in "
					 "nft_do_chain (outbound); the application waited 1");
	drop_first_syn(lab);
	result = cli_once(lab, "-c", "1", LAB_SERVER4, "7000");
	expect_said(result.output.bytes, "the first SYN was dropped here: NETFILTER_DROP in "
					 "nft_do_chain (outbound); the application waited 1");
}
