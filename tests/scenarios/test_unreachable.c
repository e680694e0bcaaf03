/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* unreachable: there is no way there, says a router, the neighbour or our own routing table. */
#include <stdio.h>
#include <sys/stat.h>

#include "tests/scenarios/cli.h"
#include "tests/scenarios/icmp_table.h"

#define PORT 7000

Test(unreachable, icmp_v4)
{
	static const struct icmp_case cases[] = {
		{3, 0, "icmp-net-unreachable", "unreachable", "ENETUNREACH"},
		{3, 1, "icmp-host-unreachable", "unreachable", "EHOSTUNREACH"},
		{3, 5, "icmp-source-route-failed", "error", "EOPNOTSUPP"},
		{3, 6, "icmp-net-unknown", "unreachable", "ENETUNREACH"},
		{3, 7, "icmp-host-unknown", "error", "EHOSTDOWN"},
		{3, 11, "icmp-net-tos", "unreachable", "ENETUNREACH"},
		{3, 12, "icmp-host-tos", "unreachable", "EHOSTUNREACH"},
		{11, 0, "ttl-exceeded", "unreachable", "EHOSTUNREACH"},
	};

	expect_icmp_verdicts(LAB_PEER4, LAB_PEER_ROUTER4, "unreachable", cases,
			     sizeof(cases) / sizeof(cases[0]));
}

Test(unreachable, icmp_v6)
{
	static const struct icmp_case cases[] = {
		{1, 0, "icmp-net-unreachable", "unreachable", "ENETUNREACH"},
		{1, 2, "icmp-beyond-scope", "unreachable", "EHOSTUNREACH"},
		{1, 3, "icmp-host-unreachable", "unreachable", "EHOSTUNREACH"},
		{3, 0, "ttl-exceeded", "unreachable", "EHOSTUNREACH"},
	};

	expect_icmp_verdicts(LAB_PEER6, LAB_PEER_ROUTER6, "unreachable", cases,
			     sizeof(cases) / sizeof(cases[0]));
}

BOTH_FAMILIES(unreachable, router_without_a_route)
{
	struct lab *lab = scenario_lab();
	json_t *record = probe(lab, places_of(family)->nowhere, PORT);

	expect_verdict(record, "unreachable", "icmp-net-unreachable");
	expect_text(record, "answer.from", places_of(family)->router);
	expect_number(record, "syn_sent", 1);
}

BOTH_FAMILIES(unreachable, ttl_that_ends_at_the_router)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, PORT);
	scenario_ip(lab, LAB_CLIENT,
		    "route replace 10.2.0.0/24 via " LAB_ROUTER4
		    " hoplimit 1\nroute replace fd00:2::/64 via " LAB_ROUTER6 " hoplimit 1\n");
	record = probe(lab, places_of(family)->server, PORT);
	expect_verdict(record, "unreachable", "ttl-exceeded");
	expect_text(record, "answer.from", places_of(family)->router);
}

BOTH_FAMILIES(unreachable, neighbour_that_nobody_is)
{
	struct lab *lab = scenario_lab();
	json_t *record = probe(lab, places_of(family)->nobody, PORT, "-W", "4");

	expect_verdict(record, "unreachable", "neighbour-failed");
	expect_number(record, "syn_sent", 0);
	expect_null(record, "answer");
}

BOTH_FAMILIES(unreachable, neighbour_still_sought_at_the_deadline)
{
	struct lab *lab = scenario_lab();
	json_t *record = probe(lab, places_of(family)->nobody, PORT, "-W", "1");

	expect_verdict(record, "unreachable", "neighbour-unresolved");
	expect_number(record, "syn_sent", 0);
}

BOTH_FAMILIES(unreachable, no_route)
{
	struct lab *lab = scenario_lab();
	json_t *record = probe(lab, places_of(family)->unrouted, PORT);
	struct stat namespace;

	/* Nothing was sent, but where it was not sent from is known. */
	cr_assert_eq(fstat(lab->hosts[LAB_CLIENT].netns_fd, &namespace), 0);
	expect_number(record, "netns", namespace.st_ino);

	expect_verdict(record, "unreachable", "no-route");
	expect_number(record, "syn_sent", 0);
	expect_text(record, "app.errno", "ENETUNREACH");
	expect_null(record, "interface");
}

