/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What programs, tunnels and shapers do to packets on their way: the verdict is the same, and
 * nothing counts twice.
 */
#include "tests/scenarios/paths.h"

#define TUNNEL4 "10.50.0.1"
#define TUNNEL6 "fd00:50::1"

static const char client_tunnel[] =
	"link add vx0 type vxlan id 3 dstport 4789 local " LAB_CLIENT4 " remote " LAB_ROUTER4 "\n"
	"address add 10.50.0.2/24 dev vx0\n"
	"address add fd00:50::2/64 dev vx0 nodad\n"
	"link set vx0 up\n";
static const char router_tunnel[] =
	"link add vx0 type vxlan id 3 dstport 4789 local " LAB_ROUTER4 " remote " LAB_CLIENT4 "\n"
	"address add " TUNNEL4 "/24 dev vx0\n"
	"address add " TUNNEL6 "/64 dev vx0 nodad\n"
	"link set vx0 up\n";

/* The packet is copied, and comes in by NAPI. */
BOTH_FAMILIES(detours, veth_with_an_xdp_program)
{
	struct lab *lab = scenario_lab();

	paths_tool(lab, LAB_CLIENT, "ip", "link", "set", "dev", "eth0", "xdpdrv", "obj",
		   paths_object(), "sec", "xdp/pass");
	expect_open_and_closed(lab, LAB_SERVER, family, places_of(family)->server, "eth0");
}

/*
 * The driver drops before the kernel's first sight of the packet; of a veth the kernel tells what
 * was dropped, of other drivers nothing.
 */
BOTH_FAMILIES(detours, an_answer_that_xdp_drops_in_the_driver_is_dropped_here)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, PATHS_PORT);
	paths_tool(lab, LAB_CLIENT, "ip", "link", "set", "dev", "eth0", "xdpdrv", "obj",
		   paths_object(), "sec", "xdp/drop_tcp");
	record = probe(lab, places_of(family)->server, PATHS_PORT, "-W", "400ms");
	expect_verdict(record, "blocked", "dropped-in");
	expect_number(record, "syn_sent", 1);
	expect_number(record, "syn_unanswered", 0);
	expect_null(record, "answer");
	expect_text(record, "drop.direction", "in");
	expect_explained(record, "the answer arrived and was dropped here");
}

/* The generic hook comes after the kernel's first sight of the packet. */
BOTH_FAMILIES(detours, an_answer_that_generic_xdp_drops_is_dropped_here)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, PATHS_PORT);
	paths_tool(lab, LAB_CLIENT, "ip", "link", "set", "dev", "eth0", "xdpgeneric", "obj",
		   paths_object(), "sec", "xdp/drop_tcp");
	record = probe(lab, places_of(family)->server, PATHS_PORT, "-W", "400ms");
	expect_verdict(record, "blocked", "dropped-in");
	expect_text(record, "answer.kind", "syn-ack");
	expect_text(record, "drop.interface", "eth0");
}

/* Inside its packets the SYN cannot be read any more; it has been seen at the tunnel. */
BOTH_FAMILIES(detours, tunnel)
{
	struct lab *lab = scenario_lab();

	scenario_ip(lab, LAB_CLIENT, client_tunnel);
	scenario_ip(lab, LAB_ROUTER, router_tunnel);
	expect_open_and_closed(lab, LAB_ROUTER, family, family == AF_INET ? TUNNEL4 : TUNNEL6,
			       "vx0");
}

BOTH_FAMILIES(detours, answers_with_a_vlan_tag_in_the_packet)
{
	struct lab *lab = scenario_lab();

	paths_classify(lab, LAB_ROUTER, "egress", "tc/tag");
	expect_open_and_closed(lab, LAB_SERVER, family, places_of(family)->server, "eth0");
}

BOTH_FAMILIES(detours, answers_with_two_vlan_tags_in_the_packet)
{
	struct lab *lab = scenario_lab();

	paths_classify(lab, LAB_ROUTER, "egress", "tc/tag_twice");
	expect_open_and_closed(lab, LAB_SERVER, family, places_of(family)->server, "eth0");
}

BOTH_FAMILIES(detours, syns_with_two_vlan_tags_in_the_packet)
{
	struct lab *lab = scenario_lab();

	paths_classify(lab, LAB_CLIENT, "egress", "tc/tag_twice");
	expect_open_and_closed(lab, LAB_SERVER, family, places_of(family)->server, "eth0");
}

