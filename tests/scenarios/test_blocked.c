/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* blocked: this host itself stopped the SYN, or threw the answer away. */
#include <stdio.h>

#include "tests/scenarios/plain.h"

#define PORT		 7000
#define ONLY_SOURCE_PORT "40000 40000"

static void expect_dropped_out(int family, const char *hook, const char *interface)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, PORT);
	scenario_chain(lab, LAB_CLIENT, hook, "tcp dport 7000 drop");
	record = probe(lab, places_of(family)->server, PORT, "-W", "400ms");
	expect_verdict(record, "blocked", "dropped-out");
	expect_drop(record, "out", "NETFILTER_DROP", "nft_do_chain", interface);
	expect_number(record, "drop.count", 1);
	expect_syns(record, 0, 0);
	expect_app(record, "in-progress", NULL);
	expect_null(record, "answer");
	expect_null(record, "rtt_us");
}

BOTH_FAMILIES(blocked, output_drops_the_syn)
{
	expect_dropped_out(family, "output", NULL);
}

BOTH_FAMILIES(blocked, postrouting_drops_the_syn)
{
	expect_dropped_out(family, "postrouting", "eth0");
}

/* The server is open: the answer was here. */
static void expect_dropped_in(int family, const char *hook)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, PORT);
	scenario_chain(lab, LAB_CLIENT, hook, "tcp sport 7000 drop");
	record = probe(lab, places_of(family)->server, PORT, "-W", "400ms");
	expect_verdict(record, "blocked", "dropped-in");
	expect_drop(record, "in", "NETFILTER_DROP", "nft_do_chain", "eth0");
	expect_syns(record, 1, 0);
	expect_answer(record, "syn-ack", places_of(family)->server);
	expect_app(record, "in-progress", NULL);
}

BOTH_FAMILIES(blocked, input_drops_the_answer)
{
	expect_dropped_in(family, "input");
}

BOTH_FAMILIES(blocked, prerouting_drops_the_answer)
{
	expect_dropped_in(family, "prerouting");
}

static json_t *probe_rejected(int family, const char *rule)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, PORT);
	scenario_chain(lab, LAB_CLIENT, "output", rule);
	record = probe(lab, places_of(family)->server, PORT, "-W", "400ms");
	expect_verdict(record, "blocked", "rejected-locally");
	expect_syns(record, 0, 0);
	expect_explained(record, "this host rejected the SYN itself");
	return record;
}

BOTH_FAMILIES(blocked, output_rejects_by_icmp)
{
	json_t *record =
		probe_rejected(family, "tcp dport 7000 reject with icmpx admin-prohibited");

	/* To have ICMPv6 made, the kernel gives the packet a device. */
	expect_drop(record, "out", "NETFILTER_DROP", "nft_do_chain",
		    family == AF_INET ? NULL : "lo");
	if (family == AF_INET)
		expect_app(record, "unreachable", "EHOSTUNREACH");
	else
		expect_app(record, "error", "EACCES");
}

/* The application is refused as by a closed port; no packet left. */
BOTH_FAMILIES(blocked, output_rejects_by_reset)
{
	json_t *record = probe_rejected(family, "tcp dport 7000 reject with tcp reset");

	expect_drop(record, "out", "NETFILTER_DROP", "nft_do_chain", NULL);
	expect_misled_app(record, "refused", "ECONNREFUSED");
}

static void set_rejection(struct lab *lab, const char *rejection)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "table inet t\ndelete table inet t\ntable inet t {\n chain output {\n type filter "
		 "hook output priority 0\n"
		 " tcp dport 7000 limit rate over 1/minute burst 1 packets reject with %s\n }\n}\n",
		 rejection);
	scenario_nft(lab, LAB_CLIENT, text);
}

static void reset_later(struct lab *lab)
{
	set_rejection(lab, "tcp reset");
}

static void prohibit_later(struct lab *lab)
{
	set_rejection(lab, "icmpx admin-prohibited");
}

