// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What follows from a reason, and which reason follows from an ICMP error. */
#include "user/core/verdict/verdict.h"

#include <stddef.h>
#include <sys/socket.h>

static const uint8_t traits[REASON_COUNT] = {
	[REASON_TTL_EXCEEDED] = VERDICT_OF_HOP_LIMIT,
	[REASON_NO_ROUTE] = VERDICT_RESTS_ON_ROUTE,
	[REASON_POLICY] = VERDICT_RESTS_ON_ROUTE,
	[REASON_CONNECT_FAILED] = VERDICT_RESTS_ON_ROUTE,
	/* the next hop may be silent */
	[REASON_NOT_SENT] = VERDICT_RESTS_ON_ROUTE | VERDICT_RESTS_ON_NEIGHBOUR,
	/* likewise, without room to wait; the next SYN may wait there, and be missing */
	[REASON_DROPPED_OUT] = VERDICT_RESTS_ON_NEIGHBOUR,
	[REASON_EVENTS_LOST] = VERDICT_RESTS_ON_NEIGHBOUR | VERDICT_LACKS_EVIDENCE,
	[REASON_HOOK_MISSING] = VERDICT_LACKS_EVIDENCE,
	[REASON_REJECTED_LOCALLY] = VERDICT_IS_FORGED_HERE,
	[REASON_NEIGHBOUR_FAILED] = VERDICT_IS_FORGED_HERE,
	[REASON_NO_SOURCE_PORT] = VERDICT_LACKS_PORT,
	[REASON_REDIRECTED_LOCAL] = VERDICT_RESTS_ON_ROUTE | VERDICT_ENDS_HERE,
	[REASON_SELF_CONNECT] = VERDICT_ENDS_HERE,
};

bool verdict_has(const struct verdict *verdict, enum verdict_trait trait)
{
	return traits[verdict->reason] & trait;
}

void verdict_cite(struct verdict *verdict, int index)
{
	for (unsigned i = 0; i < verdict->evidence_count; i++)
		if (verdict->evidence[i] == index)
			return;
	if (index != NO_ENTRY && verdict->evidence_count < VERDICT_MAX_EVIDENCE)
		verdict->evidence[verdict->evidence_count++] = (int8_t)index;
}

/*
 * Unreachable: a router has no way. Filtered: a host refuses it, perhaps in the target's place.
 *
 * Type 3 by RFC 792 and RFC 1812 section 5.2.7.1. 3/3 is filtered: the target's own TCP answers a
 * closed port with a RST, never with ICMP.
 */
static const struct icmp_meaning ipv4[] = {
	{3, 0, STATUS_UNREACHABLE, REASON_ICMP_NET_UNREACHABLE, "network unreachable"},
	{3, 1, STATUS_UNREACHABLE, REASON_ICMP_HOST_UNREACHABLE, "host unreachable"},
	{3, 2, STATUS_FILTERED, REASON_ICMP_PROTOCOL_UNREACHABLE, "protocol unreachable"},
	{3, 3, STATUS_FILTERED, REASON_ICMP_PORT_UNREACHABLE, "port unreachable"},
	{3, 5, STATUS_UNREACHABLE, REASON_ICMP_SOURCE_ROUTE_FAILED, "source route failed"},
	{3, 6, STATUS_UNREACHABLE, REASON_ICMP_NET_UNKNOWN, "network unknown"},
	{3, 7, STATUS_UNREACHABLE, REASON_ICMP_HOST_UNKNOWN, "host unknown"},
	{3, 9, STATUS_FILTERED, REASON_ICMP_NET_PROHIBITED, "network administratively prohibited"},
	{3, 10, STATUS_FILTERED, REASON_ICMP_HOST_PROHIBITED, "host administratively prohibited"},
	{3, 11, STATUS_UNREACHABLE, REASON_ICMP_NET_TOS,
	 "network unreachable for this type of service"},
	{3, 12, STATUS_UNREACHABLE, REASON_ICMP_HOST_TOS,
	 "host unreachable for this type of service"},
	{3, 13, STATUS_FILTERED, REASON_ICMP_ADMIN_PROHIBITED,
	 "communication administratively prohibited"},
	{11, 0, STATUS_UNREACHABLE, REASON_TTL_EXCEEDED, "time to live exceeded in transit"},
};

/* RFC 4443 section 3. */
static const struct icmp_meaning ipv6[] = {
	{1, 0, STATUS_UNREACHABLE, REASON_ICMP_NET_UNREACHABLE, "no route to destination"},
	{1, 1, STATUS_FILTERED, REASON_ICMP_ADMIN_PROHIBITED,
	 "communication administratively prohibited"},
	{1, 2, STATUS_UNREACHABLE, REASON_ICMP_BEYOND_SCOPE, "beyond scope of source address"},
	{1, 3, STATUS_UNREACHABLE, REASON_ICMP_HOST_UNREACHABLE, "address unreachable"},
	{1, 4, STATUS_FILTERED, REASON_ICMP_PORT_UNREACHABLE, "port unreachable"},
	{1, 5, STATUS_FILTERED, REASON_ICMP_POLICY_FAILED,
	 "source address failed ingress/egress policy"},
	{1, 6, STATUS_FILTERED, REASON_ICMP_REJECT_ROUTE, "reject route to destination"},
	{3, 0, STATUS_UNREACHABLE, REASON_TTL_EXCEEDED, "hop limit exceeded in transit"},
};

const struct icmp_meaning *icmp_meaning(int family, uint8_t type, uint8_t code)
{
	const struct icmp_meaning *table = family == AF_INET ? ipv4 : ipv6;
	size_t count =
		family == AF_INET ? sizeof(ipv4) / sizeof(ipv4[0]) : sizeof(ipv6) / sizeof(ipv6[0]);

	for (size_t i = 0; i < count; i++)
		if (table[i].type == type && table[i].code == code)
			return &table[i];
	return NULL;
}
