// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What to look at next: the command that shows the rule, route or entry behind a verdict. */
#include <string.h>

#include "user/core/verdict/facts.h"
#include "user/core/verdict/signs.h"
#include "user/words/explain.h"
#include "user/words/explain_hook.h"
#include "user/words/sentence.h"
#include "user/words/vocabulary.h"

/* Where the drop happened, else where the SYN left. */
static const char *drop_device(const struct judgement *j)
{
	return attempt_device_or(j->attempt, j->verdict->drop.ifindex ? j->verdict->drop.ifindex : j->verdict->ifindex, "DEVICE");
}

static bool is_dropped_as(const struct verdict *verdict, const char *reason)
{
	return verdict->drop.count && !strcmp(verdict->drop.reason, reason);
}

static bool is_dropped_by(const struct verdict *verdict, const char *function)
{
	return verdict->drop.count && !strcmp(verdict->drop.function, function);
}

/* veth_xdp_rcv_skb, do_xdp_generic */
static bool is_dropped_by_xdp(const struct verdict *verdict)
{
	return verdict->drop.count && strstr(verdict->drop.function, "xdp");
}

/*
 * The hooks that may have dropped it, as a pattern: a packet gets its device after the output hook, and its socket (by early demultiplexing) after the
 * prerouting one.
 */
static const char *hook_pattern(const struct drop_summary *drop)
{
	if (drop->is_outbound)
		return drop->ifindex ? "\\(output\\|postrouting\\|egress\\)" : "output";
	return drop->is_own ? "input" : "\\(ingress\\|prerouting\\|input\\)";
}

static void say_netfilter(struct sentence *s, const struct judgement *j)
{
	bool is_ipv6 = j->attempt->requested.family != 2; /* AF_INET */

	sentence_add(s, "list the rules with: nft list ruleset | sed -n '/hook %s/,/^\\t}/p'", hook_pattern(&j->verdict->drop));
	if (is_dropped_by(j->verdict, "nf_hook_slow")) /* before drops had reasons it dropped for all tables */
		sentence_add(s, "; or: %s -vnL %s", is_ipv6 ? "ip6tables-legacy" : "iptables-legacy",
			     j->verdict->drop.is_outbound ? "OUTPUT" : "INPUT");
}

/* By the kernel's name for the drop, which may be anywhere in the stack. */
static bool say_drop(struct sentence *s, const struct judgement *j)
{
	const char *device = drop_device(j);
	size_t before = s->used;

	if (is_dropped_as(j->verdict, "IP_RPFILTER"))
		sentence_add(s, "see: sysctl net/ipv4/conf/all/rp_filter net/ipv4/conf/%s/rp_filter", device);
	else if (explain_hook(s, j))
		return true;
	else if (is_dropped_as(j->verdict, "NETFILTER_DROP") || is_dropped_by(j->verdict, "nf_hook_slow"))
		say_netfilter(s, j);
	else if (is_dropped_as(j->verdict, "QDISC_DROP"))
		sentence_add(s, "see: tc -s qdisc show dev %s", device);
	else if (is_dropped_as(j->verdict, "TC_EGRESS"))
		sentence_add(s, "see: tc -s filter show dev %s egress; bpftool net show dev %s", device, device);
	else if (is_dropped_as(j->verdict, "TC_INGRESS"))
		sentence_add(s, "see: tc -s filter show dev %s ingress; bpftool net show dev %s", device, device);
	else if (is_dropped_as(j->verdict, "BPF_CGROUP_EGRESS") || is_dropped_as(j->verdict, "SOCKET_FILTER"))
		sentence_add(s, "see: bpftool cgroup tree");
	else if (is_dropped_as(j->verdict, "XDP") || is_dropped_by_xdp(j->verdict))
		sentence_add(s, "see: bpftool net show dev %s", device);
	else if (is_dropped_as(j->verdict, "TCP_CSUM") || is_dropped_as(j->verdict, "IP_CSUM") || is_dropped_as(j->verdict, "ICMP_CSUM"))
		sentence_add(s, "see: ethtool -S %s; on the sender: ethtool -k DEVICE", device);
	return s->used > before;
}

/* A driver's XDP program drops before anything else of the kernel sees the packet: silence may be this host's own doing. */
static bool say_xdp(struct sentence *s, const struct judgement *j)
{
	const struct entry *link;

	link = j->facts->link == NO_ENTRY ? NULL : &j->attempt->entries[j->facts->link];
	if (j->verdict->reason != REASON_NO_REPLY || !link || !link->link.has_xdp)
		return false;
	sentence_add(s, "an XDP program on %s may drop answers unseen; see: bpftool net show dev %s",
		     attempt_device_or(j->attempt, link->ifindex, "it"), attempt_device_or(j->attempt, link->ifindex, "DEVICE"));
	return true;
}

