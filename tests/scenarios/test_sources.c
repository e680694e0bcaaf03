/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * From where probes are sent: device, address, TTL, TOS and mark, from the command line to the
 * wire.
 */
#include <signal.h>

#include "tests/scenarios/cli.h"

#define SECOND_WAY4 "10.1.0.9"
#define SECOND_WAY6 "fd00:1::9"

/* The router counts our packets that match; it forwards them all. */
static void count_at_router(struct lab *lab, const char *match)
{
	char text[256];

	/* A named counter has to be there before the rule that uses it. */
	snprintf(text, sizeof(text),
		 "table inet t {\n counter n { }\n chain c {\n type filter hook prerouting "
		 "priority 0;\n %s counter name n\n }\n}\n",
		 match);
	scenario_nft(lab, LAB_ROUTER, text);
}

static void expect_counted(struct lab *lab)
{
	static const char *const argv[] = {"nft", "list", "counter", "inet", "t", "n", NULL};
	struct command_result result;
	struct error error;

	cr_assert_eq(lab_run(lab, LAB_ROUTER, argv, SCENARIO_TIMEOUT_MS, &result, &error), 0, "%s",
		     error.text);
	expect_said(result.output.bytes, "packets");
	expect_not_said(result.output.bytes, "packets 0 ");
}

BOTH_FAMILIES(sources, a_probe_leaves_by_the_device_that_was_asked_for)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, 80);
	if (family == AF_INET6) /* it takes no device without a route by it */
		scenario_ip(lab, LAB_CLIENT, "route add fd00:2::/64 dev tun0 metric 4000\n");
	record = probe(lab, places_of(family)->server, 80, "-I", "eth0");
	expect_verdict(record, "open", "syn-ack");
	expect_text(record, "interface", "eth0");
	record = probe(lab, places_of(family)->server, 80, "-I", "tun0", "-W", "300ms");
	expect_verdict(record, "filtered", "no-reply");
	expect_text(record, "interface", "tun0");
}

/* Longer than a device's own name may be; the kernel binds to such by index only. */
BOTH_FAMILIES(sources, a_device_may_be_called_by_an_alternative_name)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, 80);
	scenario_ip(lab, LAB_CLIENT,
		    "link property add dev eth0 altname uplink-to-the-router altname up\n");
	for (int i = 0; i < 2; i++) {
		record = probe(lab, places_of(family)->server, 80, "-I",
			       i ? "up" : "uplink-to-the-router");
		expect_verdict(record, "open", "syn-ack");
		expect_text(record, "interface", "eth0");
	}
}

BOTH_FAMILIES(sources, a_second_address_of_the_host_speaks_when_asked_to)
{
	const char *address = family == AF_INET ? SECOND_WAY4 : SECOND_WAY6;
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_ip(lab, LAB_CLIENT,
		    "address add " SECOND_WAY4 "/24 dev eth0\naddress add " SECOND_WAY6
		    "/64 dev eth0 nodad\n");
	scenario_listen(lab, LAB_SERVER, family, 80);
	record = probe(lab, places_of(family)->server, 80, "-S", address);
	expect_verdict(record, "open", "syn-ack");
	expect_text(record, "source", address);
	expect_text(probe(lab, places_of(family)->server, 80, "-I", address), "source", address);
}

static void expect_refused(struct lab *lab, const char *const *argv, const char *word)
{
	struct command_result result = cli_run(lab, argv);

	expect_status(result, 3);
	expect_said(result.errors.bytes, word);
	cr_expect_str_empty(result.output.bytes);
	cr_expect_eq(lab->peer->syns_read, 0, "something was sent");
}

#define refused(lab, word, ...)                                                                    \
	expect_refused(lab, (const char *const[]){cli_program(), __VA_ARGS__, NULL}, word)

Test(sources, what_cannot_be_sent_from_is_refused_before_anything_is_sent)
{
	struct lab *lab = scenario_lab();

	refused(lab, "alternative names up to 127", "-I", "/", LAB_PEER4, "80");
	refused(lab, "-I eth9: there is no such device", "-I", "eth9", LAB_PEER4, "80");
	refused(lab, "-S 10.1.0.99: there is no such address", "-S", "10.1.0.99", LAB_PEER4, "80");
	refused(lab, "-S 10.1.0.99: there is no such address", "-I", "10.1.0.99", LAB_PEER4, "80");
	refused(lab, "-S fd00:9::99: there is no such address", "-S", "fd00:9::99", LAB_PEER6,
		"80");
	refused(lab, "contradict each other", "-S", LAB_CLIENT6, LAB_PEER4, "80");
	refused(lab, "contradict each other", "-S", LAB_CLIENT4, LAB_PEER6, "80");
}

