/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Ports of every kind: the peer's rules, and this host's own for those that it blocks or redirects.
 */
#include "tests/scenarios/kinds.h"

#include <stdio.h>

struct kind {
	const char *status, *reason;
	struct peer_rule rule, rule6; /* rule6: where ICMPv6 has other numbers */
};

static const struct kind kinds[KINDS] = {
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
	{"invalid",
	 "wrong-ack",
	 {.answer = PEER_SYN_ACK_WRONG_ACK},
	 {.answer = PEER_SYN_ACK_WRONG_ACK}},
	{"invalid",
	 "bad-checksum",
	 {.answer = PEER_SYN_ACK_BAD_CHECKSUM},
	 {.answer = PEER_SYN_ACK_BAD_CHECKSUM}},
	{"invalid", "blind-reset", {.answer = PEER_RST_BLIND}, {.answer = PEER_RST_BLIND}},
	{"blocked", "dropped-out", {.answer = PEER_SYN_ACK}, {.answer = PEER_SYN_ACK}},
	{"blocked", "dropped-in", {.answer = PEER_SYN_ACK}, {.answer = PEER_SYN_ACK}},
	{"intercepted", "redirected-local", {.answer = PEER_SYN_ACK}, {.answer = PEER_SYN_ACK}},
	{"open",
	 "syn-ack",
	 {.answer = PEER_RST},
	 {.answer = PEER_RST}}, /* rewritten to a server elsewhere */
};
#define BLOCKED	  8
#define ANSWERED  9
#define REDIRECT  10
#define REWRITTEN 11

/* "{ 7008, 7020, ... }" */
static char *ports_of(unsigned kind, char *text, size_t size)
{
	size_t used = (size_t)snprintf(text, size, "{");

	for (unsigned i = 0; i < KINDS_REPEATS; i++)
		used += (size_t)snprintf(text + used, size - used, "%s %u", i ? "," : "",
					 (unsigned)(KINDS_FIRST + kind + i * KINDS));
	snprintf(text + used, size - used, " }");
	return text;
}

static void set_rules(struct lab *lab, int family)
{
	char rules[2048], blocked[256], answered[256], redirected[256], rewritten[256];

	ports_of(BLOCKED, blocked, sizeof(blocked));
	ports_of(ANSWERED, answered, sizeof(answered));
	ports_of(REDIRECT, redirected, sizeof(redirected));
	ports_of(REWRITTEN, rewritten, sizeof(rewritten));
	snprintf(rules, sizeof(rules),
		 "table inet t {\n chain o {\n type filter hook output priority 0; tcp dport %s "
		 "drop\n }\n"
		 " chain i {\n type filter hook input priority 0; tcp sport %s drop\n }\n }\n"
		 "table %s n {\n chain c {\n type nat hook output priority -100\n tcp dport %s "
		 "redirect to :7990\n tcp dport %s dnat to "
		 "%s\n }\n}\n",
		 blocked, answered, family == AF_INET ? "ip" : "ip6", redirected, rewritten,
		 family == AF_INET ? LAB_ROUTER4 ":7990" : "[" LAB_ROUTER6 "]:7990");
	scenario_ip(lab, LAB_ROUTER,
		    "route add 10.9.0.1 via " LAB_CLIENT4 "\nroute add fd00:9::1 via " LAB_CLIENT6
		    "\n");
	scenario_nft(lab, LAB_CLIENT, rules);
	scenario_listen(lab, LAB_CLIENT, family, 7990);
	scenario_listen(lab, LAB_ROUTER, family, 7990);
}

void kinds_set(struct lab *lab, int family)
{
	for (unsigned i = 0; i < KINDS_PORTS; i++)
		lab_peer_rule(lab, (uint16_t)(KINDS_FIRST + i),
			      family == AF_INET ? kinds[i % KINDS].rule : kinds[i % KINDS].rule6);
	set_rules(lab, family);
}

struct audit_verdict kind_verdict(const char *address, unsigned port)
{
	const struct kind *kind = &kinds[(port - KINDS_FIRST) % KINDS];

	cr_assert(port >= KINDS_FIRST && port < KINDS_FIRST + KINDS_PORTS,
		  "port %u of %s is of no kind", port, address);
	return (struct audit_verdict){kind->status, kind->reason};
}

void expect_kind(const json_t *record)
{
	struct audit_verdict verdict =
		kind_verdict("the peer", (unsigned)json_integer_value(field(record, "port")));

	expect_verdict(record, verdict.status, verdict.reason);
}
