/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Verdicts of every kind in one scan: those that the same targets get when each is probed alone. */
#include "tests/scenarios/scan.h"

#include <string.h>

#define FIRST_PORT 7000
#define LISTENER   7090
#define REPEATS	   20 /* of each kind, mixed */

struct kind {
	const char *status, *reason;
	struct peer_rule rule, rule6; /* rule6: where ICMPv6 has other numbers */
};

static const struct kind kinds[] = {
	{"open", "syn-ack", {.answer = PEER_SYN_ACK}, {.answer = PEER_SYN_ACK}},
	{"closed", "reset", {.answer = PEER_RST}, {.answer = PEER_RST}},
	{"filtered", "no-reply", {.answer = PEER_SILENT}, {.answer = PEER_SILENT}},
	{"filtered",
	 "icmp-admin-prohibited",
	 {.answer = PEER_ICMP, .icmp_type = 3, .icmp_code = 13},
	 {.answer = PEER_ICMP, .icmp_type = 1, .icmp_code = 1}},
	{"unreachable",
	 "ttl-exceeded",
	 {.answer = PEER_ICMP, .icmp_type = 11, .icmp_code = 0},
	 {.answer = PEER_ICMP, .icmp_type = 3, .icmp_code = 0}},
	{"invalid", "wrong-ack", {.answer = PEER_SYN_ACK_WRONG_ACK}, {.answer = PEER_SYN_ACK_WRONG_ACK}},
	{"invalid", "bad-checksum", {.answer = PEER_SYN_ACK_BAD_CHECKSUM}, {.answer = PEER_SYN_ACK_BAD_CHECKSUM}},
	{"invalid", "blind-reset", {.answer = PEER_RST_BLIND}, {.answer = PEER_RST_BLIND}},
	{"blocked", "dropped-out", {.answer = PEER_SYN_ACK}, {.answer = PEER_SYN_ACK}},
	{"blocked", "dropped-in", {.answer = PEER_SYN_ACK}, {.answer = PEER_SYN_ACK}},
	{"intercepted", "redirected-local", {.answer = PEER_SYN_ACK}, {.answer = PEER_SYN_ACK}},
	{"open", "syn-ack", {.answer = PEER_RST}, {.answer = PEER_RST}}, /* rewritten to a server elsewhere */
};
#define KINDS	  (sizeof(kinds) / sizeof(kinds[0]))
#define BLOCKED	  8
#define ANSWERED  9
#define REDIRECT  10
#define REWRITTEN 11

/* "{ 7008, 7020, ... }" */
static char *ports_of(unsigned kind, unsigned repeats, char *text, size_t size)
{
	size_t used = (size_t)snprintf(text, size, "{");

	for (unsigned i = 0; i < repeats; i++)
		used += (size_t)snprintf(text + used, size - used, "%s %u", i ? "," : "", (unsigned)(FIRST_PORT + kind + i * KINDS));
	snprintf(text + used, size - used, " }");
	return text;
}

static void set_rules(struct lab *lab, int family)
{
	char rules[2048], blocked[256], answered[256], redirected[256], rewritten[256];

	ports_of(BLOCKED, REPEATS, blocked, sizeof(blocked));
	ports_of(ANSWERED, REPEATS, answered, sizeof(answered));
	ports_of(REDIRECT, REPEATS, redirected, sizeof(redirected));
	ports_of(REWRITTEN, REPEATS, rewritten, sizeof(rewritten));
	snprintf(rules, sizeof(rules),
		 "table inet t {\n chain o {\n type filter hook output priority 0; tcp dport %s drop\n }\n"
		 " chain i {\n type filter hook input priority 0; tcp sport %s drop\n }\n }\n"
		 "table %s n {\n chain c {\n type nat hook output priority -100\n tcp dport %s redirect to :7990\n tcp dport %s dnat to "
		 "%s\n }\n}\n",
		 blocked, answered, family == AF_INET ? "ip" : "ip6", redirected, rewritten,
		 family == AF_INET ? LAB_ROUTER4 ":7990" : "[" LAB_ROUTER6 "]:7990");
	scenario_ip(lab, LAB_ROUTER, "route add 10.9.0.1 via " LAB_CLIENT4 "\nroute add fd00:9::1 via " LAB_CLIENT6 "\n");
	scenario_nft(lab, LAB_CLIENT, rules);
	scenario_listen(lab, LAB_CLIENT, family, 7990);
	scenario_listen(lab, LAB_ROUTER, family, 7990);
}

