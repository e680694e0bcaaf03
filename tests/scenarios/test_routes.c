/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Routes and neighbours, asked in the lab's client: every kind is told apart. */
#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>

#include "tests/scenarios/scenario.h"
#include "user/io/netlink/devices.h"
#include "user/io/netlink/routes.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* The client has no default route: what is not named here or in lab.h has none. */
static const char more_routes[] = "route add unreachable 10.30.0.0/16\n"
				  "route add blackhole 10.31.0.0/16\n"
				  "route add prohibit 10.32.0.0/16\n"
				  "route add throw 10.33.0.0/16\n"
				  "route add 10.34.0.0/16 via inet6 fe80::7 dev eth0\n"
				  "rule add to 10.35.0.0/16 prohibit\n"
				  "rule add to 10.36.0.0/16 blackhole\n"
				  "rule add to 10.37.0.0/16 unreachable\n"
				  "rule add fwmark 7 table 77\n"
				  "route add 10.40.0.0/16 via 10.1.0.1 table 77\n"
				  "rule add ipproto tcp dport 443 table 78\n"
				  "route add 10.41.0.0/16 via 10.1.0.1 table 78\n"
				  "route add multicast 224.0.0.0/4 dev eth0\n"
				  "route add unreachable fd00:30::/64\n"
				  "route add blackhole fd00:31::/64\n"
				  "route add prohibit fd00:32::/64\n"
				  "route add fd00:33::/64 via fe80::7 dev eth0\n";

struct question {
	const char *destination;
	uint16_t port;
	uint32_t mark;
	enum route_kind kind;
	const char *gateway, *device, *source; /* "" for none */
};

static struct lab *client_enter(void)
{
	struct lab *lab = scenario_lab();

	scenario_ip(lab, LAB_CLIENT, more_routes);
	cr_assert_eq(setns(lab->hosts[LAB_CLIENT].netns_fd, CLONE_NEWNET), 0);
	return lab;
}

static struct address address_of(const char *text, uint16_t port)
{
	struct address address;

	cr_assert_eq(address_parse(text, &address), 0, "%s", text);
	address.port = port;
	return address;
}

static void expect_address(const char *what, const struct question *question,
			   const struct address *address, const char *wanted)
{
	char text[ADDRESS_TEXT_MAX];

	cr_expect_str_eq(address_format(address, text), wanted, "%s of %s is %s", what,
			 question->destination, text);
}

static void expect_route(struct rtnetlink *netlink, const struct question *question)
{
	struct route_question asked = {.destination =
					       address_of(question->destination, question->port),
				       .mark = question->mark};
	struct address source;
	struct route_event route;

	cr_assert_eq(routes_ask(netlink, &asked, &route, &source), 0, "%s", question->destination);
	cr_expect_eq(route.kind, question->kind, "%s is %s", question->destination,
		     route_kind_name(route.kind));
	cr_expect_str_eq(route.device, question->device, "%s: by %s", question->destination,
			 route.device);
	cr_expect_eq(route.ifindex, if_nametoindex(question->device), "%s: by %u",
		     question->destination, route.ifindex);
	expect_address("gateway", question, &route.gateway, question->gateway);
	expect_address("source", question, &source, question->source);
	cr_expect_eq(route.gateway.scope, address_is_link_local(&route.gateway) ? route.ifindex : 0,
		     "%s", question->destination);
}