/* Whatever comes in by the device takes the detour by an ifb, to be shaped there. */
static void shape(struct lab *lab, const char *device)
{
	scenario_ip(lab, LAB_CLIENT, "link add ifb0 type ifb\nlink set ifb0 up\n");
	paths_tool(lab, LAB_CLIENT, "tc", "qdisc", "add", "dev", device, "clsact");
	paths_tool(lab, LAB_CLIENT, "tc", "filter", "add", "dev", device, "ingress", "protocol",
		   "all", "u32", "match", "u32", "0", "0", "action", "mirred", "egress", "redirect",
		   "dev", "ifb0");
}

BOTH_FAMILIES(detours, answers_shaped_by_an_ifb)
{
	struct lab *lab = scenario_lab();

	shape(lab, "eth0");
	expect_open_and_closed(lab, LAB_SERVER, family, places_of(family)->server, "eth0");
}

/* One answer that comes in twice answers one SYN. */
BOTH_FAMILIES(detours, an_answer_shaped_by_an_ifb_counts_once)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	shape(lab, "tun0");
	lab_peer_rule(lab, PATHS_PORT, (struct peer_rule){.answer = PEER_SYN_ACK, .drop_first = 1});
	record = probe(lab, places_of(family)->peer, PATHS_PORT);
	expect_verdict(record, "open", "syn-ack");
	expect_number(record, "syn_sent", 2);
	expect_number(record, "syn_unanswered", 1);
}

/*
 * Whatever leaves by the device takes a detour by an ifb, where the copy that does so belongs to no
 * socket.
 */
static struct lab *lab_shaping_what_leaves(int family)
{
	struct lab *lab = scenario_lab();

	scenario_ip(lab, LAB_CLIENT, "link add ifb0 type ifb\nlink set ifb0 up\n");
	paths_tool(lab, LAB_CLIENT, "tc", "qdisc", "add", "dev", "eth0", "clsact");
	paths_tool(lab, LAB_CLIENT, "tc", "filter", "add", "dev", "eth0", "egress", "protocol",
		   family == AF_INET ? "ip" : "ipv6", "u32", "match", "u32", "0", "0", "action",
		   "mirred", "egress", "redirect", "dev", "ifb0");
	return lab;
}

BOTH_FAMILIES(detours, syns_shaped_by_an_ifb)
{
	struct lab *lab = lab_shaping_what_leaves(family);

	expect_open_and_closed(lab, LAB_SERVER, family, places_of(family)->server, "eth0");
}

BOTH_FAMILIES(detours, silence_and_errors_where_an_ifb_shapes)
{
	struct lab *lab = lab_shaping_what_leaves(family);
	json_t *record;

	scenario_chain(lab, LAB_SERVER, "input", "tcp dport 7001 drop");
	record = probe(lab, places_of(family)->server, 7001, "-W", "1500ms");
	expect_verdict(record, "filtered", "no-reply");
	expect_syns(record, 2, 2);
	expect_text(record, "interface", "eth0");
	record = probe(lab, places_of(family)->nowhere, 7001);
	expect_verdict(record, "unreachable", "icmp-net-unreachable");
}

/* The outer packet is UDP; but it is our SYN that it carries. */
BOTH_FAMILIES(detours, a_tunnel_whose_outer_packet_is_dropped_here)
{
	const char *target = family == AF_INET ? "10.60.0.2" : "fd00:60::2";
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_ip(lab, LAB_CLIENT,
		    "link add vx0 type vxlan id 5 remote " LAB_ROUTER4 " dstport 4789 dev eth0\n"
		    "address add 10.60.0.1/24 dev vx0\naddress add fd00:60::1/64 dev vx0 "
		    "nodad\nlink set vx0 up\n"
		    "neighbour add 10.60.0.2 lladdr 02:00:00:00:00:99 dev vx0 nud permanent\n"
		    "neighbour add fd00:60::2 lladdr 02:00:00:00:00:99 dev vx0 nud permanent\n");
	record = probe(lab, target, 7000, "-W", "300ms");
	expect_verdict(record, "filtered", "no-reply");
	scenario_chain(lab, LAB_CLIENT, "output", "udp dport 4789 drop");
	record = probe(lab, target, 7000, "-W", "300ms");
	expect_verdict(record, "blocked", "dropped-out");
	expect_drop(record, "out", "NETFILTER_DROP", "nft_do_chain", "vx0");
	expect_number(record, "syn_sent", 0);
}
