// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Small questions about facts that more than one rule asks. */
#include "user/core/verdict/signs.h"

#include <errno.h>
#include <string.h>

bool facts_has_left(const struct facts *facts)
{
	return facts->syn_count > 0;
}

bool facts_has_left_before(const struct facts *facts, int index)
{
	return facts_has_left(facts) && entry_at(facts, facts->syns[0])->time_ns < entry_at(facts, index)->time_ns;
}

const struct entry *facts_late_info(const struct facts *facts)
{
	for (int i = 0; facts->attempt->is_late && i < facts->attempt->entry_count; i++)
		if (entry_at(facts, i)->kind == EVENT_SOCKET_INFO)
			return entry_at(facts, i);
	return NULL;
}

/* The SYN for another host stayed on this one. */
bool facts_is_redirected(const struct facts *facts)
{
	return facts_has_left(facts) && !facts->is_target_local && facts->is_on_loopback;
}

bool facts_is_sent_to_loopback(const struct facts *facts)
{
	const struct entry *route = facts->route == NO_ENTRY ? NULL : entry_at(facts, facts->route);

	return facts_is_redirected(facts) && route && route->route.kind == ROUTE_UNICAST &&
	       route->ifindex == entry_at(facts, facts->syns[0])->ifindex;
}

bool facts_is_accepted_reset(const struct facts *facts)
{
	return facts->reset_received != NO_ENTRY && facts->reset != NO_ENTRY;
}

/* The kernel's own name for a drop is enough where it is that plain. */
bool facts_is_dropped_as(const struct facts *facts, int drop, const char *reason)
{
	return drop != NO_ENTRY && !strcmp(entry_at(facts, drop)->drop.reason, reason);
}

bool facts_is_dropped_by(const struct facts *facts, int drop, const char *function)
{
	return drop != NO_ENTRY && !strcmp(entry_at(facts, drop)->drop.function, function);
}

/* A device that goes purges the queue. */
bool facts_is_neighbour_drop(const struct facts *facts, int drop)
{
	if (drop == NO_ENTRY)
		return false;
	return drop_is_by_neighbour(entry_at(facts, drop)->drop.function) || facts_is_dropped_as(facts, drop, "QUEUE_PURGE");
}

static bool is_at_device_of(const struct facts *facts, int neighbour, int drop)
{
	uint32_t ifindex = drop == NO_ENTRY ? 0 : entry_at(facts, drop)->ifindex;

	return !ifindex || entry_at(facts, neighbour)->ifindex == ifindex;
}

int facts_silent_neighbour(const struct facts *facts)
{
	bool has_failed = facts->neighbour_failed != NO_ENTRY;
	uint8_t state = facts->neighbour == NO_ENTRY ? NEIGHBOUR_UNKNOWN : entry_at(facts, facts->neighbour)->neighbour.state;

	if (has_failed && facts->waits_for != NO_ENTRY)
		return is_at_device_of(facts, facts->waits_for, facts->neighbour_failed) ? facts->waits_for : NO_ENTRY;
	if (state != NEIGHBOUR_INCOMPLETE && state != NEIGHBOUR_FAILED)
		return NO_ENTRY;
	return is_at_device_of(facts, facts->neighbour, facts->neighbour_failed) ? facts->neighbour : NO_ENTRY;
}

/* Without a reason (before 5.17) the function tells, though it drops for other causes as well. */
bool facts_is_queue_drop(const struct facts *facts, int drop)
{
	bool is_by_queue = facts_is_dropped_by(facts, drop, "__dev_queue_xmit") || facts_is_dropped_by(facts, drop, "__dev_xmit_skb");

	return facts_is_dropped_as(facts, drop, "QDISC_DROP") || (facts_is_dropped_as(facts, drop, "") && is_by_queue);
}

static bool is_policy(const char *reason)
{
	static const char *const policies[] = {"SOCKET_FILTER", "XFRM_",     "BPF_", "NETFILTER_",
					       "TC_INGRESS",	"TC_EGRESS", "XDP",  "IP_RPFILTER"};

	for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++)
		if (!strncmp(reason, policies[i], strlen(policies[i])))
			return true;
	return false;
}

/* Without a reason (before 5.17) only netfilter's function does nothing else. */
bool facts_is_policy_drop(const struct facts *facts, int drop)
{
	return drop != NO_ENTRY && (is_policy(entry_at(facts, drop)->drop.reason) || facts_is_dropped_by(facts, drop, "nf_hook_slow"));
}

/* TCP itself refused the segment (reasons TCP_*, functions tcp_*), as against a filter on the way to it. */
bool facts_is_refused_by_tcp(const struct facts *facts, int drop)
{
	const struct drop_entry *entry;

	if (drop == NO_ENTRY)
		return false;
	entry = &entry_at(facts, drop)->drop;
	return !strncmp(entry->reason, "TCP_", 4) || (!strncmp(entry->function, "tcp_", 4) && !is_policy(entry->reason));
}

/* Without a reason (before 5.17) the function tells, though it drops for other causes as well. */
bool facts_is_without_socket(const struct facts *facts, int drop)
{
	bool is_by_tcp = facts_is_dropped_by(facts, drop, "tcp_v4_rcv") || facts_is_dropped_by(facts, drop, "tcp_v6_rcv");

	return facts_is_dropped_as(facts, drop, "NO_SOCKET") || (facts_is_dropped_as(facts, drop, "") && is_by_tcp);
}

/* An error that a refusal can produce; the kernel's own giving up, and an abort, are none. */
bool facts_is_refusal(int error)
{
	return error && error != ETIMEDOUT && error != ECONNABORTED;
}

int facts_reported_error(const struct facts *facts)
{
	const struct error_event *error;

	if (facts->error_report == NO_ENTRY)
		return facts->so_error == NO_ENTRY ? 0 : entry_at(facts, facts->so_error)->app.result;
	error = &entry_at(facts, facts->error_report)->error;
	return error->error ? error->error : error->error_soft;
}

bool facts_is_valid_answer(const struct facts *facts)
{
	return facts->syn_ack != NO_ENTRY || facts->reset != NO_ENTRY;
}

bool facts_echoes_nothing(const struct facts *facts, int segment)
{
	const struct tcp_entry *tcp = &entry_at(facts, segment)->tcp;

	if (!(tcp->options & TCP_HAS_TIMESTAMPS) || facts->syn_repeats || facts->syn_count > FACTS_MAX_SYNS)
		return false;
	for (unsigned i = 0; i < facts->syn_count; i++) {
		const struct tcp_entry *syn = &entry_at(facts, facts->syns[i])->tcp;

		if (!(syn->options & TCP_HAS_TIMESTAMPS) || syn->tsval == tcp->tsecr)
			return false;
	}
	return true;
}
