/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where the SYN went, with -v: over the devices of all namespaces of this machine, by whatever
 * addresses. No verdict hangs on it.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>

#include "tests/scenarios/cli.h"
#include "tests/scenarios/paths.h"

#define OTHER_PORT 7002

struct wanted {
	enum lab_host host;
	const char *interface;
	const char *direction;
};

static const struct wanted routed[] = {
	{LAB_CLIENT, "eth0", "out"},
	{LAB_ROUTER, "eth0", "in"},
	{LAB_ROUTER, "eth1", "out"},
	{LAB_SERVER, "eth0", "in"},
};

static double netns_of(const struct lab *lab, enum lab_host host)
{
	struct stat namespace;

	cr_assert_eq(fstat(lab->hosts[host].netns_fd, &namespace), 0);
	return (double)namespace.st_ino;
}

static void expect_path(const struct lab *lab, const json_t *record, const struct wanted *wanted,
			size_t count)
{
	const json_t *path = field(record, "path");
	double after_us = 0;

	cr_assert_eq(json_array_size(path), count, "not %zu hops: %s", count, record_text(record));
	for (size_t i = 0; i < count; i++) {
		const json_t *hop = json_array_get(path, i);
		double netns = netns_of(lab, wanted[i].host);

		cr_assert(field_is_text(hop, "interface", wanted[i].interface), "hop %zu: %s", i,
			  record_text(record));
		cr_assert(field_is_text(hop, "direction", wanted[i].direction), "hop %zu: %s", i,
			  record_text(record));
		cr_assert(field_is_number(hop, "netns", netns, netns), "hop %zu is not in %.0f: %s",
			  i, netns, record_text(record));
		cr_assert(field_is_number(hop, "after_us", after_us, i ? 1e6 : 0), "hop %zu: %s", i,
			  record_text(record));
		after_us = json_number_value(field(hop, "after_us"));
	}
}

#define EXPECT_PATH(lab, record, wanted)                                                           \
	expect_path(lab, record, wanted, sizeof(wanted) / sizeof(wanted[0]))

/* What text says of one open connection. */
static const char *shown(struct lab *lab, const char *target)
{
	struct command_result result = cli(lab, "-v", "-c", "1", "--hold", "0", target, "7000");

	expect_status(result, 0);
	return result.output.bytes;
}

BOTH_FAMILIES(hops, over_a_router_to_the_server)
{
	struct lab *lab = scenario_lab();
	char line[256];

	scenario_listen(lab, LAB_SERVER, family, PATHS_PORT);
	EXPECT_PATH(lab, probe(lab, places_of(family)->server, PATHS_PORT, "-v"), routed);
	EXPECT_PATH(lab, probe(lab, places_of(family)->server, PATHS_CLOSED_PORT, "-v"), routed);
	snprintf(line, sizeof(line),
		 "\n      path  eth0 → eth0 (ns %.0f) → eth1 → eth0 (ns %.0f), ",
		 netns_of(lab, LAB_ROUTER), netns_of(lab, LAB_SERVER));
	expect_said(shown(lab, places_of(family)->server), line);
}

BOTH_FAMILIES(hops, none_without_the_option)
{
	struct lab *lab = scenario_lab();

	scenario_listen(lab, LAB_SERVER, family, PATHS_PORT);
	expect_null(probe(lab, places_of(family)->server, PATHS_PORT), "path");
}

/* Each link that a process holds is a program of its. */
static const char count_links[] =
	"out=$(mktemp)\n"
	"\"$0\" -j -c 0 $OPTIONS 127.0.0.1 7000 > $out & until grep -q probe $out || ! kill -0 $!; "
	"do sleep 0.05; done\n"
	"cat /proc/$!/fdinfo/* | grep -c ^link_id; kill -INT $!; wait $!; rm $out";

static int links_with(struct lab *lab, const char *options)
{
	char line[1024];

	snprintf(line, sizeof(line), "OPTIONS='%s'\n%s", options, count_links);
	return atoi(cli_shell(lab, line).output.bytes);
}

Test(hops, two_programs_more_are_loaded_with_the_option)
{
	struct lab *lab = scenario_lab();
	int without = links_with(lab, "");

	cr_assert_gt(without, 5);
	cr_assert_eq(links_with(lab, "-v"), without + 2);
}

/* A bridge's ports are passed, the bridge is not. */
BOTH_FAMILIES(hops, over_the_ports_of_a_bridge)
{
	struct lab *lab = scenario_lab();
	const char *target = family == AF_INET ? "10.1.0.9" : "fd00:1::9";

	scenario_ip(lab, LAB_ROUTER,
		    "address flush dev eth0 scope global\naddress flush dev eth1 scope "
		    "global\nlink add br0 type bridge\n"
		    "link set eth0 master br0\nlink set eth1 master br0\nlink set br0 up\n");
	scenario_ip(lab, LAB_SERVER,
		    "address add 10.1.0.9/24 dev eth0\naddress add fd00:1::9/64 dev eth0 nodad\n");
	scenario_listen(lab, LAB_SERVER, family, PATHS_PORT);
	EXPECT_PATH(lab, probe(lab, target, PATHS_PORT, "-v"), routed);
}

