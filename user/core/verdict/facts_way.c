// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Where the target is, and what stands in the way. */
#include "user/core/verdict/facts_way.h"

#include <string.h>

#include "user/core/verdict/facts_syn.h"

/* An address of this host, rewritten on the wire to another one, which is the target. */
static bool is_led_away(const struct attempt *attempt, uint64_t until_ns)
{
	if (!address_is_set(&attempt->wire_destination) ||
	    address_same_host(&attempt->wire_destination, &attempt->requested))
		return false;
	for (int i = 0; i < attempt->entry_count && attempt->entries[i].time_ns <= until_ns; i++)
		if (attempt->entries[i].kind == EVENT_XMIT &&
		    facts_is_outbound_syn(&attempt->entries[i]))
			return !(attempt->entries[i].flags & ENTRY_LOOPBACK);
	return false;
}

/* By the kernel's answer, else by the addresses alone. An address may come and go meanwhile. */
static bool is_target_local(const struct facts *facts)
{
	const struct attempt *attempt = facts->attempt;

	if (is_led_away(attempt, facts->until_ns))
		return false;
	/* connect() takes that for this host */
	if (facts->is_target_local || address_is_unspecified(&attempt->requested))
		return true;
	if (facts->route != NO_ENTRY && entry_at(facts, facts->route)->route.kind != ROUTE_UNKNOWN)
		return false;
	return address_is_loopback(&attempt->requested) ||
	       address_same_host(&attempt->requested, &attempt->source);
}

/* Repeats are folded into the first: what was so from the beginning has not been lost. */
static int route_lost(const struct facts *facts)
{
	const struct entry *route;

	if (facts->route == NO_ENTRY || facts->connect_enter == NO_ENTRY)
		return NO_ENTRY;
	route = entry_at(facts, facts->route);
	if (route->time_ns <= entry_at(facts, facts->connect_enter)->time_ns)
		return NO_ENTRY;
	switch (route->route.kind) {
	case ROUTE_NONE:
	case ROUTE_UNREACHABLE:
	case ROUTE_BLACKHOLE:
	case ROUTE_PROHIBIT:
	case ROUTE_NO_NAMESPACE:
	case ROUTE_NO_DEVICE:
	case ROUTE_NO_SOURCE:
		return facts->route;
	}
	return NO_ENTRY;
}

/* Known before anything else is read: it may have been asked for last. */
bool facts_was_route_local(const struct attempt *attempt, uint64_t until_ns)
{
	if (is_led_away(attempt, until_ns))
		return false;
	for (int i = 0; i < attempt->entry_count && attempt->entries[i].time_ns <= until_ns; i++)
		if (attempt->entries[i].kind == EVENT_ROUTE &&
		    attempt->entries[i].route.kind == ROUTE_LOCAL)
			return true;
	return false;
}

static bool is_at_device_of(const struct facts *facts, int neighbour, int drop)
{
	uint32_t ifindex = drop == NO_ENTRY ? 0 : entry_at(facts, drop)->ifindex;

	return !ifindex || entry_at(facts, neighbour)->ifindex == ifindex;
}

static int silent_neighbour(const struct facts *facts)
{
	bool has_failed = facts->neighbour_failed != NO_ENTRY;
	uint8_t state = facts->neighbour == NO_ENTRY
				? NEIGHBOUR_UNKNOWN
				: entry_at(facts, facts->neighbour)->neighbour.state;

	if (has_failed && facts->waits_for != NO_ENTRY)
		return is_at_device_of(facts, facts->waits_for, facts->neighbour_failed)
			       ? facts->waits_for
			       : NO_ENTRY;
	if (state != NEIGHBOUR_INCOMPLETE && state != NEIGHBOUR_FAILED)
		return NO_ENTRY;
	return is_at_device_of(facts, facts->neighbour, facts->neighbour_failed) ? facts->neighbour
										 : NO_ENTRY;
}

/*
 * Of several look-ups, before connect() and after it, the one that found something wrong; else the
 * last. That it is the source's fault is asked for afterwards only, and explains what the route
 * said before.
 */
static int refusing_route(const struct facts *facts)
{
	if (!facts_connect_error(facts) || facts->route == NO_ENTRY ||
	    entry_at(facts, facts->route)->route.kind == ROUTE_NO_SOURCE)
		return facts->route;
	for (int i = 0;
	     i < facts->attempt->entry_count && entry_at(facts, i)->time_ns <= facts->until_ns;
	     i++) {
		const struct entry *entry = entry_at(facts, i);

		if (entry->kind == EVENT_ROUTE && entry->route.kind != ROUTE_UNICAST &&
		    entry->route.kind != ROUTE_LOCAL)
			return i;
	}
	return facts->route;
}

/* What rules cite, and is no entry's own. */
void facts_derive(struct facts *facts)
{
	bool is_own_answer = facts->syn_ack != NO_ENTRY &&
			     entry_at(facts, facts->syn_ack)->flags & ENTRY_LOOPBACK;

	facts->own_answer = is_own_answer ? facts->syn_ack : NO_ENTRY;
	facts->begun = facts_has_left(facts) ? facts->syns[0] : facts->syn_sent_state;
	facts->silent_neighbour = silent_neighbour(facts);
	facts->refusing_route = refusing_route(facts);
	facts->route_lost = route_lost(facts);
	facts->is_target_local = is_target_local(facts);
}