/*
 * The first SYN passes, the second is refused by this host itself: the silent target has nothing to
 * do with it.
 */
static void expect_forged_later(int family, scenario_prepare prepare)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_SILENT});
	record = scenario_probe_prepared(lab, prepare, places_of(family)->peer, PORT,
					 (const char *const[]){"-W", "1500ms", NULL});
	expect_verdict(record, "blocked", "rejected-locally");
	expect_syns(record, 1, 1);
	expect_null(record, "rtt_us");
	expect_null(record, "rtt_candidates_us");
}

BOTH_FAMILIES(blocked, output_rejects_a_later_syn_by_reset)
{
	expect_forged_later(family, reset_later);
}

BOTH_FAMILIES(blocked, output_rejects_a_later_syn_by_icmp)
{
	expect_forged_later(family, prohibit_later);
}

/*
 * A mark makes the SYN leave by eth0; by the main table the server is behind tun0, so that its
 * answer comes in at the wrong device.
 */
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
		     "table ip t {\n chain c {\n type route hook output priority -150\n tcp dport "
		     "7000 meta mark set 1\n }\n}\n");
	scenario_sysctl(lab, LAB_CLIENT, "net/ipv4/conf/eth0/rp_filter", "1");
	record = probe(lab, LAB_SERVER4, PORT, "-W", "400ms");
	expect_verdict(record, "blocked", "rp-filter");
	expect_drop(record, "in", "IP_RPFILTER", "ip_rcv_finish_core", "eth0");
	expect_text(record, "interface", "eth0");
	expect_answer(record, "syn-ack", LAB_SERVER4);
	expect_syns(record, 1, 0);
	expect_app(record, "in-progress", NULL);
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

/*
 * Where the packet leaves by a device, and where it comes in: earlier and later than any other hook
 * of the firewall.
 */
static void netdev_chain(struct lab *lab, const char *hook, const char *rule)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "table netdev t {\n chain c {\n type filter hook %s device eth0 priority 0\n %s\n "
		 "}\n}\n",
		 hook, rule);
	scenario_nft(lab, LAB_CLIENT, text);
}

BOTH_FAMILIES(blocked, the_devices_egress_drops_the_syn)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, PORT);
	netdev_chain(lab, "egress", "tcp dport 7000 drop");
	record = probe(lab, places_of(family)->server, PORT, "-W", "400ms");
	expect_verdict(record, "blocked", "dropped-out");
	expect_drop(record, "out", "NETFILTER_DROP", "nft_do_chain", "eth0");
	expect_syns(record, 0, 0);
	expect_app(record, "in-progress", NULL);
	expect_null(record, "answer");
	expect_null(record, "interface");
	expect_explained(record, "the SYN was dropped here before it could leave: NETFILTER_DROP "
				 "in nft_do_chain (outbound, eth0)");
}

static void expect_answer_dropped(struct lab *lab, int family)
{
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, PORT);
	record = probe(lab, places_of(family)->server, PORT, "-W", "400ms");
	expect_verdict(record, "blocked", "dropped-in");
	expect_drop(record, "in", "NETFILTER_DROP", "nft_do_chain", "eth0");
	expect_answer(record, "syn-ack", places_of(family)->server);
	expect_number(record, "answer.ttl", 63);
	expect_syns(record, 1, 0);
	expect_between(record, "rtt_us", 1, 900000);
	expect_app(record, "in-progress", NULL);
	expect_explained(record, "the SYN-ACK arrived and was dropped here: NETFILTER_DROP in "
				 "nft_do_chain (inbound, eth0)");
}

BOTH_FAMILIES(blocked, the_devices_ingress_drops_the_answer)
{
	struct lab *lab = scenario_lab();

	netdev_chain(lab, "ingress", "tcp sport 7000 drop");
	expect_answer_dropped(lab, family);
}

#define NOT_TRACKED(hook)                                                                          \
	" chain " hook " {\n type filter hook " hook                                               \
	" priority raw\n tcp dport 7000 notrack\n tcp sport 7000 notrack\n }\n"

