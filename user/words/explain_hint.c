// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What to look at next: the command that shows the rule, route or entry behind a verdict. */
#include "user/words/explain_hint.h"

#include <string.h>
#include <sys/socket.h>

#include "user/words/explain_hook.h"

/* Where the drop happened, else where the SYN left. */
static const char *drop_device(const struct judgement *j)
{
	return attempt_device_or(j->attempt,
				 j->verdict->drop.ifindex ? j->verdict->drop.ifindex
							  : j->verdict->ifindex,
				 "DEVICE");
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
 * The hooks that may have dropped it, as a pattern: a packet gets its device after the output hook,
 * and its socket (by early demultiplexing) after the prerouting one.
 */
static const char *hook_pattern(const struct drop_summary *drop)
{
	if (drop->is_outbound)
		return drop->ifindex ? "\\(output\\|postrouting\\|egress\\)" : "output";
	return drop->is_own ? "input" : "\\(ingress\\|prerouting\\|input\\)";
}

static void say_netfilter(struct sentence *s, const struct judgement *j)
{
	bool is_ipv6 = j->attempt->requested.family == AF_INET6;

	sentence_add(s, "list the rules with: nft list ruleset | sed -n '/hook %s/,/^\\t}/p'",
		     hook_pattern(&j->verdict->drop));
	/* before drops had reasons it dropped for all tables */
	if (is_dropped_by(j->verdict, "nf_hook_slow"))
		sentence_add(s, "; or: %s -vnL %s",
			     is_ipv6 ? "ip6tables-legacy" : "iptables-legacy",
			     j->verdict->drop.is_outbound ? "OUTPUT" : "INPUT");
}

/* By the kernel's name for the drop, which may be anywhere in the stack. */
bool hint_drop(struct sentence *s, const struct judgement *j)
{
	const char *device = drop_device(j);
	size_t before = s->used;

	if (j->verdict->reason == REASON_CARRIER_DOWN)
		return false; /* whatever dropped it did so for want of one */
	if (is_dropped_as(j->verdict, "IP_RPFILTER"))
		sentence_add(s,
			     "see: sysctl net/ipv4/conf/all/rp_filter net/ipv4/conf/%s/rp_filter",
			     device);
	else if (explain_hook(s, j))
		return true;
	else if (is_dropped_as(j->verdict, "NETFILTER_DROP") ||
		 is_dropped_by(j->verdict, "nf_hook_slow"))
		say_netfilter(s, j);
	else if (is_dropped_as(j->verdict, "QDISC_DROP"))
		sentence_add(s, "see: tc -s qdisc show dev %s", device);
	else if (is_dropped_as(j->verdict, "TC_EGRESS"))
		sentence_add(s, "see: tc -s filter show dev %s egress; bpftool net show dev %s",
			     device, device);
	else if (is_dropped_as(j->verdict, "TC_INGRESS"))
		sentence_add(s, "see: tc -s filter show dev %s ingress; bpftool net show dev %s",
			     device, device);
	else if (is_dropped_by(j->verdict, "veth_xmit"))
		sentence_add(s, "the veth's other end has no room: its receiver does not keep up; "
				"see: ip -s link show type veth");
	else if (is_dropped_as(j->verdict, "BPF_CGROUP_EGRESS") ||
		 is_dropped_as(j->verdict, "SOCKET_FILTER"))
		sentence_add(s, "see: bpftool cgroup tree");
	else if (is_dropped_as(j->verdict, "XDP") || is_dropped_by_xdp(j->verdict))
		sentence_add(s, "see: bpftool net show dev %s", device);
	else if (is_dropped_as(j->verdict, "TCP_CSUM") || is_dropped_as(j->verdict, "IP_CSUM") ||
		 is_dropped_as(j->verdict, "ICMP_CSUM"))
		sentence_add(s, "see: ethtool -S %s; on the sender: ethtool -k DEVICE", device);
	return s->used > before;
}

/* Asked otherwise, rules may well answer otherwise. */
static void say_route(struct sentence *s, const struct attempt *attempt,
		      const struct origin_facts *from)
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

void hint_next(struct sentence *s, const struct advice *a)
{
	sentence_add(s, "%s", a->next);
}

/* An XDP program drops before the kernel sees a packet: silence may be this host's own doing. */
void hint_silence(struct sentence *s, const struct advice *a)
{
	const struct entry *link =
		a->j->facts->link == NO_ENTRY ? NULL : entry_at(a->j->facts, a->j->facts->link);

	if (link && link->link.has_xdp)
		sentence_add(s,
			     "an XDP program on %s may drop answers unseen; see: bpftool net show "
			     "dev %s",
			     attempt_device_or(a->j->attempt, link->ifindex, "it"),
			     attempt_device_or(a->j->attempt, link->ifindex, "DEVICE"));
}

void hint_route(struct sentence *s, const struct advice *a)
{
	if (facts_is_by_rule(a->j->facts))
		sentence_add(s, "see: ip -%d rule",
			     a->j->attempt->requested.family == AF_INET ? 4 : 6);
	else
		say_route(s, a->j->attempt, a->from);
}

void hint_port(struct sentence *s, const struct advice *a)
{
	if (a->j->attempt->source.port) /* it was asked for */
		sentence_add(s, "see: ss -tan sport = :%u", a->j->attempt->source.port);
	else
		hint_next(s, a);
}

void hint_neighbour(struct sentence *s, const struct advice *a)
{
	int neighbour = a->j->facts->silent_neighbour;
	uint32_t ifindex = neighbour == NO_ENTRY ? a->j->verdict->drop.ifindex
						 : entry_at(a->j->facts, neighbour)->ifindex;

	sentence_add(s, "see: ip neighbour show");
	if (attempt_device_name(a->j->attempt, ifindex))
		sentence_add(s, " dev %s", attempt_device_name(a->j->attempt, ifindex));
}

void hint_carrier(struct sentence *s, const struct advice *a)
{
	sentence_add(s, "see: ip link show dev %s",
		     attempt_device_or(a->j->attempt,
				       a->j->attempt->entries[a->j->facts->link].ifindex,
				       "DEVICE"));
}

void hint_redirected(struct sentence *s, const struct advice *a)
{
	if (facts_is_sent_to_loopback(a->j->facts))
		say_route(sentence_add(s, "choose another device (-I); "), a->j->attempt, a->from);
	else
		hint_next(s, a);
}

void hint_policy(struct sentence *s, const struct advice *a)
{
	if (!explain_ipsec(s, a->j))
		hint_next(s, a);
}
