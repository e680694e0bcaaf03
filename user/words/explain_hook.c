// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Connection tracking, NAT, IPVS, IPsec, WireGuard, queues: one sentence and one command each. */
#include "user/words/explain_hook.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

static bool is_dropped_by(const struct verdict *verdict, const char *function)
{
	return verdict->drop.count && !strcmp(verdict->drop.function, function);
}

static const char *device_of(const struct judgement *j)
{
	const char *name = attempt_device_name(j->facts->attempt, j->verdict->drop.ifindex
									  ? j->verdict->drop.ifindex
									  : j->verdict->ifindex);

	return name ? name : "DEVICE";
}

/* A packet rewritten or marked by a hook is routed anew; the sender gets that route's errno. */
static bool say_rerouted(struct sentence *s, const struct facts *facts)
{
	const char *anew = "routed anew, by its new address or mark, it";

	switch (facts->unsent == NO_ENTRY ? 0 : -entry_at(facts, facts->unsent)->error.error) {
	case EINVAL:
		sentence_add(s, "%s is refused with EINVAL: ", anew);
		if (address_is_loopback(&facts->attempt->source))
			sentence_add(s, "a connection from a loopback address needs "
					"route_localnet; see: sysctl -a -r 'route_localnet'");
		else
			sentence_add(s, "a blackhole route or rule; see: ip rule; ip route show "
					"table all type blackhole");
		return true;
	case EACCES:
		sentence_add(s,
			     "%s is refused with EACCES: a prohibit route or rule; see: ip rule; "
			     "ip route show table all type prohibit",
			     anew);
		return true;
	case ENETUNREACH:
	case EHOSTUNREACH:
		sentence_add(s,
			     "%s has no route, or an unreachable rule; see: ip rule; ip route show "
			     "table all",
			     anew);
		return true;
	}
	return false;
}

/*
 * nf_hook_slow() drops what a hook function gave no reason for: since Linux 6.7 that is no rule of
 * nft (nft_do_chain does it), but those of the older tables and what the kernel's own hooks decide.
 */
static bool say_hook(struct sentence *s, const struct judgement *j)
{
	const struct host_event nothing = {0},
				*host = j->facts->host == NO_ENTRY
						? &nothing
						: &entry_at(j->facts, j->facts->host)->host;
	bool is_ipv6 = j->facts->attempt->requested.family == AF_INET6;

	if (host->tracked_max && host->tracked >= host->tracked_max)
		sentence_add(s,
			     "the table of tracked connections is full (%u of %u); see: sysctl "
			     "net.netfilter.nf_conntrack_max; conntrack -S",
			     host->tracked, host->tracked_max);
	else if (host->is_virtual_service && !host->real_servers)
		sentence_add(s,
			     "it is a service of IPVS that has no real server; see: ipvsadm -Ln");
	else if (say_rerouted(s, j->facts))
		return true;
	else if (!j->verdict->drop.reason[0])
		return false; /* so old a kernel that it drops all there */
	else if (host->has_legacy_rules)
		sentence_add(s, "list the rules with: %s -vnL %s",
			     is_ipv6 ? "ip6tables-legacy" : "iptables-legacy",
			     j->verdict->drop.is_outbound ? "OUTPUT" : "INPUT");
	else
		sentence_add(s,
			     "a hook of the kernel's own: NAT that finds no free port, or no route "
			     "to where a rule sends it; see: conntrack -S (insert_failed, "
			     "drop); nft list ruleset");
	return true;
}

static bool has_policies(const struct facts *facts)
{
	return facts->host != NO_ENTRY && (entry_at(facts, facts->host)->host.policies_out ||
					   entry_at(facts, facts->host)->host.policies_in);
}

bool explain_ipsec(struct sentence *s, const struct judgement *j)
{
	if (has_policies(j->facts))
		sentence_add(s, "this host has IPsec policies; see: ip xfrm policy; ip xfrm state");
	return has_policies(j->facts);
}

bool explain_hook(struct sentence *s, const struct judgement *j)
{
	bool is_discarded = is_dropped_by(j->verdict, "dst_discard_out") ||
			    is_dropped_by(j->verdict, "dst_discard");
	bool is_by_policy =
		j->verdict->drop.count && !strcmp(j->verdict->drop.reason, "XFRM_POLICY");

	if (is_dropped_by(j->verdict, "nf_hook_slow"))
		return say_hook(s, j);
	if (is_dropped_by(j->verdict, "nf_queue") || is_dropped_by(j->verdict, "__nf_queue"))
		sentence_add(s, "a rule queues it for a program, and none listens; see: cat "
				"/proc/net/netfilter/nfnetlink_queue; nft list ruleset");
	else if (j->verdict->drop.count && !strcmp(j->verdict->drop.reason, "NEIGH_CREATEFAIL"))
		sentence_add(s,
			     "this host's table of neighbours is full; see: sysctl "
			     "net.%s.neigh.default.gc_thresh3; ip neighbour show nud "
			     "incomplete",
			     j->facts->attempt->requested.family == AF_INET ? "ipv4" : "ipv6");
	else if (is_dropped_by(j->verdict, "wg_xmit"))
		sentence_add(s, "see: wg show %s", device_of(j));
	else
		return (is_discarded || is_by_policy) && explain_ipsec(s, j);
	return true;
}