/* The ruleset knows no connection, for its SYN was not tracked. */
BOTH_FAMILIES(blocked, an_answer_to_what_was_not_tracked_is_dropped_as_invalid)
{
	struct lab *lab = scenario_lab();

	scenario_nft(lab, LAB_CLIENT, "table inet t {\n" NOT_TRACKED("output") "}\n");
	scenario_chain(lab, LAB_CLIENT, "input", "tcp sport 7000 ct state invalid drop");
	expect_answer_dropped(lab, family);
}

BOTH_FAMILIES(blocked, an_answer_that_is_not_tracked_is_dropped_as_such)
{
	struct lab *lab = scenario_lab();

	scenario_nft(lab, LAB_CLIENT,
		     "table inet t {\n" NOT_TRACKED("output") NOT_TRACKED("prerouting") "}\n");
	scenario_chain(lab, LAB_CLIENT, "input", "tcp sport 7000 ct state untracked drop");
	expect_answer_dropped(lab, family);
}

/* The cable is pulled: the device is up, has a route, and swallows everything. */
static void expect_no_carrier(int family, const char *neighbours)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_ip(lab, LAB_CLIENT, neighbours);
	scenario_ip(lab, LAB_ROUTER, "link set eth0 down\n");
	record = probe(lab, places_of(family)->server, PORT, "-W", "400ms");
	expect_verdict(record, "blocked", "carrier-down");
	expect_syns(record, 0, 0);
	expect_null(record, "answer");
	expect_app(record, "in-progress", NULL);
	expect_explained(record, "eth0");
	expect_explained(record, "carrier");
}

/* That nobody answers ARP is no news of the gateway then. */
BOTH_FAMILIES(blocked, device_without_a_carrier)
{
	expect_no_carrier(family, "link show dev eth0\n");
}

BOTH_FAMILIES(blocked, device_without_a_carrier_whose_gateway_is_known)
{
	expect_no_carrier(family, "neighbour replace " LAB_ROUTER4
				  " lladdr 02:00:00:00:00:99 dev eth0 nud permanent\n"
				  "neighbour replace " LAB_ROUTER6
				  " lladdr 02:00:00:00:00:99 dev eth0 nud permanent\n");
}

/* Its queue drops what is sent; that is no queue's fault. */
Test(blocked, loopback_that_is_down)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_ip(lab, LAB_CLIENT, "link set lo down\n");
	record = probe(lab, LAB_CLIENT4, PORT, "-W", "400ms");
	expect_verdict(record, "blocked", "carrier-down");
	expect_syns(record, 0, 0);
	expect_explained(record, "lo has no carrier");
}

/*
 * A veth's driver drops what is longer than the other end allows: nothing left. IPv4's SYN is short
 * enough, unless a tunnel wraps it.
 */
BOTH_FAMILIES(blocked, what_the_other_end_of_a_veth_does_not_take)
{
	const char *target = family == AF_INET ? "10.60.0.2" : LAB_ROUTER6;
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_ip(lab, LAB_ROUTER, "link set eth0 mtu 68\n");
	scenario_ip(lab, LAB_CLIENT,
		    "neighbour replace " LAB_ROUTER6
		    " lladdr 02:00:00:00:00:99 dev eth0 nud permanent\n"
		    "link add vx0 type vxlan id 5 remote " LAB_ROUTER4 " dstport 4789 dev eth0\n"
		    "address add 10.60.0.1/24 dev vx0\nlink set vx0 up\n"
		    "neighbour add 10.60.0.2 lladdr 02:00:00:00:00:99 dev vx0 nud permanent\n");
	record = probe(lab, target, PORT, "-W", "1200ms");
	expect_verdict(record, "blocked", "dropped-out");
	expect_syns(record, 0, 0);
	expect_text(record, "drop.direction", "out");
	expect_number(record, "drop.count", 2);
	expect_text(record, "drop.interface", "eth0");
}