/* As a container host has it. */
BOTH_FAMILIES(hops, over_a_bridge_that_is_the_gateway)
{
	static const struct wanted wanted[] = {
		{LAB_CLIENT, "eth0", "out"}, {LAB_ROUTER, "eth0", "in"}, {LAB_ROUTER, "br0", "in"},
		{LAB_ROUTER, "eth1", "out"}, {LAB_SERVER, "eth0", "in"},
	};
	struct lab *lab = scenario_lab();

	scenario_ip(lab, LAB_ROUTER,
		    "address flush dev eth0 scope global\nlink add br0 type bridge\nlink set eth0 "
		    "master br0\nlink set br0 up\n"
		    "address add " LAB_ROUTER4 "/24 dev br0\naddress add " LAB_ROUTER6
		    "/64 dev br0 nodad\n");
	scenario_listen(lab, LAB_SERVER, family, PATHS_PORT);
	EXPECT_PATH(lab, probe(lab, places_of(family)->server, PATHS_PORT, "-v"), wanted);
}

BOTH_FAMILIES(hops, from_a_bridge_of_the_sockets_own_namespace)
{
	static const struct wanted wanted[] = {
		{LAB_CLIENT, "br0", "out"}, {LAB_CLIENT, "eth0", "out"},
		{LAB_ROUTER, "eth0", "in"}, {LAB_ROUTER, "eth1", "out"},
		{LAB_SERVER, "eth0", "in"},
	};
	struct lab *lab = scenario_lab();

	scenario_ip(lab, LAB_CLIENT,
		    "link add br0 type bridge\naddress flush dev eth0 scope global\nlink set eth0 "
		    "master br0\nlink set br0 up\n"
		    "address add " LAB_CLIENT4 "/24 dev br0\naddress add " LAB_CLIENT6
		    "/64 dev br0 nodad\n"
		    "route replace 10.2.0.0/24 via " LAB_ROUTER4
		    "\nroute replace fd00:2::/64 via " LAB_ROUTER6 "\n");
	scenario_listen(lab, LAB_SERVER, family, PATHS_PORT);
	EXPECT_PATH(lab, probe(lab, places_of(family)->server, PATHS_PORT, "-v"), wanted);
}

BOTH_FAMILIES(hops, over_the_device_below_a_macvlan)
{
	static const struct wanted wanted[] = {
		{LAB_CLIENT, "mv0", "out"},
		{LAB_ROUTER, "eth1", "out"},
		{LAB_SERVER, "eth0", "in"},
	};
	struct lab *lab = scenario_lab();
	char text[128];

	snprintf(text, sizeof(text),
		 "link add mv0 link eth1 type macvlan mode bridge\nlink set mv0 netns %d\n",
		 lab->hosts[LAB_CLIENT].holder);
	scenario_ip(lab, LAB_ROUTER, text);
	scenario_ip(
		lab, LAB_CLIENT,
		"route del 10.2.0.0/24\nroute del fd00:2::/64\naddress add 10.2.0.3/24 dev mv0\n"
		"address add fd00:2::3/64 dev mv0 nodad\nlink set mv0 up\n");
	scenario_listen(lab, LAB_SERVER, family, PATHS_PORT);
	EXPECT_PATH(lab, probe(lab, places_of(family)->server, PATHS_PORT, "-v"), wanted);
}

/* What the router rewrites, as rules of its two chains. */
static void translate(struct lab *lab, const char *prerouting, const char *postrouting)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "table inet t {\n chain pre {\n type nat hook prerouting priority -100\n %s\n }\n"
		 " chain post {\n type nat hook postrouting priority 100\n %s\n }\n}\n",
		 prerouting, postrouting);
	scenario_nft(lab, LAB_ROUTER, text);
}

static const char *dnat_of(int family)
{
	return family == AF_INET
		       ? "ip daddr " LAB_NOWHERE4 " tcp dport 7000 dnat ip to " LAB_SERVER4 ":7002"
		       : "ip6 daddr " LAB_NOWHERE6 " tcp dport 7000 dnat ip6 to [" LAB_SERVER6
			 "]:7002";
}

BOTH_FAMILIES(hops, with_the_source_that_a_router_gave_it)
{
	struct lab *lab = scenario_lab();
	const char *text;

	translate(lab, "", "oifname eth1 masquerade");
	scenario_listen(lab, LAB_SERVER, family, PATHS_PORT);
	EXPECT_PATH(lab, probe(lab, places_of(family)->server, PATHS_PORT, "-v"), routed);
	text = shown(lab, places_of(family)->server);
	expect_said(text,
		    family == AF_INET ? "out, now from 10.2.0.1:" : "out, now from [fd00:2::1]:");
	expect_said(text, family == AF_INET ? " → eth1 (now from 10.2.0.1:"
					    : " → eth1 (now from [fd00:2::1]:");
	cr_assert_eq(cli_lines_with(text, "now "), 2);
}