/* Asked otherwise, rules may well answer otherwise. */
static void say_route(struct sentence *s, const struct attempt *attempt, const struct explain_from *from)
{
	sentence_host(sentence_add(s, "see: ip route get "), &attempt->requested);
	if (!from)
		return;
	if (address_is_set(&from->source))
		sentence_host(sentence_add(s, " from "), &from->source);
	if (from->device)
		sentence_add(s, " oif %s", from->device);
	if (from->has_mark)
		sentence_add(s, " mark 0x%x", (unsigned)from->mark);
	if (from->tos > 0)
		sentence_add(s, " tos 0x%x", (unsigned)from->tos);
}

/* The rules, routes and devices of another namespace are not those that a command shows here. */
static void say_netns(struct sentence *s, const char *netns)
{
	if (strchr(netns, '/'))
		sentence_add(s, " (there: nsenter --net=%s)", netns);
	else if (!netns[strspn(netns, "0123456789")])
		sentence_add(s, " (there: nsenter --net -t %s)", netns);
	else
		sentence_add(s, " (there: ip netns exec %s)", netns);
}

static bool say_reason(struct sentence *s, const struct judgement *j, const struct explain_from *from)
{
	uint32_t ifindex;

	switch (j->verdict->reason) {
	case REASON_NO_ROUTE:
	case REASON_ROUTE_UNREACHABLE:
	case REASON_ROUTE_BLACKHOLE:
	case REASON_ROUTE_PROHIBIT:
		say_route(s, j->attempt, from);
		return true;
	case REASON_NO_SOURCE_PORT:
		if (j->attempt->source.port) /* it was asked for */
			sentence_add(s, "see: ss -tan sport = :%u", j->attempt->source.port);
		else
			sentence_add(s, "%s", reason_rows[j->verdict->reason].next);
		return true;
	case REASON_NEIGHBOUR_FAILED:
	case REASON_NEIGHBOUR_UNRESOLVED:
		ifindex = facts_silent_neighbour(j->facts) == NO_ENTRY ? j->verdict->drop.ifindex
								       : j->attempt->entries[facts_silent_neighbour(j->facts)].ifindex;
		sentence_add(s, "see: ip neighbour show");
		if (attempt_device_name(j->attempt, ifindex))
			sentence_add(s, " dev %s", attempt_device_name(j->attempt, ifindex));
		return true;
	case REASON_CARRIER_DOWN:
		sentence_add(s, "see: ip link show dev %s",
			     attempt_device_or(j->attempt, j->attempt->entries[j->facts->link].ifindex, "DEVICE"));
		return true;
	case REASON_UNEXPLAINED_ERROR:
	case REASON_UNREADABLE:
	case REASON_OTHER_DEVICE:
	case REASON_FROM_ELSEWHERE:
	case REASON_SYN_RETURNED:
	case REASON_REDIRECTED_LOCAL:
		if (facts_is_sent_to_loopback(j->facts))
			say_route(sentence_add(s, "choose another device (-I); "), j->attempt, from);
		else
			sentence_add(s, "%s", reason_rows[j->verdict->reason].next);
		return true;
	case REASON_REJECTED_LOCALLY:
	case REASON_NO_SOURCE_ADDRESS:
	case REASON_NO_DEVICE:
	case REASON_NOT_SENT:
	case REASON_POLICY:
	case REASON_HOOK_MISSING:
		sentence_add(s, "%s", reason_rows[j->verdict->reason].next);
		return true;
	default:
		return false;
	}
}

char *explain_hint(const struct judgement *j, const struct explain_from *from, char *text)
{
	struct sentence s = sentence_start(text, EXPLAIN_MAX);
	size_t prefix;

	/* Of a SYN that was redirected it was this host itself that answered. */
	if (j->verdict->status == STATUS_BLOCKED && j->verdict->reason != REASON_REDIRECTED_LOCAL && j->verdict->answer == ANSWER_SYN_ACK &&
	    j->verdict->drop.count)
		sentence_add(&s, "the server is open; ");
	prefix = s.used;
	if (!say_drop(&s, j) && !say_xdp(&s, j) && !say_reason(&s, j, from)) {
		text[prefix ? prefix - 2 : 0] = '\0'; /* nothing follows the server's being open */
		return prefix ? text : NULL;
	}
	if (from && from->netns)
		say_netns(&s, from->netns);
	return text;
}
