/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Next hops that do not answer: the one that the SYN waits for is named, by whatever rule it was
 * chosen, and no healthy one.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tests/scenarios/paths.h"
#include "tests/scenarios/plain.h"
#include "tests/scenarios/scan.h"
#include "tests/scenarios/watch.h"

#define PORT 7000

static void expect_blamed(const json_t *record, const char *reason, int family,
			  const char *neighbour)
{
	char part[160];

	snprintf(part, sizeof(part), "%s for the next hop %s on eth0 %s; no SYN has left this host",
		 family == AF_INET ? "ARP" : "neighbour discovery", neighbour,
		 !strcmp(reason, "neighbour-failed") ? "failed" : "has no answer yet");
	expect_verdict(record, "unreachable", reason);
	expect_syns(record, 0, 0);
	expect_explained(record, part);
}

/* The router is known, and so nothing but the rule below is wrong. */
static struct lab *lab_with_router(int family)
{
	struct lab *lab = scenario_lab();

	expect_status(
		cli(lab, "-q", "-c", "1", "--expect", "closed", places_of(family)->server, "7000"),
		0);
	return lab;
}

/* A service address whose only endpoint is gone. */
static void send_to_nobody(struct lab *lab)
{
	scenario_nft(lab, LAB_CLIENT,
		     "table ip nat {\n chain c {\n type nat hook output priority 0\n"
		     " ip daddr " LAB_SERVER4 " tcp dport 7000 dnat to " LAB_NOBODY4 ":80\n }\n}\n"
		     "table ip6 nat {\n chain c {\n type nat hook output priority 0\n"
		     " ip6 daddr " LAB_SERVER6 " tcp dport 7000 dnat to [" LAB_NOBODY6
		     "]:80\n }\n}\n");
}

BOTH_FAMILIES(neighbours, stale_endpoint_of_a_service_address)
{
	struct lab *lab = lab_with_router(family);

	send_to_nobody(lab);
	expect_blamed(probe(lab, places_of(family)->server, PORT, "-W", "4"), "neighbour-failed",
		      family, places_of(family)->nobody);
}

BOTH_FAMILIES(neighbours, stale_endpoint_that_is_sought_at_the_deadline)
{
	struct lab *lab = lab_with_router(family);

	send_to_nobody(lab);
	expect_blamed(probe(lab, places_of(family)->server, PORT, "-W", "1500ms"),
		      "neighbour-unresolved", family, places_of(family)->nobody);
}

BOTH_FAMILIES(neighbours, stale_endpoint_among_the_ports_of_a_scan)
{
	struct lab *lab = lab_with_router(family);
	struct scan scan;
	char label[64];

	send_to_nobody(lab);
	snprintf(label, sizeof(label), family == AF_INET ? "%s:7000" : "[%s]:7000",
		 places_of(family)->server);
	scan = scan(lab, "-W", "4", "-p", "7000-7069", places_of(family)->server);
	expect_blamed(scan_record(&scan, label), "neighbour-failed", family,
		      places_of(family)->nobody);
	expect_group(&scan, "closed", "reset", 69);
}

/* Of another program no more is known than what the kernel does. */
BOTH_FAMILIES(neighbours, stale_endpoint_that_another_program_connects_to)
{
	struct lab *lab = lab_with_router(family);

	send_to_nobody(lab);
	expect_blamed(watch_one(lab, "--", liar("select-check"), places_of(family)->server, "7000"),
		      "neighbour-failed", family, places_of(family)->nobody);
}

/* Eight hosts, all of them the router: some are reached by one next hop, some by the other one. */
static void expect_dead_hop_blamed(struct lab *lab, int family)
{
	const char *hosts = family == AF_INET
				    ? "exec \"$0\" -j -c 1 -W 1200ms -p 7000 10.88.0.{1..8}"
				    : "exec \"$0\" -j -c 1 -W 1200ms -p 7000 fd00:88::{1..8}";
	struct command_result result;
	unsigned blamed = 0, passed = 0;
	json_t *lines, *record;
	size_t i;

	scenario_ip(lab, LAB_ROUTER,
		    "route add local 10.88.0.0/24 dev lo\nroute add local fd00:88::/64 dev lo\n");
	cr_assert_eq(lab_run(lab, LAB_CLIENT,
			     (const char *const[]){"bash", "-c", hosts, cli_program(), NULL},
			     SCENARIO_TIMEOUT_MS, &result, &(struct error){0}),
		     0);
	lines = cli_json(result.output.bytes);
	json_array_foreach(lines, i, record)
	{
		if (!field_is_text(record, "type", "probe"))
			continue;
		if (field_is_text(record, "status", "closed")) {
			passed++;
			continue;
		}
		expect_blamed(record, "neighbour-unresolved", family, places_of(family)->nobody);
		blamed++;
	}
	cr_assert(blamed && passed && blamed + passed == 8, "%u blamed, %u passed", blamed, passed);
}

