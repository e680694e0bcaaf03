// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* All that is said of a reason, a row each. A proof says what the rules demand, never more. */
#include "user/words/reasons.h"

#include "user/words/explain_absence.h"
#include "user/words/explain_answer.h"
#include "user/words/explain_drop.h"
#include "user/words/explain_local.h"

#define IS(status) (1u << STATUS_##status)

/* What was known when connect() was called and is not so any more. */
#define LOST "or all SYNs went unanswered and at the end "

#define QUOTED(codes) codes ", quoting our SYN with its sequence number"
#define AT_THE_SENDER                                                                              \
	"look for a reject rule or route on the sender of the ICMP error, which the verdict names"
#define ALONG_THE_WAY  "look how far it gets: traceroute -T -p PORT ADDRESS"
#define SEE_ROUTE      "see: ip route get ADDRESS"
#define SEE_RULE       "see: ip route get ADDRESS; ip rule"
#define SEE_NEIGHBOURS "see: ip neighbour show"

/* Word and statuses; meaning, proof, what next; then the functions of sentence and hint. */
/* clang-format off */
const struct reason_row reason_rows[REASON_COUNT] = {
	[REASON_SYN_ACK] = {"syn-ack", IS(OPEN),
		"Something accepts connections there: the target, or what answers in its place "
		"further on.",
		"a SYN left by a device, a SYN-ACK with ack = ISN+1 came in, and the socket went "
		"from SYN_SENT to ESTABLISHED",
		NULL,
		explain_open, NULL},
	[REASON_SIMULTANEOUS_OPEN] = {"simultaneous-open", IS(OPEN),
		"The other end was connecting to this one at the same time, and both made one "
		"connection.",
		"a SYN left by a device, a SYN of the other end came in and then an ACK with ack = "
		"ISN+1, and the socket went from SYN_SENT by SYN_RECV to ESTABLISHED",
		NULL,
		explain_simultaneous, NULL},
	[REASON_RESET] = {"reset", IS(CLOSED),
		"Nothing listens there, or a firewall answers for it.",
		"a SYN left by a device, a RST with ack = ISN+1 came in, and the socket accepted "
		"it",
		"see on the target: ss -ltn sport = :PORT",
		explain_closed, NULL},
	[REASON_NO_REPLY] = {"no-reply", IS(FILTERED),
		"No answer: SYN or answer were dropped on the way, or the target is silent.",
		"a SYN left by a device, and until the end nothing came back: no segment and no "
		"ICMP error",
		"look for the SYN on the target: tcpdump -ni any tcp port PORT; XDP here drops "
		"unseen, see: bpftool net",
		explain_silence, hint_silence},

	[REASON_ICMP_PORT_UNREACHABLE] = {"icmp-port-unreachable", IS(FILTERED),
		"ICMP port unreachable: a closed port sends a RST, so a firewall rejected this.",
		QUOTED("ICMP 3/3 or ICMPv6 1/4"),
		AT_THE_SENDER,
		explain_icmp, NULL},
	[REASON_ICMP_PROTOCOL_UNREACHABLE] = {"icmp-protocol-unreachable", IS(FILTERED),
		"A host or router says that TCP is not spoken there.",
		QUOTED("ICMP 3/2"),
		AT_THE_SENDER,
		explain_icmp, NULL},
	[REASON_ICMP_NET_PROHIBITED] = {"icmp-net-prohibited", IS(FILTERED),
		"A router prohibits the way to this network.",
		QUOTED("ICMP 3/9"),
		AT_THE_SENDER,
		explain_icmp, NULL},
	[REASON_ICMP_HOST_PROHIBITED] = {"icmp-host-prohibited", IS(FILTERED),
		"A router prohibits the way to this host.",
		QUOTED("ICMP 3/10"),
		AT_THE_SENDER,
		explain_icmp, NULL},
	[REASON_ICMP_ADMIN_PROHIBITED] = {"icmp-admin-prohibited", IS(FILTERED),
		"A router or firewall prohibits this communication.",
		QUOTED("ICMP 3/13 or ICMPv6 1/1"),
		AT_THE_SENDER,
		explain_icmp, NULL},
	[REASON_ICMP_POLICY_FAILED] = {"icmp-policy-failed", IS(FILTERED),
		"A policy somewhere refuses our source address.",
		QUOTED("ICMPv6 1/5"),
		"try another source address: -S",
		explain_icmp, NULL},
	[REASON_ICMP_REJECT_ROUTE] = {"icmp-reject-route", IS(FILTERED),
		"A router has a route to the target that rejects.",
		QUOTED("ICMPv6 1/6"),
		AT_THE_SENDER,
		explain_icmp, NULL},
	[REASON_ICMP_NET_UNREACHABLE] = {"icmp-net-unreachable", IS(UNREACHABLE),
		"A router has no route to the target's network.",
		QUOTED("ICMP 3/0 or ICMPv6 1/0"),
		ALONG_THE_WAY,
		explain_icmp, NULL},
	[REASON_ICMP_HOST_UNREACHABLE] = {"icmp-host-unreachable", IS(UNREACHABLE),
		"A router cannot reach the target, most often because it does not answer ARP or "
		"neighbour discovery there.",
		QUOTED("ICMP 3/1 or ICMPv6 1/3"),
		ALONG_THE_WAY,
		explain_icmp, NULL},
	[REASON_ICMP_SOURCE_ROUTE_FAILED] = {"icmp-source-route-failed", IS(UNREACHABLE),
		"A router cannot follow a source route.",
		QUOTED("ICMP 3/5"),
		ALONG_THE_WAY,
		explain_icmp, NULL},
	[REASON_ICMP_NET_UNKNOWN] = {"icmp-net-unknown", IS(UNREACHABLE),
		"A router does not know the target's network.",
		QUOTED("ICMP 3/6"),
		ALONG_THE_WAY,
		explain_icmp, NULL},
	[REASON_ICMP_HOST_UNKNOWN] = {"icmp-host-unknown", IS(UNREACHABLE),
		"A router does not know the target.",
		QUOTED("ICMP 3/7"),
		ALONG_THE_WAY,
		explain_icmp, NULL},
	[REASON_ICMP_NET_TOS] = {"icmp-net-tos", IS(UNREACHABLE),
		"A router has no route to the target's network for this type of service.",
		QUOTED("ICMP 3/11"),
		"try another type of service: -Q",
		explain_icmp, NULL},
	[REASON_ICMP_HOST_TOS] = {"icmp-host-tos", IS(UNREACHABLE),
		"A router cannot reach the target for this type of service.",
		QUOTED("ICMP 3/12"),
		"try another type of service: -Q",
		explain_icmp, NULL},
	[REASON_ICMP_BEYOND_SCOPE] = {"icmp-beyond-scope", IS(UNREACHABLE),
		"Our source address means nothing beyond a router on the way, as a link-local one.",
		QUOTED("ICMPv6 1/2"),
		"try a source address of wider scope: -S",
		explain_icmp, NULL},
	[REASON_ICMP_OTHER] = {"icmp-other", IS(FILTERED),
		"An ICMP error was all that came, and the RFCs give it no meaning of these.",
		QUOTED("an ICMP error of any other type and code (but fragmentation needed)") ", "
		"and until the end neither SYN-ACK nor RST with ack = ISN+1",
		"see its type and code: ktcping -v ADDRESS PORT",
		explain_icmp, NULL},
	[REASON_TTL_EXCEEDED] = {"ttl-exceeded", IS(UNREACHABLE),
		"The SYN was forwarded until its time to live was over: the routers send it in a "
		"circle, or --ttl is too low.",
		QUOTED("ICMP 11/0 or ICMPv6 3/0"),
		ALONG_THE_WAY,
		explain_icmp, NULL},

	[REASON_NEIGHBOUR_FAILED] = {"neighbour-failed", IS(UNREACHABLE),
		"The next hop, a gateway or the target itself, does not answer ARP or neighbour "
		"discovery.",
		"the kernel gave up a SYN that waited for the link-layer address (dropped as "
		"NEIGH_FAILED, or in neigh_invalidate)",
		SEE_NEIGHBOURS,
		explain_neighbour_failed, hint_neighbour},
	[REASON_NEIGHBOUR_UNRESOLVED] = {"neighbour-unresolved", IS(UNREACHABLE),
		"The next hop has not answered ARP or neighbour discovery by the end.",
		"no SYN reached a device's queue, or was dropped for another cause than want of "
		"room to wait, and the neighbour entry that the kernel keeps it for, else that of "
		"the route's next hop, is INCOMPLETE or FAILED",
		SEE_NEIGHBOURS,
		explain_neighbour_unresolved, hint_neighbour},
	[REASON_SYN_RETURNED] = {"syn-returned", IS(UNREACHABLE),
		"Our own SYN was sent back to this host: the way to the target, or NAT on it, "
		"leads back here.",
		"a SYN left, came in again by another device than loopback with our source port "
		"and sequence number, and was dropped or answered here; and the socket made no "
		"progress by the end",
		"on the router, what points back at this host: ip route get ADDRESS; nft list "
		"ruleset (dnat without masquerade)",
		explain_syn_returned, hint_next},
	[REASON_NO_ROUTE] = {"no-route", IS(UNREACHABLE),
		"This host has no route to the target, or the device of the route is down.",
		"connect() failed with ENETUNREACH before the socket changed its state, "
		"" LOST "there is no route any more",
		SEE_ROUTE,
		explain_no_route, hint_route},
	[REASON_ROUTE_UNREACHABLE] = {"route-unreachable", IS(UNREACHABLE),
		"This host's route to the target, or a routing rule, is of type unreachable, or "
		"the route's gateway is.",
		"connect() failed with EHOSTUNREACH before the socket changed its state, or with "
		"ENETUNREACH and a routing rule of type unreachable ends the look-up, "
		"" LOST "the route or rule is of type unreachable",
		SEE_RULE,
		explain_route_unreachable, hint_route},
	[REASON_ROUTE_BLACKHOLE] = {"route-blackhole", IS(UNREACHABLE),
		"This host's route to the target, or a routing rule, is a blackhole.",
		"connect() failed with EINVAL and the route or rule is of type blackhole, " LOST
		"it is",
		SEE_RULE,
		explain_route_blackhole, hint_route},
	[REASON_ROUTE_PROHIBIT] = {"route-prohibit", IS(UNREACHABLE),
		"This host's route to the target, or a routing rule, prohibits it.",
		"connect() failed with EACCES and the route or rule is of type prohibit, " LOST
		"it is",
		SEE_RULE,
		explain_route_prohibit, hint_route},
	[REASON_BAD_DESTINATION] = {"bad-destination", IS(UNREACHABLE),
		"The target is a broadcast or multicast address, which TCP cannot connect to.",
		"connect() failed with ENETUNREACH, and the route is of type broadcast or "
		"multicast, or the address is multicast or 255.255.255.255",
		NULL,
		explain_bad_destination, NULL},

	[REASON_DROPPED_OUT] = {"dropped-out", IS(BLOCKED),
		"This host dropped the SYN on its way out: a firewall rule, a queue, a BPF program "
		"or a driver.",
		"the kernel dropped our SYN (the verdict has its reason and function), and no SYN "
		"left by a device",
		"for NETFILTER_DROP see: nft list ruleset; for QDISC_DROP or TC_EGRESS: tc -s "
		"qdisc show dev DEVICE",
		explain_dropped_out, NULL},
	[REASON_DROPPED_IN] = {"dropped-in", IS(BLOCKED),
		"The answer arrived and was dropped here before it got to the socket; or the SYN "
		"was, where this host is its own target.",
		"a SYN-ACK or RST with ack = ISN+1 came in, or was dropped before it was seen, and "
		"the socket made no progress by the end; or the kernel dropped our SYN behind the "
		"loopback device",
		"for NETFILTER_DROP see: nft list ruleset; for TC_INGRESS: tc filter show dev "
		"DEVICE ingress",
		explain_dropped_in, NULL},
	[REASON_REJECTED_LOCALLY] = {"rejected-locally", IS(BLOCKED),
		"A rule of this host rejected the SYN, and forged a refusal.",
		"the kernel dropped our SYN before any device or behind loopback, and yet the "
		"socket was refused; or a SYN left by another device, and its RST or ICMP error "
		"came in by loopback",
		"list the rules with: nft list ruleset | sed -n '/hook output/,/^\\t}/p'",
		explain_rejected, hint_next},
	[REASON_RP_FILTER] = {"rp-filter", IS(BLOCKED),
		"The answer came in by another device than its sender is routed by, and the "
		"reverse path filter dropped it.",
		"a SYN-ACK or RST with ack = ISN+1 came in and was dropped as IP_RPFILTER",
		"see: sysctl net/ipv4/conf/all/rp_filter net/ipv4/conf/DEVICE/rp_filter",
		explain_dropped_in, NULL},
	[REASON_OTHER_DEVICE] = {"other-device", IS(BLOCKED),
		"The answer came in by another device than the socket is bound to (-I), so that "
		"TCP gave it to no socket.",
		"the socket is bound to a device, a SYN-ACK or RST with ack = ISN+1 came in by "
		"another one, and was dropped as NO_SOCKET",
		"see: ip route get ADDRESS; try without -I",
		explain_other_device, hint_next},
	[REASON_NO_SOURCE_PORT] = {"no-source-port", IS(BLOCKED),
		"The source port is in use on this host, or none is free to this destination.",
		"bind() failed with EADDRINUSE, or connect() with EADDRNOTAVAIL after SYN_SENT, "
		"and no SYN left",
		"see: sysctl net.ipv4.ip_local_port_range net.ipv4.ip_local_reserved_ports; ss "
		"-tan",
		explain_no_port, hint_port},
	[REASON_NO_SOURCE_ADDRESS] = {"no-source-address", IS(BLOCKED),
		"The address to speak from is not this host's (any more), or it has none.",
		"bind() or connect() failed with EADDRNOTAVAIL before SYN_SENT, or connect() with "
		"ENETUNREACH and by the route "
		"look-up the address is gone, " LOST "it is gone",
		"see: ip address",
		explain_no_source, hint_next},
	[REASON_NO_NAMESPACE] = {"no-namespace", IS(BLOCKED),
		"The network namespace to speak from is not there (any more).",
		"the name given to -N led to no network namespace when the probe was due, "
		"connect() "
		"failed and by then it was gone, " LOST "it is gone",
		"see: ip netns list",
		explain_no_namespace, hint_next},
	[REASON_NO_DEVICE] = {"no-device", IS(BLOCKED),
		"The device to speak by is not there (any more).",
		"binding the socket or connect() failed with ENODEV, or connect() failed and by "
		"the route look-up the device is "
		"gone, " LOST "it is gone",
		"see: ip link",
		explain_no_device, hint_next},
	[REASON_CARRIER_DOWN] = {"carrier-down", IS(BLOCKED),
		"The device has no carrier: its cable, or whatever is at the other end of it, is "
		"not there.",
		"the socket became SYN_SENT, nothing came back, no rule dropped a SYN, and at the "
		"end the device by which SYNs left or would leave has no carrier",
		"see: ip link show dev DEVICE",
		explain_carrier_down, hint_carrier},
	[REASON_NOT_SENT] = {"not-sent", IS(BLOCKED),
		"No SYN has left this host: a device's queue has it still, or nothing tells where "
		"it stays.",
		"the socket became SYN_SENT, and until the end no SYN left by a device, none was "
		"seen dropped, and nothing came back",
		"look for a queue that holds it: tc -s qdisc show",
		explain_not_sent, hint_next},
	[REASON_POLICY] = {"policy", IS(BLOCKED),
		"A policy of this host, a cgroup program or a security module, forbids the "
		"connect.",
		"connect() failed with EPERM, or with EACCES that no prohibit route explains, "
		"before the socket changed its state",
		"see: bpftool cgroup tree; and what the security module logs",
		explain_policy, hint_policy},
	[REASON_CONNECT_FAILED] = {"connect-failed", IS(BLOCKED),
		"The system call failed for a reason that has no word of its own here.",
		"binding the socket failed, or connect() did and no SYN left, with an errno that "
		"no other reason claims",
		"look up the errno in: man 2 connect",
		explain_connect_failed, NULL},
	[REASON_REDIRECTED_LOCAL] = {"redirected-local", IS(INTERCEPTED) | IS(BLOCKED),
		"This host turned the connection to itself: redirect, TPROXY or DNAT; blocked when "
		"it was refused, dropped or not answered here.",
		"for a target elsewhere the SYN left by loopback; or (intercepted) the connection "
		"became ESTABLISHED, and the SYN-ACK came in by loopback or a socket of this host "
		"took it",
		"look for redirect, dnat or tproxy in: nft list ruleset",
		explain_redirected, hint_redirected},
	[REASON_SELF_CONNECT] = {"self-connect", IS(SELF_CONNECT),
		"Source and destination are the same address and port, so that the SYN met the "
		"socket that sent it.",
		"the SYN left with the same address and port at both ends, and the socket became "
		"ESTABLISHED",
		"try another source port: --sport",
		explain_self_connect, NULL},

	[REASON_WRONG_ACK] = {"wrong-ack", IS(INVALID),
		"A segment came that acknowledges something else than our SYN, such as one of an "
		"older connection on these ports.",
		"a segment of this connection came in with ACK and ack other than ISN+1, and the "
		"socket made no progress by the end",
		"try another source port: --sport",
		explain_wrong_ack, NULL},
	[REASON_FROM_ELSEWHERE] = {"from-elsewhere", IS(INVALID),
		"An answer to our SYN came from another address or port than the SYN went to, or "
		"to another one than it came from: NAT without masquerade, or an answer that "
		"bypasses the NAT.",
		"a SYN-ACK or RST with ack = ISN+1 came in at our port, with other addresses or "
		"ports than the SYN had on the wire, and the socket made no progress by the end",
		"on the router, a dnat rule without masquerade: nft list ruleset",
		explain_from_elsewhere, hint_next},
	[REASON_BAD_CHECKSUM] = {"bad-checksum", IS(INVALID),
		"All that came had a wrong checksum (TCP's, IP's or ICMP's), and was dropped.",
		"the kernel reported a bad checksum (tcp_bad_csum), or dropped what came as "
		"TCP_CSUM, IP_CSUM or ICMP_CSUM, and the socket made no progress by the end",
		"see: ethtool -S DEVICE; on the sender: ethtool -k DEVICE",
		explain_bad_checksum, NULL},
	[REASON_UNREADABLE] = {"unreadable", IS(INVALID),
		"What came at our port has no whole TCP header, is a fragment, or lies about a "
		"length, so that nothing in it is evidence.",
		"a packet of this connection came in whose TCP header ends before its time or is "
		"longer than the packet, or of which other fragments are missing, or which the "
		"kernel dropped as not whole (PKT_TOO_SMALL, IP_INHDR), and the socket made no "
		"progress by the end",
		"see its bytes: tcpdump -vvXni DEVICE host ADDRESS",
		explain_unreadable, hint_next},
	[REASON_MARTIAN_SOURCE] = {"martian-source", IS(INVALID),
		"What came about our SYN has a source address that no other host can have: a "
		"loopback, multicast or broadcast one, none at all, or this host's own.",
		"a segment with ack = ISN+1, or an ICMP error that quotes our SYN, came in and was "
		"dropped for its source (IP_LOCALNET, IP_INVALID_SOURCE, IP_LOCAL_SOURCE; of IPv6 "
		"in ip6_rcv_core), and the socket made no progress by the end",
		"see who sends it: tcpdump -eni DEVICE src ADDRESS",
		explain_martian_source, hint_next},
	[REASON_BLIND_RESET] = {"blind-reset", IS(INVALID),
		"A RST came that acknowledges nothing, so the kernel ignored it; it may be forged.",
		"a segment of this connection came in with RST and without ACK, and the socket "
		"made no progress by the end",
		"compare its TTL with that of another port's answer: ktcping -v ADDRESS PORT",
		explain_blind_reset, NULL},
	[REASON_UNEXPECTED_FLAGS] = {"unexpected-flags", IS(INVALID),
		"A segment came that is no answer to a SYN.",
		"a segment of this connection came in that is neither SYN-ACK nor RST, and the "
		"socket made no progress by the end",
		"see its flags: ktcping -v ADDRESS PORT",
		explain_unexpected_flags, NULL},
	[REASON_WRONG_TIMESTAMP] = {"wrong-timestamp", IS(INVALID),
		"A SYN-ACK echoes a timestamp that none of our SYNs had, so TCP refused it; "
		"something rewrites or forges.",
		"a SYN-ACK with ack = ISN+1 came in, and TCP dropped it for its stamps (reason "
		"TCP_RFC7323_*; without a reason its TSecr is no SYN's TSval)",
		"see the stamps (ts): ktcping -v ADDRESS PORT",
		explain_wrong_timestamp, NULL},
	[REASON_MALFORMED] = {"malformed", IS(INVALID),
		"An answer acknowledges our SYN, and yet TCP itself refused it.",
		"a SYN-ACK or RST with ack = ISN+1 came in, and TCP dropped it (reason TCP_*, or a "
		"function tcp_*; without a reason one behind tcp_v4_rcv)",
		"see the kernel's reason: ktcping -v ADDRESS PORT",
		explain_malformed, NULL},

	[REASON_INTERRUPTED] = {"interrupted", IS(ABORTED),
		"This run gave the probe up: a signal, the deadline (-w), or another probe showed "
		"what --until waits for.",
		"the probe was abandoned before anything else was proven",
		NULL,
		explain_interrupted, NULL},
	[REASON_ABORTED] = {"aborted", IS(ABORTED),
		"The socket was destroyed on this host: `ss -K', or a BPF program.",
		"the kernel closed the socket, which reported ECONNABORTED, or ECONNRESET without "
		"a RST",
		NULL,
		explain_aborted, NULL},
	[REASON_CLOSED_EARLY] = {"closed-early", IS(ABORTED),
		"The program closed the socket before anything was proven, and sooner than a SYN "
		"would have been repeated.",
		"the program closed the socket within 0.9 s of connect(), at most one SYN had "
		"left, and nothing had come back",
		"see what a connect that is waited for shows: ktcping ADDRESS PORT",
		explain_closed_early, NULL},
	[REASON_DEFERRED_FASTOPEN] = {"deferred-fastopen", IS(UNPROVEN),
		"Success of connect() without a SYN, as TCP_FASTOPEN_CONNECT has it: the SYN waits "
		"for the first data.",
		"connect() returned 0 while the socket was SYN_SENT, and until the end no SYN left "
		"or was dropped",
		"look for TCP_FASTOPEN_CONNECT in: strace -e setsockopt,connect COMMAND",
		explain_deferred, NULL},
	[REASON_ATTACHED_LATE] = {"attached-late", IS(INCOMPLETE),
		"The connect began before it was watched: what has been sent and told until then "
		"is not known.",
		"the socket was SYN_SENT already when the watch began",
		NULL,
		explain_late, NULL},
	[REASON_EVENTS_LOST] = {"events-lost", IS(INCOMPLETE),
		"Events are missing, so that absence proves nothing.",
		"events were lost while the attempt ran, or the socket itself tells of more than "
		"was seen, and the verdict rests on absence",
		"probe more slowly: a longer -i, or fewer targets at once",
		explain_events_lost, NULL},
	[REASON_UNEXPLAINED_ERROR] = {"unexplained-error", IS(INCOMPLETE),
		"The socket was told an error and closed before its time, and nothing that was "
		"seen explains it.",
		"a SYN left, nothing that was seen came back, and the kernel closed the socket "
		"with another error than ETIMEDOUT",
		"see what comes in: tcpdump -ni any host ADDRESS or icmp or icmp6",
		explain_unexplained_error, hint_next},
	[REASON_HOOK_MISSING] = {"hook-missing", IS(INCOMPLETE),
		"The kernel side saw too little of the attempt, or what was seen fits no other "
		"reason.",
		"no SYN_SENT was seen for the connect, or ESTABLISHED without the SYN or the "
		"SYN-ACK, or no other rule applies at the end",
		"see: ktcping doctor",
		explain_hook_missing, hint_next},
};
/* clang-format on */

const char *reason_name(enum reason reason)
{
	const char *word = (unsigned)reason < REASON_COUNT ? reason_rows[reason].word : NULL;

	return word ? word : "unknown";
}

bool reason_comes_with(enum reason reason, enum status status)
{
	return reason_rows[reason].statuses & 1u << status;
}