static void expect_route_verdict(int family, const char *route_type, const char *reason,
				 const char *result, const char *error)
{
	struct lab *lab = scenario_lab();
	char text[128];
	json_t *record;

	snprintf(text, sizeof(text), "route add %s %s\n", route_type, places_of(family)->unrouted);
	scenario_ip(lab, LAB_CLIENT, text);
	record = probe(lab, places_of(family)->unrouted, PORT);
	expect_verdict(record, "unreachable", reason);
	expect_syns(record, 0, 0);
	expect_app(record, result, error);
	expect_null(record, "answer");
	expect_null(record, "drop");
}

BOTH_FAMILIES(unreachable, route_says_unreachable)
{
	expect_route_verdict(family, "unreachable", "route-unreachable", "unreachable",
			     "EHOSTUNREACH");
}

BOTH_FAMILIES(unreachable, route_is_a_blackhole)
{
	expect_route_verdict(family, "blackhole", "route-blackhole", "error", "EINVAL");
}

BOTH_FAMILIES(unreachable, route_prohibits)
{
	expect_route_verdict(family, "prohibit", "route-prohibit", "error", "EACCES");
}

/* The target is fine; it is the gateway that nobody is. */
static json_t *probe_by_nobody(int family, const char *timeout)
{
	struct lab *lab = scenario_lab();

	scenario_ip(lab, LAB_CLIENT,
		    "route replace 10.2.0.0/24 via " LAB_NOBODY4
		    "\nroute replace fd00:2::/64 via " LAB_NOBODY6 "\n");
	return probe(lab, places_of(family)->server, PORT, "-W", timeout);
}

static void expect_gateway_explained(const json_t *record, int family, const char *what)
{
	char part[128];

	snprintf(part, sizeof(part), "%s for the next hop %s on eth0 %s; no SYN has left this host",
		 family == AF_INET ? "ARP" : "neighbour discovery", places_of(family)->nobody,
		 what);
	expect_explained(record, part);
}

BOTH_FAMILIES(unreachable, gateway_that_nobody_is)
{
	json_t *record = probe_by_nobody(family, "4");

	expect_verdict(record, "unreachable", "neighbour-failed");
	expect_syns(record, 0, 0);
	expect_null(record, "answer");
	expect_text(record, "drop.direction", "out");
	expect_text(record, "drop.reason", family == AF_INET ? "NEIGH_FAILED" : "NOT_SPECIFIED");
	expect_text(record, "drop.function", "neigh_invalidate");
	expect_app(record, "unreachable", "EHOSTUNREACH");
	expect_gateway_explained(record, family, "failed");
}

BOTH_FAMILIES(unreachable, gateway_still_sought_at_the_deadline)
{
	json_t *record = probe_by_nobody(family, "400ms");

	expect_verdict(record, "unreachable", "neighbour-unresolved");
	expect_syns(record, 0, 0);
	expect_null(record, "answer");
	expect_null(record, "drop");
	expect_app(record, "in-progress", NULL);
	expect_gateway_explained(record, family, "has no answer yet");
}

static void expect_bad_destination(struct lab *lab, const char *target)
{
	json_t *record = probe(lab, target, PORT, "-W", "400ms");

	expect_verdict(record, "unreachable", "bad-destination");
	expect_syns(record, 0, 0);
	expect_app(record, "unreachable", "ENETUNREACH");
	expect_null(record, "answer");
	expect_null(record, "drop");
}

static void add_default_routes(struct lab *lab)
{
	scenario_ip(lab, LAB_CLIENT,
		    "route add default via " LAB_ROUTER4 "\nroute add default via " LAB_ROUTER6
		    "\n");
}