/* Its address and its port are others then: nothing of its destination is left but the number. */
BOTH_FAMILIES(hops, with_the_destination_that_a_router_gave_it)
{
	struct lab *lab = scenario_lab();
	const char *text;
	json_t *record;

	translate(lab, dnat_of(family), "");
	scenario_listen(lab, LAB_SERVER, family, OTHER_PORT);
	record = probe(lab, places_of(family)->nowhere, PATHS_PORT, "-v");
	expect_verdict(record, "open", "syn-ack");
	expect_null(record, "wire_destination");
	EXPECT_PATH(lab, record, routed);
	text = shown(lab, places_of(family)->nowhere);
	expect_said(text, family == AF_INET ? "out, now to " LAB_SERVER4 ":7002\n"
					    : "out, now to [" LAB_SERVER6 "]:7002\n");
}

BOTH_FAMILIES(hops, with_both_ends_rewritten)
{
	struct lab *lab = scenario_lab();

	translate(lab, dnat_of(family), "oifname eth1 masquerade");
	scenario_listen(lab, LAB_SERVER, family, OTHER_PORT);
	EXPECT_PATH(lab, probe(lab, places_of(family)->nowhere, PATHS_PORT, "-v"), routed);
	expect_said(shown(lab, places_of(family)->nowhere), ":7002 and from another source");
}

/*
 * The path ends where another namespace of this machine drops it, and retransmits do not lengthen
 * it.
 */
BOTH_FAMILIES(hops, to_the_router_that_drops_it)
{
	static const struct wanted wanted[] = {{LAB_CLIENT, "eth0", "out"},
					       {LAB_ROUTER, "eth0", "in"}};
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_nft(
		lab, LAB_ROUTER,
		"table inet t {\n chain c {\n type filter hook forward priority 0\n drop\n }\n}\n");
	record = probe(lab, places_of(family)->server, PATHS_PORT, "-v", "-W", "2500ms");
	expect_verdict(record, "filtered", "no-reply");
	expect_number(record, "syn_sent", 3);
	EXPECT_PATH(lab, record, wanted);
}

BOTH_FAMILIES(hops, none_when_nothing_left)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_nft(lab, LAB_CLIENT,
		     "table inet t {\n chain c {\n type filter hook output priority 0\n tcp dport "
		     "7000 drop\n }\n}\n");
	record = probe(lab, places_of(family)->server, PATHS_PORT, "-v", "-W", "400ms");
	expect_verdict(record, "blocked", "dropped-out");
	expect_path(lab, record, NULL, 0);
}

static void expect_same(const json_t *a, const json_t *b)
{
	static const char *const fields[] = {
		"status",     "reason", "complete",	   "syn_sent",	  "syn_unanswered",
		"interface",  "drop",	"answer.kind",	   "answer.from", "answer.ttl",
		"app.result", "notes",	"wire_destination"}; /* the sentence has times */

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		const json_t *of_a = field(a, fields[i]), *of_b = field(b, fields[i]);

		/* Without an answer it has no members. */
		cr_assert(of_a == of_b || json_equal(of_a, of_b), "%s:\n%s\n%s", fields[i],
			  record_text(a), record_text(b));
	}
}

BOTH_FAMILIES(hops, change_no_verdict)
{
	const struct places *places = places_of(family);
	const struct {
		const char *target;
		uint16_t port;
	} cases[] = {
		{places->server, PATHS_PORT},	       {places->server, PATHS_CLOSED_PORT},
		{places->server, OTHER_PORT},	       {places->peer, PATHS_PORT},
		{places->loopback, PATHS_CLOSED_PORT},
	};
	struct lab *lab = scenario_lab();

	scenario_listen(lab, LAB_SERVER, family, PATHS_PORT);
	scenario_nft(lab, LAB_SERVER,
		     "table inet t {\n chain c {\n type filter hook input priority 0\n tcp dport "
		     "7002 drop\n }\n}\n");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_same(probe(lab, cases[i].target, cases[i].port, "-W", "1500ms"),
			    probe(lab, cases[i].target, cases[i].port, "-W", "1500ms", "-v"));
}

/* The same addresses and ports, at the same time. */
BOTH_FAMILIES(hops, of_its_own_syn_alone)
{
	const char *server = places_of(family)->server;
	struct lab *lab = scenario_lab(), *other = scenario_lab();
	struct command_process busy;

	scenario_listen(lab, LAB_SERVER, family, PATHS_PORT);
	scenario_listen(other, LAB_SERVER, family, PATHS_PORT);
	busy = cli_start(other, "-q", "-v", "-i", "2ms", "-c", "0", "--hold", "0", server, "7000");
	for (int i = 0; i < 10; i++)
		EXPECT_PATH(lab, probe(lab, server, PATHS_PORT, "-v"), routed);
	cr_assert_eq(kill(busy.pid, SIGINT), 0);
	expect_said(cli_finish(&busy).output.bytes, " open");
}
