// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The questions that more than one rule asks. */
#include "user/core/verdict/facts.h"

#include <errno.h>
#include <string.h>

#include "user/core/attempt/drop.h"

bool facts_has_left(const struct facts *facts)
{
	return facts->syn_count > 0;
}

bool facts_has_left_before(const struct facts *facts, int index)
{
	return facts_has_left(facts) &&
	       entry_at(facts, facts->syns[0])->time_ns < entry_at(facts, index)->time_ns;
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

bool facts_is_by_rule(const struct facts *facts)
{
	int route = facts->syn_sent_state == NO_ENTRY ? facts->refusing_route : facts->route_lost;

	return route != NO_ENTRY && entry_at(facts, route)->route.is_by_rule;
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
	return drop_is_by_neighbour(entry_at(facts, drop)->drop.function) ||
	       facts_is_dropped_as(facts, drop, "QUEUE_PURGE");
}

/* Without a reason (before 5.17) the function tells, though it drops for other causes as well. */
bool facts_is_queue_drop(const struct facts *facts, int drop)
{
	bool is_by_queue = facts_is_dropped_by(facts, drop, "__dev_queue_xmit") ||
			   facts_is_dropped_by(facts, drop, "__dev_xmit_skb");

	return facts_is_dropped_as(facts, drop, "QDISC_DROP") ||
	       (facts_is_dropped_as(facts, drop, "") && is_by_queue);
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
	return drop != NO_ENTRY && (is_policy(entry_at(facts, drop)->drop.reason) ||
				    facts_is_dropped_by(facts, drop, "nf_hook_slow"));
}

/* TCP itself refused the segment (reasons TCP_*, functions tcp_*), no filter on the way to it. */
bool facts_is_refused_by_tcp(const struct facts *facts, int drop)
{
	const struct drop_entry *entry;

	if (drop == NO_ENTRY)
		return false;
	entry = &entry_at(facts, drop)->drop;
	return !strncmp(entry->reason, "TCP_", 4) ||
	       (!strncmp(entry->function, "tcp_", 4) && !is_policy(entry->reason));
}

/* Without a reason (before 5.17) the function tells, though it drops for other causes as well. */
bool facts_is_without_socket(const struct facts *facts, int drop)
{
	bool is_by_tcp = facts_is_dropped_by(facts, drop, "tcp_v4_rcv") ||
			 facts_is_dropped_by(facts, drop, "tcp_v6_rcv");

	return facts_is_dropped_as(facts, drop, "NO_SOCKET") ||
	       (facts_is_dropped_as(facts, drop, "") && is_by_tcp);
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
		return facts->so_error == NO_ENTRY ? 0
						   : entry_at(facts, facts->so_error)->app.result;
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

	if (!(tcp->options & TCP_HAS_TIMESTAMPS) || facts->syn_repeats ||
	    facts->syn_count > FACTS_MAX_SYNS)
		return false;
	for (unsigned i = 0; i < facts->syn_count; i++) {
		const struct tcp_entry *syn = &entry_at(facts, facts->syns[i])->tcp;

		if (!(syn->options & TCP_HAS_TIMESTAMPS) || syn->tsval == tcp->tsecr)
			return false;
	}
	return true;
}

int facts_connect_error(const struct facts *facts)
{
	int error;

	if (facts->bind != NO_ENTRY)
		return entry_at(facts, facts->bind)->app.error;
	if (facts->connect_return == NO_ENTRY)
		return 0;
	error = entry_at(facts, facts->connect_return)->app.error;
	return error == EINPROGRESS || error == EALREADY || error == EINTR || error == ECANCELED
		       ? 0
		       : error;
}

bool facts_has_ended(const struct facts *facts)
{
	bool is_given_up = !facts->attempt->is_ours && facts->close != NO_ENTRY;

	return is_given_up || facts->deadline != NO_ENTRY || facts->closed_by_kernel != NO_ENTRY ||
	       facts->abandon != NO_ENTRY || facts_connect_error(facts);
}