Test(netlink, every_kind_is_told_apart)
{
	static const struct question questions[] = {
		{LAB_ROUTER4, 80, 0, ROUTE_UNICAST, "", "eth0", LAB_CLIENT4},
		{LAB_SERVER4, 80, 0, ROUTE_UNICAST, LAB_ROUTER4, "eth0", LAB_CLIENT4},
		{"10.34.0.1", 80, 0, ROUTE_UNICAST, "fe80::7", "eth0", LAB_CLIENT4},
		{LAB_CLIENT4, 80, 0, ROUTE_LOCAL, "", "lo", LAB_CLIENT4},
		{"127.0.0.1", 80, 0, ROUTE_LOCAL, "", "lo", "127.0.0.1"},
		{"10.1.0.255", 80, 0, ROUTE_BROADCAST, "", "eth0", LAB_CLIENT4},
		{"224.0.0.5", 80, 0, ROUTE_MULTICAST, "", "eth0", LAB_CLIENT4},
		{LAB_UNROUTED4, 80, 0, ROUTE_NONE, "", "", ""},
		{"10.33.0.1", 80, 0, ROUTE_NONE, "", "", ""},
		{"10.30.0.1", 80, 0, ROUTE_UNREACHABLE, "", "", ""},
		{"10.31.0.1", 80, 0, ROUTE_BLACKHOLE, "", "", ""},
		{"10.32.0.1", 80, 0, ROUTE_PROHIBIT, "", "", ""},
		{"10.35.0.1", 80, 0, ROUTE_PROHIBIT, "", "", ""},
		{"10.36.0.1", 80, 0, ROUTE_BLACKHOLE, "", "", ""},
		{"10.37.0.1", 80, 0, ROUTE_UNREACHABLE, "", "", ""},
		{LAB_ROUTER6, 80, 0, ROUTE_UNICAST, "", "eth0", LAB_CLIENT6},
		{LAB_SERVER6, 80, 0, ROUTE_UNICAST, LAB_ROUTER6, "eth0", LAB_CLIENT6},
		{"fd00:33::1", 80, 0, ROUTE_UNICAST, "fe80::7", "eth0", LAB_CLIENT6},
		{LAB_CLIENT6, 80, 0, ROUTE_LOCAL, "", "lo", LAB_CLIENT6},
		{LAB_UNROUTED6, 80, 0, ROUTE_NONE, "", "", ""},
		{"fd00:30::1", 80, 0, ROUTE_UNREACHABLE, "", "", ""},
		{"fd00:31::1", 80, 0, ROUTE_BLACKHOLE, "", "", ""},
		{"fd00:32::1", 80, 0, ROUTE_PROHIBIT, "", "", ""},
		/* policy rules: by mark, by port */
		{"10.40.0.1", 80, 0, ROUTE_NONE, "", "", ""},
		{"10.40.0.1", 80, 7, ROUTE_UNICAST, LAB_ROUTER4, "eth0", LAB_CLIENT4},
		{"10.41.0.1", 80, 0, ROUTE_NONE, "", "", ""},
		{"10.41.0.1", 443, 0, ROUTE_UNICAST, LAB_ROUTER4, "eth0", LAB_CLIENT4},
	};
	struct rtnetlink *netlink;

	client_enter();
	netlink = rtnetlink_new();
	cr_assert_not_null(netlink);
	for (size_t i = 0; i < COUNT_OF(questions); i++)
		expect_route(netlink, &questions[i]);
	rtnetlink_free(netlink);
}

Test(netlink, a_device_and_a_source_are_part_of_the_question)
{
	struct address unrouted = address_of(LAB_UNROUTED4, 80),
		       server = address_of(LAB_SERVER4, 80), client = address_of(LAB_CLIENT4, 4000),
		       other_family = address_of(LAB_CLIENT6, 0), source;
	struct route_event route;
	struct rtnetlink *netlink;
	uint32_t eth0;

	client_enter();
	netlink = rtnetlink_new();
	eth0 = if_nametoindex("eth0");
	/* Without a route a socket bound to a device takes the destination for a neighbour. */
	cr_assert_eq(routes_ask(netlink,
				&(struct route_question){.destination = unrouted, .oif = eth0},
				&route, NULL),
		     0);
	cr_expect_eq(route.kind, ROUTE_UNICAST);
	cr_expect_eq(route.ifindex, eth0);

	cr_assert_eq(routes_ask(netlink,
				&(struct route_question){.destination = server, .source = client},
				&route, &source),
		     0);
	cr_expect_eq(route.kind, ROUTE_UNICAST);
	cr_expect(address_same_host(&source, &client));
	cr_expect_eq(source.port, 0);

	cr_expect_eq(routes_ask(netlink,
				&(struct route_question){.destination = server, .oif = 9999},
				&route, NULL),
		     -ENODEV);
	cr_expect_eq(
		routes_ask(netlink,
			   &(struct route_question){.destination = server, .source = other_family},
			   &route, NULL),
		-EAFNOSUPPORT);
	rtnetlink_free(netlink);
}

