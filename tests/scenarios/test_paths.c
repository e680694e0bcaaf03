/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Whatever devices a SYN leaves by and its answer comes in by: the verdict is the same, timed at
 * the outermost one, and nothing counts twice.
 */
#include <stdio.h>

#include "tests/scenarios/cli.h"
#include "tests/scenarios/paths.h"
#include "tests/scenarios/plain.h"

/* The client's addresses move from eth0 to br0, whose only port eth0 becomes. */
static const char own_macvlan[] = "link add mv0 link eth0 type macvlan mode bridge\n"
				  "address flush dev eth0 scope global\n"
				  "address add 10.1.0.3/24 dev mv0\n"
				  "address add fd00:1::3/64 dev mv0 nodad\n"
				  "link set mv0 up\n"
				  "route replace 10.2.0.0/24 via " LAB_ROUTER4 "\n"
				  "route replace fd00:2::/64 via " LAB_ROUTER6 "\n";
/*
 * A macvlan of the router's eth1 in the client, as a container has one of its host's: straight to
 * the server's link.
 */
static const char given_macvlan[] = "link add mv0 link eth1 type macvlan mode bridge\n"
				    "link set mv0 netns %d\n";
static const char taken_macvlan[] = "route del 10.2.0.0/24\n"
				    "route del fd00:2::/64\n"
				    "address add 10.2.0.3/24 dev mv0\n"
				    "address add fd00:2::3/64 dev mv0 nodad\n"
				    "link set mv0 up\n";
/* The router is a bridge, the server on the client's link. */
static const char router_bridge[] = "address flush dev eth0 scope global\n"
				    "address flush dev eth1 scope global\n"
				    "link add br0 type bridge\n"
				    "link set eth0 master br0\n"
				    "link set eth1 master br0\n"
				    "link set br0 up\n";
static const char server_nearby[] = "address add 10.1.0.9/24 dev eth0\n"
				    "address add fd00:1::9/64 dev eth0 nodad\n";
static void expect_stopped_below(struct lab *lab, const char *target)
{
	json_t *record = probe(lab, target, PATHS_PORT, "-W", "1500ms");

	expect_verdict(record, "blocked", "dropped-out");
	expect_number(record, "syn_sent", 0);
	expect_number(record, "drop.count", 2);
	expect_text(record, "drop.direction", "out");
	expect_null(record, "interface");
}

/*
 * eth0 alone is the lab's ordinary path, behind it a router: see test_open.c. Here the device has
 * no link layer.
 */
BOTH_FAMILIES(paths, tun)
{
	struct lab *lab = scenario_lab();
	const char *peer = places_of(family)->peer;
	json_t *record;

	lab_peer_rule(lab, PATHS_PORT, (struct peer_rule){.answer = PEER_SYN_ACK});
	lab_peer_rule(lab, PATHS_CLOSED_PORT, (struct peer_rule){.answer = PEER_RST});
	record = probe(lab, peer, PATHS_PORT);
	expect_verdict(record, "open", "syn-ack");
	expect_once(record, "tun0");
	record = probe(lab, peer, PATHS_CLOSED_PORT);
	expect_verdict(record, "closed", "reset");
	expect_once(record, "tun0");
	cr_expect_eq(lab->peer->syns_read, 1, "the peer read %lu SYNs",
		     (unsigned long)lab->peer->syns_read);
}

BOTH_FAMILIES(paths, veth)
{
	expect_open_and_closed(scenario_lab(), LAB_SERVER, family, places_of(family)->server,
			       "eth0");
}

BOTH_FAMILIES(paths, bridge_of_this_host)
{
	struct lab *lab = scenario_lab();

	scenario_ip(lab, LAB_CLIENT, PATHS_OWN_BRIDGE);
	expect_open_and_closed(lab, LAB_SERVER, family, places_of(family)->server, "eth0");
}

BOTH_FAMILIES(paths, retransmits_over_a_bridge_count_once)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_ip(lab, LAB_CLIENT, PATHS_OWN_BRIDGE);
	scenario_nft(lab, LAB_SERVER,
		     "table inet t {\n chain c {\n type filter hook input priority 0\n tcp dport "
		     "7000 drop\n }\n}\n");
	record = probe(lab, places_of(family)->server, PATHS_PORT, "-W", "1500ms");
	expect_verdict(record, "filtered", "no-reply");
	expect_text(record, "interface", "eth0");
	expect_number(record, "syn_sent", 2);
	expect_number(record, "syn_unanswered", 2);
}

/*
 * Three SYNs at once, of which the queue of the bridge's port lets one pass: the others wait there
 * longer than a retransmit may take.
 */
BOTH_FAMILIES(paths, a_syn_delayed_below_a_bridge_counts_once)
{
	struct lab *lab = scenario_lab();
	struct command_result result;
	json_t *lines, *line;
	size_t i, delayed = 0;

	scenario_ip(lab, LAB_CLIENT, PATHS_OWN_BRIDGE);
	expect_verdict(probe(lab, places_of(family)->server, PATHS_PORT), "closed",
		       "reset"); /* the neighbours are known from now on */
	paths_tool(lab, LAB_CLIENT, "tc", "qdisc", "add", "dev", "eth0", "root", "tbf", "rate",
		   "3kbit", "burst", "100", "limit", "10000");
	result = cli(lab, "-j", "-c", "1", "-p", "7000-7002", places_of(family)->server);
	lines = cli_json(result.output.bytes);
	json_array_foreach(lines, i, line)
	{
		if (!field_is_text(line, "type", "probe"))
			continue;
		expect_verdict(line, "closed", "reset");
		expect_number(line, "syn_sent", 1);
		expect_between(line, "rtt_us", 1, 100000);
		delayed += field_is_number(line, "queue_us", 6000, 4000000);
	}
	cr_assert_geq(delayed, 1, "%s", result.output.bytes);
}