BOTH_FAMILIES(neighbours, dead_hop_of_a_multipath_route)
{
	struct lab *lab = lab_with_router(family);

	scenario_ip(lab, LAB_CLIENT,
		    "route add 10.88.0.0/24 nexthop via " LAB_ROUTER4
		    " dev eth0 nexthop via " LAB_NOBODY4 " dev eth0\n"
		    "route add fd00:88::/64 nexthop via " LAB_ROUTER6
		    " dev eth0 nexthop via " LAB_NOBODY6 " dev eth0\n");
	expect_dead_hop_blamed(lab, family);
}

BOTH_FAMILIES(neighbours, dead_hop_of_a_group_of_nexthop_objects)
{
	struct lab *lab = lab_with_router(family);

	scenario_ip(lab, LAB_CLIENT,
		    family == AF_INET
			    ? "nexthop add id 1 via " LAB_ROUTER4
			      " dev eth0\nnexthop add id 2 via " LAB_NOBODY4 " dev eth0\n"
			      "nexthop add id 3 group 1/2\nroute add 10.88.0.0/24 nhid 3\n"
			    : "nexthop add id 1 via " LAB_ROUTER6
			      " dev eth0\nnexthop add id 2 via " LAB_NOBODY6 " dev eth0\n"
			      "nexthop add id 3 group 1/2\nroute add fd00:88::/64 nhid 3\n");
	expect_dead_hop_blamed(lab, family);
}

Test(neighbours, ipv6_gateway_of_an_ipv4_route)
{
	struct lab *lab = lab_with_router(AF_INET);

	scenario_ip(lab, LAB_CLIENT, "route add 10.88.0.0/24 via inet6 " LAB_NOBODY6 " dev eth0\n");
	expect_blamed(probe(lab, "10.88.0.1", PORT, "-W", "4"), "neighbour-failed", AF_INET6,
		      LAB_NOBODY6);
	expect_blamed(probe(lab, "10.88.0.2", PORT, "-W", "500ms"), "neighbour-unresolved",
		      AF_INET6, LAB_NOBODY6);
}

/* The rule sends to nobody what a plain look-up would send to the router. */
static void expect_rule_followed(int family, const char *rule, const char *option,
				 const char *value)
{
	struct lab *lab = lab_with_router(family);
	int version = family == AF_INET ? 4 : 6;
	char text[256];

	snprintf(text, sizeof(text),
		 "ip -%d rule add %s lookup 100 && ip -%d route add default via %s dev eth0 table "
		 "100",
		 version, rule, version, places_of(family)->nobody);
	paths_tool(lab, LAB_CLIENT, "sh", "-c", text);
	expect_blamed(probe(lab, places_of(family)->server, PORT, option, value, "-W", "4"),
		      "neighbour-failed", family, places_of(family)->nobody);
	expect_blamed(probe(lab, places_of(family)->server, PORT, option, value, "-W", "500ms"),
		      "neighbour-unresolved", family, places_of(family)->nobody);
}

BOTH_FAMILIES(neighbours, chosen_by_the_source_port)
{
	expect_rule_followed(family, "sport 4000", "--sport", "4000");
}

/* IPv6 chooses the way before it chooses the port. */
Test(neighbours, chosen_by_a_source_port_that_the_kernel_chose)
{
	expect_rule_followed(AF_INET, "ipproto tcp sport 20000-65534", "--ttl", "64");
}

Test(neighbours, not_chosen_by_a_source_port_that_came_too_late)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	paths_tool(lab, LAB_CLIENT, "sh", "-c",
		   "ip -6 rule add ipproto tcp sport 20000-65534 lookup 100 && ip -6 route add "
		   "blackhole default table 100");
	lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_SILENT});
	record = probe(lab, LAB_PEER6, PORT, "-W", "400ms");
	expect_verdict(record, "filtered", "no-reply");
	expect_syns(record, 1, 1);
}

BOTH_FAMILIES(neighbours, chosen_by_the_mark)
{
	expect_rule_followed(family, "fwmark 7", "-m", "7");
}

BOTH_FAMILIES(neighbours, chosen_by_the_user)
{
	expect_rule_followed(family, "uidrange 0-0", "--ttl", "64");
}

static bool is_sought(struct lab *lab, const char *neighbour)
{
	struct command_result result;
	struct error error;

	cr_assert_eq(
		lab_run(lab, LAB_CLIENT,
			(const char *const[]){"ip", "neighbour", "show", "to", neighbour, NULL},
			SCENARIO_TIMEOUT_MS, &result, &error),
		0, "%s", error.text);
	return strstr(result.output.bytes, "INCOMPLETE");
}