/*
 * Where a socket is bound to a VRF, the scope is one of the VRF's devices: connect() takes that
 * one.
 */
/* Without them the packet would go another way than the socket's does. */
Test(netlink, a_source_port_and_a_user_are_part_of_the_question)
{
	struct route_question question = {.destination = address_of("10.42.0.1", 80)};
	struct lab *lab = client_enter();
	struct route_event route;
	struct address source;
	struct rtnetlink *netlink;

	scenario_ip(lab, LAB_CLIENT,
		    "rule add to 10.42.0.0/16 ipproto tcp sport 4000 prohibit\n"
		    "rule add to 10.42.0.0/16 uidrange 4711-4711 blackhole\n"
		    "route add 10.42.0.0/16 via 10.1.0.1\n");
	netlink = rtnetlink_new();
	cr_assert_not_null(netlink);
	cr_assert_eq(routes_ask(netlink, &question, &route, NULL), 0);
	cr_expect_eq(route.kind, ROUTE_UNICAST);
	question.source = address_of("0.0.0.0", 4000);
	cr_assert_eq(routes_ask(netlink, &question, &route, NULL), 0);
	cr_expect_eq(route.kind, ROUTE_PROHIBIT);
	question.source = address_of("0.0.0.0", 4001);
	cr_assert_eq(routes_ask(netlink, &question, &route, &source), 0);
	cr_expect_eq(route.kind, ROUTE_UNICAST);
	cr_expect(!address_is_unspecified(&source), "the kernel's choice, not what was asked with");
	question.has_uid = true;
	question.uid = 4711;
	cr_assert_eq(routes_ask(netlink, &question, &route, NULL), 0);
	cr_expect_eq(route.kind, ROUTE_BLACKHOLE);
	rtnetlink_free(netlink);
}

Test(netlink, the_scope_of_a_destination_goes_before_the_device)
{
	struct address neighbour = address_of("fe80::50", 80);
	struct route_event route;
	struct rtnetlink *netlink;

	client_enter();
	netlink = rtnetlink_new();
	neighbour.scope = if_nametoindex("eth0");
	cr_assert_eq(routes_ask(netlink,
				&(struct route_question){.destination = neighbour,
							 .oif = if_nametoindex("lo")},
				&route, NULL),
		     0);
	cr_expect_eq(route.kind, ROUTE_UNICAST);
	cr_expect_str_eq(route.device, "eth0");
	rtnetlink_free(netlink);
}

/*
 * A rule asks for the six bits of DSCP; the two of ECN are nobody's business, and no value may be
 * refused.
 */
Test(netlink, every_tos_is_answered_and_rules_see_its_dscp)
{
	static const struct {
		const char *destination;
		uint8_t tos;
		enum route_kind kind;
	} cases[] = {
		{"10.42.0.1", 0, ROUTE_NONE},	     {"10.42.0.1", 0x10, ROUTE_UNICAST},
		{"10.42.0.1", 0x13, ROUTE_UNICAST},  {"10.42.0.1", 0xb8, ROUTE_NONE},
		{"10.42.0.1", 0xff, ROUTE_NONE},     {LAB_SERVER4, 0x10, ROUTE_UNICAST},
		{LAB_SERVER4, 0xb8, ROUTE_UNICAST},  {LAB_SERVER4, 0xff, ROUTE_UNICAST},
		{"fd00:42::1", 0, ROUTE_NONE},	     {"fd00:42::1", 0x10, ROUTE_UNICAST},
		{"fd00:42::1", 0x13, ROUTE_UNICAST}, {LAB_SERVER6, 0xb8, ROUTE_UNICAST},
		{LAB_SERVER6, 0xff, ROUTE_UNICAST},
	};
	const char *const rule6[] = {"ip", "-6", "rule", "add", "tos", "0x10", "table", "79", NULL};
	struct command_result result;
	struct lab *lab = client_enter();
	struct rtnetlink *netlink;
	struct error error;

	scenario_ip(lab, LAB_CLIENT,
		    "rule add tos 0x10 table 79\n"
		    "route add 10.42.0.0/16 via 10.1.0.1 table 79\n"
		    "route add fd00:42::/64 via fd00:1::1 table 79\n");
	cr_assert_eq(lab_run(lab, LAB_CLIENT, rule6, 5000, &result, &error), 0, "%s", error.text);
	netlink = rtnetlink_new();
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct route_question question = {
			.destination = address_of(cases[i].destination, 80), .tos = cases[i].tos};
		struct route_event route;

		cr_assert_eq(routes_ask(netlink, &question, &route, NULL), 0, "%s tos %#x",
			     cases[i].destination, cases[i].tos);
		cr_expect_eq(route.kind, cases[i].kind, "%s tos %#x: %s", cases[i].destination,
			     cases[i].tos, route_kind_name(route.kind));
	}
	rtnetlink_free(netlink);
}

