/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Queues and classifiers of this host's own device that drop: blocked, and the sentence says where.
 */
#include <stdio.h>

#include "tests/scenarios/paths.h"

/* The neighbours are known from now on: what follows would drop the search for them, too. */
static struct lab *lab_with_server(int family)
{
	struct lab *lab = scenario_lab();

	scenario_listen(lab, LAB_SERVER, family, PATHS_PORT);
	expect_verdict(probe(lab, places_of(family)->server, PATHS_PORT), "open", "syn-ack");
	return lab;
}

static void expect_dropped_at_eth0(struct lab *lab, int family, const char *reason)
{
	json_t *record = probe(lab, places_of(family)->server, PATHS_PORT, "-W", "400ms");
	char part[160];

	snprintf(part, sizeof(part),
		 "the SYN was dropped here before it could leave: %s in __dev_queue_xmit "
		 "(outbound, eth0)",
		 reason);
	expect_verdict(record, "blocked", "dropped-out");
	expect_drop(record, "out", reason, "__dev_queue_xmit", "eth0");
	expect_syns(record, 0, 0);
	expect_app(record, "in-progress", NULL);
	expect_null(record, "answer");
	expect_null(record, "rtt_us");
	expect_null(record, "interface");
	expect_explained(record, part);
}

BOTH_FAMILIES(qdisc, bucket_smaller_than_the_syn)
{
	struct lab *lab = lab_with_server(family);

	paths_tool(lab, LAB_CLIENT, "tc", "qdisc", "add", "dev", "eth0", "root", "tbf", "rate",
		   "3kbit", "burst", "60", "limit", "10000");
	expect_dropped_at_eth0(lab, family, "QDISC_DROP");
}

BOTH_FAMILIES(qdisc, queue_without_room)
{
	struct lab *lab = lab_with_server(family);

	paths_tool(lab, LAB_CLIENT, "tc", "qdisc", "add", "dev", "eth0", "root", "pfifo", "limit",
		   "0");
	expect_dropped_at_eth0(lab, family, "QDISC_DROP");
}

/* Every SYN counts, none has left. */
BOTH_FAMILIES(qdisc, a_later_syn_is_dropped_as_well)
{
	struct lab *lab = lab_with_server(family);
	json_t *record;

	paths_tool(lab, LAB_CLIENT, "tc", "qdisc", "add", "dev", "eth0", "root", "pfifo", "limit",
		   "0");
	record = probe(lab, places_of(family)->server, PATHS_PORT, "-W", "1500ms");
	expect_verdict(record, "blocked", "dropped-out");
	expect_number(record, "drop.count", 2);
	expect_syns(record, 0, 0);
	expect_explained(record, "dropped here twice");
}

BOTH_FAMILIES(qdisc, program_at_the_egress)
{
	struct lab *lab = lab_with_server(family);

	paths_classify(lab, LAB_CLIENT, "egress", "tc/shoot_tcp");
	expect_dropped_at_eth0(lab, family, "TC_EGRESS");
}

/* The answer was here, and so the server is open. */
BOTH_FAMILIES(qdisc, program_at_the_ingress)
{
	struct lab *lab = lab_with_server(family);
	json_t *record;

	paths_classify(lab, LAB_CLIENT, "ingress", "tc/shoot_tcp");
	record = probe(lab, places_of(family)->server, PATHS_PORT, "-W", "400ms");
	expect_verdict(record, "blocked", "dropped-in");
	expect_drop(record, "in", "TC_INGRESS", "__netif_receive_skb_core", "eth0");
	expect_answer(record, "syn-ack", places_of(family)->server);
	expect_number(record, "answer.ttl", 63);
	expect_once(record, "eth0");
	expect_app(record, "in-progress", NULL);
	expect_explained(record, "the SYN-ACK arrived and was dropped here: TC_INGRESS in "
				 "__netif_receive_skb_core (inbound, eth0)");
}