/* It comes up while the kernel asks for it. */
BOTH_FAMILIES(neighbours, one_that_answers_late_was_waited_for)
{
	struct lab *lab = scenario_lab();
	const char *nobody = places_of(family)->nobody;
	struct command_process process;
	json_t *record;
	char part[128];

	scenario_listen(lab, LAB_ROUTER, family, PORT);
	process = cli_start(lab, "-j", "-c", "1", "-W", "10", nobody, "7000");
	while (!is_sought(lab, nobody))
		nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
	scenario_ip(lab, LAB_ROUTER,
		    "address add " LAB_NOBODY4 "/24 dev eth0\naddress add " LAB_NOBODY6
		    "/64 dev eth0 nodad\n");
	record = scenario_record(cli_json(cli_finish(&process).output.bytes), "probe", NULL, NULL);
	snprintf(part, sizeof(part), " ms for the neighbour %s (eth0); the application waited ",
		 nobody);
	expect_verdict(record, "open", "syn-ack");
	expect_between(record, "neighbour_us", 100000, 9000000);
	expect_between(record, "rtt_us", 1, 90000);
	expect_explained(record, part);
}

/* Known when the first SYN left, and gone when a later one is due. */
BOTH_FAMILIES(neighbours, one_that_vanishes)
{
	static const char *const settings[][2] = {{"delay_first_probe_time", "1"},
						  {"retrans_time_ms", "100"},
						  {"ucast_solicit", "1"},
						  {"mcast_solicit", "1"}};
	const char *nobody = places_of(family)->nobody;
	struct lab *lab = scenario_lab();
	json_t *record;
	char text[128];

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		snprintf(text, sizeof(text), "net/ipv%d/neigh/eth0/%s", family == AF_INET ? 4 : 6,
			 settings[i][0]);
		scenario_sysctl(lab, LAB_CLIENT, text, settings[i][1]);
	}
	snprintf(text, sizeof(text),
		 "neighbour replace %s lladdr 02:00:00:00:00:99 dev eth0 nud stale\n", nobody);
	scenario_ip(lab, LAB_CLIENT, text);
	record = probe(lab, nobody, 7000, "-W", "6s");
	expect_verdict(record, "unreachable", "neighbour-failed");
	expect_between(record, "syn_sent", 1, 3);
	cr_assert(json_equal(field(record, "syn_sent"), field(record, "syn_unanswered")), "%s",
		  record_text(record));
	expect_null(record, "rtt_us");
	expect_null(record, "rtt_candidates_us");
	expect_explained(record, " had left before");
}

/* Of a network on the link 16 hosts are there; the kernel's own limit is what it is by default. */
static void add_hosts(struct lab *lab)
{
	char text[8192];
	size_t used = 0;

	scenario_ip(
		lab, LAB_CLIENT,
		"address add 10.90.0.1/20 dev eth0\naddress add fd00:90::1/64 dev eth0 nodad\n");
	for (unsigned i = 1; i <= 16; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "address add 10.90.%u.200/20 dev eth0\n"
					 "address add fd00:90::%x/64 dev eth0 nodad\n",
					 i - 1, i * 0x80 - 1);
	scenario_ip(lab, LAB_ROUTER, text);
}

BOTH_FAMILIES(neighbours, of_a_whole_network_leave_the_table_room_for_others)
{
	const char *network = family == AF_INET ? "10.90.0.0/20" : "fd00:90::/117";
	struct lab *lab = scenario_lab();
	struct command_process process;
	struct scan scan;

	add_hosts(lab);
	process = cli_start(lab, "-j", "-v", "-W", "1s", "--rate", "0", "-p", "7000", network);
	cli_await_errors(&process, "gc_thresh3", 1);
	/* Who is new to this host. */
	expect_told(lab, places_of(family)->router, 7001, SCENARIO_TIMEOUT_MS, ECONNREFUSED);
	scan = scan_of(cli_finish(&process));
	cr_assert_null(strstr(scan.result.output.bytes, "NEIGH_CREATEFAIL"));
	cr_assert_eq(cli_lines_with(scan.result.errors.bytes, ""), 1, "%s",
		     scan.result.errors.bytes);
	expect_group(&scan, "closed", "reset", 17);
	expect_number(scan.total, "status.blocked", 0);
}

/* Few hosts, and many ports of each: they are sought but once. */
BOTH_FAMILIES(neighbours, few_that_nobody_is_hold_nothing_back)
{
	struct lab *lab = scenario_lab();
	struct scan scan = scan(lab, "-W", "300ms", "--rate", "0", "-p", "7000-8999",
				places_of(family)->nobody);

	expect_group(&scan, "unreachable", "neighbour-unresolved", 2000);
	cr_assert_str_empty(scan.result.errors.bytes);
}