Test(sources, options_that_contradict_each_other_are_refused_before_anything_is_sent)
{
	struct lab *lab = scenario_lab();

	refused(lab, "contradict each other", "-4", "-6", LAB_PEER4, "80");
	refused(lab, "contradict each other", "-6", "-S", LAB_CLIENT4, LAB_PEER6, "80");
	refused(lab, "there is a source address for IPv4 already", "-S", LAB_CLIENT4, "-I",
		"10.9.0.1", LAB_PEER4, "80");
	refused(lab, "link-local", "-S", "fe80::1", LAB_PEER6, "80");
	refused(lab, "ends before it begins", "--sport", "6000-5000", LAB_PEER4, "80");
	refused(lab, "-v is for text", "-v", "--csv", LAB_PEER4, "80");
	refused(lab, "choose one", "-j", "--csv", LAB_PEER4, "80");
}

#define OPENED "\"reason\":\"syn-ack\""

/*
 * Open, then blocked for that reason while something is gone, then open again, however long each of
 * it takes.
 */
static void expect_gone_and_back(struct lab *lab, const char *const *argv, const char *gone,
				 const char *reason, const char *back)
{
	struct command_process process = cli_start_run(lab, argv);
	struct command_result result;

	cli_await(&process, OPENED, 1);
	scenario_ip(lab, LAB_CLIENT, gone);
	cli_await(&process, reason, 1);
	scenario_ip(lab, LAB_CLIENT, back);
	cli_await(&process, OPENED, cli_lines_with(process.output.bytes, OPENED) + 2);
	cr_assert_eq(kill(process.pid, SIGINT), 0);
	result = cli_finish(&process);
	cr_assert_str_empty(result.errors.bytes);
	cr_assert_eq(cli_count(cli_json(result.output.bytes), "probe", "status", "filtered"), 0,
		     "%s", result.output.bytes);
}

#define MAKE_DEVICE                                                                                \
	"link add v0 type veth peer name v1\n"                                                     \
	"address add 10.5.0.1/24 dev v0\n"                                                         \
	"address add fd00:5::1/64 dev v0 nodad\n"                                                  \
	"link set v0 up\n"

#define FOREVER cli_program(), "-j", "-c", "0", "-i", "100ms", "--hold", "0"

/*
 * What is asked for is the device of that name, whichever has it; and then nothing is sent by one
 * that is gone.
 */
BOTH_FAMILIES(sources, a_device_that_goes_blocks_and_works_again_when_it_is_back)
{
	const char *const argv[] = {
		FOREVER, "-I", "v0", family == AF_INET ? "10.5.0.1" : "fd00:5::1", "80", NULL};
	struct lab *lab = scenario_lab();

	scenario_ip(lab, LAB_CLIENT, MAKE_DEVICE);
	scenario_listen(lab, LAB_CLIENT, family, 80);
	expect_gone_and_back(lab, argv, "link delete v0\n", "\"no-device\"", MAKE_DEVICE);
}

BOTH_FAMILIES(sources, a_source_address_that_goes_blocks_and_works_again_when_it_is_back)
{
	const char *const argv[] = {FOREVER,
				    "-S",
				    family == AF_INET ? SECOND_WAY4 : SECOND_WAY6,
				    places_of(family)->server,
				    "80",
				    NULL};
	static const char add[] = "address add " SECOND_WAY4
				  "/24 dev eth0\naddress add " SECOND_WAY6 "/64 dev eth0 nodad\n";
	static const char delete[] = "address delete " SECOND_WAY4
				     "/24 dev eth0\naddress delete " SECOND_WAY6 "/64 dev eth0\n";
	struct lab *lab = scenario_lab();

	scenario_ip(lab, LAB_CLIENT, add);
	scenario_listen(lab, LAB_SERVER, family, 80);
	expect_gone_and_back(lab, argv, delete, "\"no-source-address\"", add);
}

BOTH_FAMILIES(sources, a_device_that_is_down_is_no_silence)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, 80);
	scenario_ip(lab, LAB_CLIENT, "link set eth0 down\n");
	record = probe(lab, places_of(family)->server, 80);
	expect_verdict(record, "unreachable", "no-route");
	expect_syns(record, 0, 0);
	expect_app(record, "unreachable", "ENETUNREACH");
}

BOTH_FAMILIES(sources, the_first_router_answers_a_ttl_of_one)
{
	struct lab *lab = scenario_lab();
	json_t *record = probe(lab, places_of(family)->server, 80, "--ttl", "1");

	expect_verdict(record, "unreachable", "ttl-exceeded");
	expect_text(record, "answer.from", places_of(family)->router);
}

BOTH_FAMILIES(sources, the_type_of_service_is_on_the_wire)
{
	struct lab *lab = scenario_lab();

	scenario_listen(lab, LAB_SERVER, family, 80);
	count_at_router(lab, family == AF_INET ? "ip dscp 10" : "ip6 dscp 10");
	expect_verdict(probe(lab, places_of(family)->server, 80, "-Q", "0x28"), "open", "syn-ack");
	expect_counted(lab);
}