Test(unreachable, broadcast_address)
{
	struct lab *lab = scenario_lab();

	expect_bad_destination(lab, "10.1.0.255");
	expect_explained(probe(lab, "10.1.0.255", PORT), "broadcast");
	add_default_routes(lab);
	expect_bad_destination(lab, "255.255.255.255");
}

BOTH_FAMILIES(unreachable, multicast_address)
{
	const char *group = family == AF_INET ? "239.1.2.3" : "ff05::1:3";
	struct lab *lab = scenario_lab();

	add_default_routes(lab);
	expect_bad_destination(lab, group);
	expect_explained(probe(lab, group, PORT), "multicast");
}

/* No route would help. */
BOTH_FAMILIES(unreachable, address_of_many_without_a_route)
{
	struct lab *lab = scenario_lab();

	if (family == AF_INET)
		expect_bad_destination(lab, "255.255.255.255");
	expect_bad_destination(lab, family == AF_INET ? "239.1.2.3" : "ff05::1:3");
}

/* The first SYN had a way, a later one has none: that is no silence. */
BOTH_FAMILIES(unreachable, route_deleted_after_the_first_syn)
{
	const char *target = family == AF_INET ? "10.88.0.7" : "fd00:88::7";
	struct lab *lab = scenario_lab();
	struct command_process process;
	struct command_result result;
	json_t *record;

	scenario_ip(lab, LAB_CLIENT,
		    "route add 10.88.0.0/24 dev tun0\nroute add fd00:88::/64 dev tun0\n");
	process = cli_start(lab, "-j", "-c", "1", "-W", "4", target, "7000");
	scenario_await_syns(lab, 1);
	scenario_ip(lab, LAB_CLIENT,
		    "route del 10.88.0.0/24 dev tun0\nroute del fd00:88::/64 dev tun0\n");
	result = cli_finish(&process);
	record = scenario_record(cli_json(result.output.bytes), "probe", NULL, NULL);
	expect_verdict(record, "unreachable", "no-route");
	expect_syns(record, (unsigned)lab->peer->syns_read, (unsigned)lab->peer->syns_read);
	expect_text(record, "interface", "tun0");
	expect_null(record, "answer");
	expect_app(record, "unreachable", "ENETUNREACH");
	expect_explained(record, "no route");
}

/* The router refuses, and this host's own firewall lets nothing of it in. */
static struct lab *lab_dropping_errors(const char *refused)
{
	struct lab *lab = scenario_lab();

	scenario_chain(lab, LAB_ROUTER, "forward", refused);
	scenario_chain(lab, LAB_CLIENT, "input",
		       "icmp type destination-unreachable drop\n icmpv6 type "
		       "destination-unreachable drop");
	return lab;
}

BOTH_FAMILIES(unreachable, an_error_that_is_dropped_here)
{
	struct lab *lab = lab_dropping_errors("tcp dport 7000 reject with icmpx host-unreachable");
	json_t *record = probe(lab, places_of(family)->server, PORT, "-W", "1500ms");

	expect_verdict(record, "unreachable", "icmp-host-unreachable");
	expect_text(record, "answer.from", places_of(family)->router);
	expect_number(record, "syn_sent", 2);
	expect_drop(record, "in", "NETFILTER_DROP", "nft_do_chain", "eth0");
	expect_app(record, "in-progress", NULL);
	expect_explained(record,
			 "it was dropped here: NETFILTER_DROP in nft_do_chain (inbound, eth0)");
}

/* As connect() has it: nothing was heard of the error. */
BOTH_FAMILIES(unreachable, an_answer_after_an_error_that_was_dropped_here)
{
	struct lab *lab = lab_dropping_errors("tcp dport 7000 limit rate 1/minute burst 1 packets "
					      "reject with icmpx host-unreachable");
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, PORT);
	record = scenario_probe_once(lab, places_of(family)->server, PORT,
				     (const char *const[]){"-W", "2500ms", NULL});
	expect_verdict(record, "open", "syn-ack");
	expect_number(record, "syn_sent", 2);
	expect_app(record, "connected", NULL);
}