Test(netlink, are_those_of_the_namespace_they_were_made_in)
{
	struct lab *lab = client_enter();
	struct route_question question = {.destination = address_of(LAB_PEER4, 80)};
	uint32_t tun0 = if_nametoindex("tun0");
	struct rtnetlink *netlink = rtnetlink_new();
	struct route_event route;
	char name[EVENT_NAME_MAX];

	cr_assert_eq(setns(lab->own_netns_fd, CLONE_NEWNET), 0);
	cr_assert_eq(routes_ask(netlink, &question, &route, NULL), 0);
	cr_expect_eq(route.kind, ROUTE_UNICAST);
	cr_expect_str_eq(route.device, "tun0");
	cr_expect_eq(route.ifindex, tun0);
	cr_expect_eq(devices_ifindex(netlink, "tun0"), tun0);
	cr_expect_eq(devices_ifindex(netlink, "no_such_device"), 0);
	cr_expect_eq(devices_ifindex(netlink, ""), 0);
	cr_expect_eq(devices_ifindex(netlink, "a_name_that_is_much_too_long"), 0);
	cr_expect_str_eq(devices_name(netlink, tun0, name), "tun0");
	cr_expect_str_eq(devices_name(netlink, 9999, name), "");
	cr_expect_str_eq(devices_name(netlink, 0, name), "");
	rtnetlink_free(netlink);
}

static enum neighbour_state neighbour_of(struct rtnetlink *netlink, const char *text)
{
	struct address address = address_of(text, 0);
	struct neighbour_event neighbour;

	cr_assert_eq(routes_neighbour(netlink, &address, if_nametoindex("eth0"), &neighbour), 0,
		     "%s", text);
	cr_expect(address_equal(&neighbour.address, &address));
	cr_expect_eq(neighbour.ifindex, if_nametoindex("eth0"));
	return neighbour.state;
}

Test(netlink, neighbours_are_unknown_incomplete_failed_or_valid)
{
	struct address somebody = address_of("10.1.0.50", 0);
	struct neighbour_event neighbour;
	struct rtnetlink *netlink;

	scenario_ip(client_enter(), LAB_CLIENT,
		    "neigh add 10.1.0.50 lladdr 02:00:00:00:00:50 dev eth0 nud stale\n"
		    "neigh add 10.1.0.51 dev eth0 nud incomplete\n"
		    "neigh add 10.1.0.52 dev eth0 nud failed\n"
		    "neigh add fe80::50 lladdr 02:00:00:00:00:50 dev eth0 nud permanent\n");
	netlink = rtnetlink_new();
	cr_expect_eq(neighbour_of(netlink, "10.1.0.50"), NEIGHBOUR_VALID);
	cr_expect_eq(neighbour_of(netlink, "10.1.0.51"), NEIGHBOUR_INCOMPLETE);
	cr_expect_eq(neighbour_of(netlink, "10.1.0.52"), NEIGHBOUR_FAILED);
	cr_expect_eq(neighbour_of(netlink, "10.1.0.53"), NEIGHBOUR_UNKNOWN);
	cr_expect_eq(neighbour_of(netlink, "fe80::50"), NEIGHBOUR_VALID);
	cr_expect_eq(neighbour_of(netlink, "fe80::51"), NEIGHBOUR_UNKNOWN);
	cr_expect_eq(routes_neighbour(netlink, &somebody, 9999, &neighbour), -ENODEV);
	rtnetlink_free(netlink);
}