BOTH_FAMILIES(sources, the_firewall_mark_chooses_the_route)
{
	struct lab *lab = scenario_lab();
	struct command_result result;

	scenario_listen(lab, LAB_SERVER, family, 80);
	result = cli_shell(lab, family == AF_INET ? "ip rule add fwmark 7 table 77 && ip route add "
						    "unreachable default table 77"
						  : "ip -6 rule add fwmark 7 table 77 && ip -6 "
						    "route add unreachable default table 77");
	expect_status(result, 0);
	expect_verdict(probe(lab, places_of(family)->server, 80, "-m", "0x7"), "unreachable",
		       "route-unreachable");
	expect_verdict(probe(lab, places_of(family)->server, 80, "-m", "8"), "open", "syn-ack");
}

/*
 * Of IPv4 connect() says EINVAL, as of a blackhole; of IPv6 the SYN leaves, and no answer can ever
 * come in.
 */
BOTH_FAMILIES(sources, a_loopback_address_speaks_to_this_host_only)
{
	struct lab *lab = scenario_lab();
	const char *loopback = places_of(family)->loopback, *server = places_of(family)->server;
	json_t *record;

	scenario_listen(lab, LAB_CLIENT, family, 80);
	scenario_listen(lab, LAB_SERVER, family, 80);
	record = probe(lab, server, 80, "-W", "300ms", "-S", loopback);
	expect_verdict(record, "blocked", "no-source-address");
	expect_explained(record, "a loopback address cannot speak to another host");
	expect_verdict(probe(lab, loopback, 80, "-S", loopback), "open", "syn-ack");
	expect_verdict(probe(lab, places_of(family)->client, 80, "-S", loopback), "open",
		       "syn-ack");
}

/* The kernel was told to bind to whatever is asked for. */
BOTH_FAMILIES(sources, an_address_that_is_nobody_s)
{
	const char *nobody = family == AF_INET ? "10.1.0.99" : "fd00:1::77";
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_sysctl(
		lab, LAB_CLIENT,
		family == AF_INET ? "net/ipv4/ip_nonlocal_bind" : "net/ipv6/ip_nonlocal_bind", "1");
	scenario_listen(lab, LAB_SERVER, family, 80);
	record = probe(lab, places_of(family)->server, 80, "-W", "300ms", "-S", nobody);
	expect_verdict(record, "blocked", "no-source-address");
	expect_explained(record, "is not this host's");
}

/* Nobody turned it around: that is where it was sent. */
Test(sources, the_loopback_device_leads_to_this_host_only)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	record = probe(lab, LAB_SERVER4, 80, "-W", "300ms", "-I", "lo");
	expect_verdict(record, "blocked", "redirected-local");
	expect_explained(record, "the socket is bound to the loopback device");
}

/* An address of this host's own, published elsewhere; what is dropped later was on its way out. */
BOTH_FAMILIES(sources, an_own_address_that_leads_elsewhere)
{
	struct lab *lab = scenario_lab();
	char rules[768];
	json_t *record;

	snprintf(rules, sizeof(rules),
		 "table %s t {\n chain c {\n type nat hook output priority -100\n tcp dport 7000 "
		 "dnat to %s%s%s:7007\n }\n"
		 " chain f {\n type filter hook output priority 0\n tcp dport 7007 limit rate over "
		 "1/hour burst 1 packets drop\n }\n}\n",
		 family == AF_INET ? "ip" : "ip6", family == AF_INET ? "" : "[",
		 places_of(family)->peer, family == AF_INET ? "" : "]");
	scenario_nft(lab, LAB_CLIENT, rules);
	record = probe(lab, places_of(family)->client, 7000, "-W", "1500ms");
	expect_verdict(record, "filtered", "no-reply");
	expect_note(record, "rewritten-to");
	scenario_nft(lab, LAB_CLIENT, "flush ruleset\n");
	lab_peer_rule(lab, 7007, (struct peer_rule){.answer = PEER_RST});
	snprintf(rules, sizeof(rules),
		 "table %s t {\n chain c {\n type nat hook output priority -100\n tcp dport 7000 "
		 "dnat to %s%s%s:7007\n }\n}\n",
		 family == AF_INET ? "ip" : "ip6", family == AF_INET ? "" : "[",
		 places_of(family)->peer, family == AF_INET ? "" : "]");
	scenario_nft(lab, LAB_CLIENT, rules);
	expect_verdict(probe(lab, places_of(family)->client, 7000), "closed", "reset");
}

/* Another host may have it: nothing can be sent from it yet. */
Test(sources, an_address_that_is_still_checked_for_duplicates)
{
	struct lab *lab = scenario_lab();
	struct command_result result;

	scenario_sysctl(lab, LAB_CLIENT, "net/ipv6/conf/all/accept_dad", "1");
	scenario_sysctl(lab, LAB_CLIENT, "net/ipv6/conf/eth0/accept_dad", "1");
	scenario_sysctl(lab, LAB_CLIENT, "net/ipv6/conf/eth0/dad_transmits", "1000");
	scenario_ip(lab, LAB_CLIENT, "address add fd00:1::99/64 dev eth0\n");
	result = cli(lab, "-c", "1", "-S", "fd00:1::99", LAB_SERVER6, "7000");
	expect_status(result, 3);
	expect_said(result.errors.bytes, "still being checked for duplicates");
}