static struct lab *lab_with_every_kind(int family)
{
	struct lab *lab = scenario_lab();

	for (unsigned i = 0; i < KINDS * REPEATS; i++)
		lab_peer_rule(lab, (uint16_t)(FIRST_PORT + i), family == AF_INET ? kinds[i % KINDS].rule : kinds[i % KINDS].rule6);
	set_rules(lab, family);
	return lab;
}

static const json_t *of_port(const json_t *lines, unsigned port)
{
	const json_t *line;
	size_t i;

	json_array_foreach(lines, i, line)
	{
		if (field_is_text(line, "type", "probe") && field_is_number(line, "port", port, port))
			return line;
	}
	cr_assert_fail("no probe of port %u", port);
	return NULL;
}

/* All that is not chance or time. */
static void expect_same(const json_t *one, const json_t *other)
{
	static const char *const paths[] = {"target",	      "status",	    "reason",		"complete",    "syn_sent",
					    "syn_unanswered", "interface",  "wire_destination", "answer.kind", "answer.from",
					    "app.result",     "app.errno",  "app.agrees",	"notes",       "drop.direction",
					    "drop.reason",    "drop.count", "drop.interface"};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		const json_t *a = field(one, paths[i]), *b = field(other, paths[i]);

		cr_assert(a == b || json_equal(a, b), "%s differs:\n%s\n%s", paths[i], record_text(one), record_text(other));
	}
}

BOTH_FAMILIES(scan, verdicts_of_every_kind_are_those_of_single_probes)
{
	struct lab *lab = lab_with_every_kind(family);
	const char *peer = places_of(family)->peer;
	struct command_result result = cli(lab, "-j", "-c", "1", "--hold", "0", "-W", "400ms", "-p", "7000-7011", peer);
	struct scan scan = scan(lab, "--shuffle", "-W", "400ms", "-p", "7000-7239", peer);
	json_t *single = cli_json(result.output.bytes);

	cr_assert_eq(cli_count(single, "summary", NULL, NULL), KINDS);
	expect_number(scan.total, "targets", KINDS * REPEATS);
	for (unsigned port = FIRST_PORT; port < FIRST_PORT + KINDS * REPEATS; port++) {
		const struct kind *kind = &kinds[(port - FIRST_PORT) % KINDS];

		expect_verdict(of_port(scan.lines, port), kind->status, kind->reason);
	}
	for (unsigned port = FIRST_PORT; port < FIRST_PORT + KINDS; port++)
		expect_same(of_port(single, port), of_port(scan.lines, port));
}

/* A captive portal. */
BOTH_FAMILIES(scan, when_all_are_intercepted_the_environment_is_named)
{
	struct lab *lab = scenario_lab();
	struct command_result result;

	scenario_listen(lab, LAB_CLIENT, family, LISTENER);
	scenario_nft(lab, LAB_CLIENT,
		     "table inet t {\n chain c {\n type nat hook output priority -100\n tcp dport 10000-10099 redirect to :7090\n }\n}\n");
	result = cli(lab, "--open", "-p", "10000-10099", places_of(family)->server);
	expect_status(result, 1);
	expect_said(result.output.bytes, "100 intercepted (redirected-local)");
	expect_said(result.output.bytes, "answers for everybody");
	expect_not_said(result.output.bytes, " open ");
}