BOTH_FAMILIES(paths, what_a_bridges_firewall_drops_never_left)
{
	struct lab *lab = scenario_lab();

	scenario_ip(lab, LAB_CLIENT, PATHS_OWN_BRIDGE);
	scenario_listen(lab, LAB_SERVER, family, PATHS_PORT);
	scenario_nft(lab, LAB_CLIENT,
		     "table bridge t {\n chain c {\n type filter hook output priority 0\n"
		     " meta protocol ip ip protocol tcp drop\n meta protocol ip6 ip6 nexthdr tcp "
		     "drop\n }\n}\n");
	expect_stopped_below(lab, places_of(family)->server);
}

BOTH_FAMILIES(paths, what_a_bridges_port_drops_never_left)
{
	struct lab *lab = scenario_lab();

	scenario_ip(lab, LAB_CLIENT, PATHS_OWN_BRIDGE);
	scenario_listen(lab, LAB_SERVER, family, PATHS_PORT);
	scenario_nft(lab, LAB_CLIENT,
		     "table netdev t {\n chain c {\n type filter hook egress device eth0 priority "
		     "0\n meta l4proto tcp drop\n }\n}\n");
	expect_stopped_below(lab, places_of(family)->server);
}

BOTH_FAMILIES(paths, what_comes_in_by_a_bridge_and_is_dropped_there_was_answered)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_ip(lab, LAB_CLIENT, PATHS_OWN_BRIDGE);
	scenario_listen(lab, LAB_SERVER, family, PATHS_PORT);
	scenario_nft(lab, LAB_CLIENT,
		     "table inet t {\n chain c {\n type filter hook input priority 0\n tcp sport "
		     "7000 drop\n }\n}\n");
	record = probe(lab, places_of(family)->server, PATHS_PORT, "-W", "400ms");
	expect_verdict(record, "blocked", "dropped-in");
	expect_once(record, "eth0");
}

BOTH_FAMILIES(paths, bridge_of_another_host)
{
	struct lab *lab = scenario_lab();

	scenario_ip(lab, LAB_ROUTER, router_bridge);
	scenario_ip(lab, LAB_SERVER, server_nearby);
	expect_open_and_closed(lab, LAB_SERVER, family,
			       family == AF_INET ? "10.1.0.9" : "fd00:1::9", "eth0");
}

BOTH_FAMILIES(paths, macvlan)
{
	struct lab *lab = scenario_lab();

	scenario_ip(lab, LAB_CLIENT, own_macvlan);
	expect_open_and_closed(lab, LAB_SERVER, family, places_of(family)->server, "eth0");
}

static struct lab *lab_with_given_macvlan(void)
{
	struct lab *lab = scenario_lab();
	char text[128];

	snprintf(text, sizeof(text), given_macvlan, lab->hosts[LAB_CLIENT].holder);
	scenario_ip(lab, LAB_ROUTER, text);
	scenario_ip(lab, LAB_CLIENT, taken_macvlan);
	return lab;
}

/* What comes in is shown only at the device below, in the other namespace. */
BOTH_FAMILIES(paths, macvlan_of_another_namespaces_device)
{
	struct lab *lab = lab_with_given_macvlan();

	expect_open_and_closed(lab, LAB_SERVER, family, places_of(family)->server, "mv0");
}

BOTH_FAMILIES(paths, silence_on_a_macvlan_of_another_namespaces_device)
{
	struct lab *lab = lab_with_given_macvlan();
	json_t *record;

	scenario_nft(lab, LAB_SERVER,
		     "table inet t {\n chain c {\n type filter hook input priority 0\n tcp dport "
		     "7000 drop\n }\n}\n");
	record = probe(lab, places_of(family)->server, PATHS_PORT, "-W", "400ms");
	expect_verdict(record, "filtered", "no-reply");
	expect_text(record, "interface", "mv0");
	expect_number(record, "syn_sent", 1);
}

/* The other namespace is this host all the same. */
BOTH_FAMILIES(paths, what_the_device_below_a_macvlan_drops_never_left)
{
	struct lab *lab = lab_with_given_macvlan();

	scenario_listen(lab, LAB_SERVER, family, PATHS_PORT);
	scenario_nft(lab, LAB_ROUTER,
		     "table netdev t {\n chain c {\n type filter hook egress device eth1 priority "
		     "0\n meta l4proto tcp drop\n }\n}\n");
	expect_stopped_below(lab, places_of(family)->server);
}

static void expect_on_loopback(int family, const char *target)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	expect_open_and_closed(lab, LAB_CLIENT, family, target, "lo");
	expect_note(probe(lab, target, PATHS_PORT), "local-target");
	scenario_nft(lab, LAB_CLIENT,
		     "table inet t {\n chain c {\n type filter hook input priority 0\n tcp dport "
		     "7002 drop\n }\n}\n");
	record = probe(lab, target, 7002, "-W", "400ms");
	expect_verdict(record, "blocked", "dropped-in");
	expect_number(record, "syn_sent", 1);
	expect_text(record, "drop.interface", "lo");
}

BOTH_FAMILIES(paths, loopback)
{
	expect_on_loopback(family, places_of(family)->loopback);
}

BOTH_FAMILIES(paths, this_hosts_own_address)
{
	expect_on_loopback(family, places_of(family)->client);
}
