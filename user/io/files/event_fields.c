/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The table of the fields in a trace line. */
#include "user/io/files/event_fields.h"

#include <string.h>

static const char *call_name(unsigned number)
{
	return number ? app_call_name((enum app_call)number) : NULL;
}

static const char *phase_name(unsigned number)
{
	static const char *const names[] = {[APP_ENTER] = "enter", [APP_RETURN] = "return"};

	return names[number];
}

static const char *report_name(unsigned number)
{
	static const char *const names[] = {
		[REPORT_VERDICT] = "verdict", [REPORT_AMENDMENT] = "amendment"};

	return names[number];
}

static const char *route_name(unsigned number)
{
	return route_kind_name((enum route_kind)number);
}

static const char *neighbour_name(unsigned number)
{
	return neighbour_state_name((enum neighbour_state)number);
}

static const char *state_name(unsigned number)
{
	return number ? tcp_state_name((uint8_t)number) : NULL;
}

static const char *packet_name(unsigned number)
{
	static const char *const names[] = {
		[PACKET_TCP] = "tcp", [PACKET_ICMP] = "icmp", [PACKET_CARRIER] = "carrier"};

	return names[number];
}

/* By bit number; the order is that of the header (packet.h). */
static const char *flag_name(unsigned number)
{
	static const char *const names[] = {"fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr"};

	return names[number];
}

static const char *option_name(unsigned number)
{
	static const char *const names[] = {"mss",	  "wscale",   "sack",
					    "timestamps", "fastopen", "mptcp"};

	return names[number];
}

static const struct trace_words calls = {call_name, APP_BIND + 1, false};
static const struct trace_words phases = {phase_name, APP_RETURN + 1, false};
static const struct trace_words reports = {report_name, REPORT_AMENDMENT + 1, false};
static const struct trace_words routes = {route_name, ROUTE_NO_SOURCE + 1, false};
static const struct trace_words neighbours = {neighbour_name, NEIGHBOUR_VALID + 1, false};
/* TCP_ESTABLISHED (1) to TCP_NEW_SYN_RECV (12) */
static const struct trace_words states = {state_name, 13, true};
static const struct trace_words packets = {packet_name, PACKET_CARRIER + 1, false};
static const struct trace_words flags = {flag_name, 8, true};
static const struct trace_words options = {option_name, 6, true};

#define KIND(kind) (1u << EVENT_##kind)
#define SOCKET	   (KIND(STATE) | KIND(LOCAL_ACCEPT) | KIND(RESET_RECEIVED) | KIND(RESET_SENT))
#define PACKET                                                                                     \
	(KIND(QUEUE) | KIND(XMIT) | KIND(RECEIVE) | KIND(DROP) | KIND(BAD_CHECKSUM) | KIND(HOP))
#define ALL UINT32_MAX

#define WORDS(kinds, name, type, member, words)                                                    \
	{                                                                                          \
		name, TRACE_##type, offsetof(struct event, member),                                \
			sizeof(((struct event *)0)->member), kinds, words                          \
	}
#define FIELD(kinds, name, type, member) WORDS(kinds, name, type, member, NULL)

const struct trace_field trace_fields[] = {
	FIELD(ALL, "ns", NUMBER, netns),

	WORDS(KIND(APP), "", WORD, app.call, &calls),
	WORDS(KIND(APP), "", WORD, app.phase, &phases),
	FIELD(KIND(APP), "ours", BOOL, app.is_ours),
	FIELD(KIND(APP), "probe", NUMBER, app.probe),
	FIELD(KIND(APP), "target", NUMBER, app.target),
	FIELD(KIND(APP), "seq", NUMBER, app.sequence),
	FIELD(KIND(APP), "address", ADDRESS, app.address),
	FIELD(KIND(APP), "result", SIGNED, app.result),
	FIELD(KIND(APP), "error", ERRNO, app.error),
	WORDS(KIND(APP), "state", WORD, app.state, &states),

	FIELD(KIND(TASK), "pid", NUMBER, task.pid),
	FIELD(KIND(TASK), "tid", NUMBER, task.tid),
	FIELD(KIND(TASK), "uid", NUMBER, task.uid),
	FIELD(KIND(TASK), "cgroup", NUMBER, task.cgroup),
	FIELD(KIND(TASK), "unseen", BOOL, task.is_unseen),
	FIELD(KIND(TASK), "late", BOOL, task.is_late),
	FIELD(KIND(TASK), "comm", TEXT, task.comm),

	WORDS(KIND(ROUTE), "", WORD, route.kind, &routes),
	FIELD(KIND(ROUTE), "rule", BOOL, route.is_by_rule),
	FIELD(KIND(ROUTE), "via", ADDRESS, route.gateway),
	FIELD(KIND(ROUTE), "dev", TEXT, route.device),
	FIELD(KIND(ROUTE), "if", NUMBER, route.ifindex),

	WORDS(KIND(NEIGHBOUR), "", WORD, neighbour.state, &neighbours),
	FIELD(KIND(NEIGHBOUR), "address", ADDRESS, neighbour.address),
	FIELD(KIND(NEIGHBOUR), "dev", TEXT, neighbour.device),
	FIELD(KIND(NEIGHBOUR), "if", NUMBER, neighbour.ifindex),
	FIELD(KIND(NEIGHBOUR), "own", BOOL, neighbour.is_own),

	FIELD(KIND(LINK), "dev", TEXT, link.device),
	FIELD(KIND(LINK), "if", NUMBER, link.ifindex),
	FIELD(KIND(LINK), "carrier", BOOL, link.has_carrier),
	FIELD(KIND(LINK), "xdp", BOOL, link.has_xdp),

	FIELD(KIND(HOST), "tracked", NUMBER, host.tracked),
	FIELD(KIND(HOST), "tracked-max", NUMBER, host.tracked_max),
	FIELD(KIND(HOST), "policies-out", NUMBER, host.policies_out),
	FIELD(KIND(HOST), "policies-in", NUMBER, host.policies_in),
	FIELD(KIND(HOST), "real-servers", NUMBER, host.real_servers),
	FIELD(KIND(HOST), "virtual", BOOL, host.is_virtual_service),
	FIELD(KIND(HOST), "legacy", BOOL, host.has_legacy_rules),

	WORDS(KIND(SOCKET_INFO), "state", WORD, info.state, &states),
	FIELD(KIND(SOCKET_INFO), "retransmits", NUMBER, info.retransmits),
	FIELD(KIND(SOCKET_INFO), "sent", NUMBER, info.sent),
	FIELD(KIND(SOCKET_INFO), "received", NUMBER, info.received),
	FIELD(KIND(SOCKET_INFO), "isn", NUMBER, info.isn),

	WORDS(SOCKET, "old", WORD, state.old_state, &states),
	WORDS(SOCKET, "new", WORD, state.new_state, &states),
	FIELD(SOCKET, "from", ADDRESS, state.source),
	FIELD(SOCKET, "to", ADDRESS, state.destination),
	FIELD(SOCKET, "bound", NUMBER, state.bound_ifindex),
	FIELD(SOCKET, "pid", NUMBER, state.pid),
	FIELD(SOCKET, "comm", TEXT, state.comm),

	/* Not by name: a positive number is no errno here. */
	FIELD(KIND(RETRANSMIT), "error", SIGNED, error.error),
	FIELD(KIND(RETRANSMIT), "soft", SIGNED, error.error_soft),
	FIELD(KIND(ERROR_REPORT), "error", ERRNO, error.error),
	FIELD(KIND(ERROR_REPORT), "soft", ERRNO, error.error_soft),

	WORDS(PACKET, "", WORD, packet.packet.kind, &packets),
	FIELD(PACKET, "from", ADDRESS, packet.packet.source),
	FIELD(PACKET, "to", ADDRESS, packet.packet.destination),
	FIELD(PACKET, "ttl", NUMBER, packet.packet.ttl),
	FIELD(PACKET, "type", NUMBER, packet.packet.icmp_type),
	FIELD(PACKET, "code", NUMBER, packet.packet.icmp_code),
	FIELD(PACKET, "mtu", NUMBER, packet.packet.mtu),
	FIELD(PACKET, "quoted-from", ADDRESS, packet.packet.quoted_source),
	FIELD(PACKET, "quoted-to", ADDRESS, packet.packet.quoted_destination),
	FIELD(PACKET, "cut", BOOL, packet.packet.tcp_is_cut),
	FIELD(PACKET, "quote-cut", BOOL, packet.packet.quote_is_cut),
	FIELD(PACKET, "id", NUMBER, packet.packet.ip_id),
	WORDS(PACKET, "flags", BITS, packet.packet.tcp.flags, &flags),
	FIELD(PACKET, "seq", NUMBER, packet.packet.tcp.seq),
	FIELD(PACKET, "ack", NUMBER, packet.packet.tcp.ack),
	FIELD(PACKET, "win", NUMBER, packet.packet.tcp.window),
	WORDS(PACKET, "options", BITS, packet.packet.tcp.options, &options),
	FIELD(PACKET, "mss", NUMBER, packet.packet.tcp.mss),
	FIELD(PACKET, "wscale", NUMBER, packet.packet.tcp.wscale),
	FIELD(PACKET, "tsval", NUMBER, packet.packet.tcp.tsval),
	FIELD(PACKET, "tsecr", NUMBER, packet.packet.tcp.tsecr),
	FIELD(PACKET, "data", NUMBER, packet.packet.tcp.data_bytes),
	FIELD(PACKET, "dev", TEXT, packet.device),
	FIELD(PACKET, "if", NUMBER, packet.ifindex),
	FIELD(PACKET, "own", BOOL, packet.is_own),
	FIELD(PACKET, "loopback", BOOL, packet.is_loopback),
	FIELD(KIND(RECEIVE) | KIND(DROP), "stray", BOOL, packet.is_stray),
	WORDS(KIND(QUEUE) | KIND(XMIT), "state", WORD, packet.state, &states),
	FIELD(PACKET, "skb", POINTER, packet.skb),
	FIELD(PACKET, "reason", TEXT, packet.reason),
	FIELD(PACKET, "function", TEXT, packet.function),
	FIELD(KIND(HOP), "at", NUMBER, packet.hop_netns),
	FIELD(KIND(HOP), "received", BOOL, packet.is_received),

	FIELD(KIND(LOST), "since", TIME, lost.from_ns),
	FIELD(KIND(LOST), "until", TIME, lost.to_ns),
	FIELD(KIND(LOST), "count", NUMBER, lost.count),

	FIELD(KIND(RUN), "wall", TIME, run.wall_ns),
	FIELD(KIND(RUN), "subject", STRING, run.subject),
	FIELD(KIND(RUN), "kernel", STRING, run.kernel),
	FIELD(KIND(RUN), "hooks", STRING, run.hooks),
	FIELD(KIND(RUN), "watch", BOOL, run.is_watch),
	FIELD(KIND(RUN), "dev", TEXT, run.device),
	FIELD(KIND(RUN), "source", ADDRESS, run.source_v4),
	FIELD(KIND(RUN), "source6", ADDRESS, run.source_v6),
	FIELD(KIND(RUN), "marked", BOOL, run.has_mark),
	FIELD(KIND(RUN), "mark", NUMBER, run.mark),
	FIELD(KIND(RUN), "classed", BOOL, run.has_tos),
	FIELD(KIND(RUN), "tos", NUMBER, run.tos),

	FIELD(KIND(TARGET), "number", NUMBER, target.number),
	FIELD(KIND(TARGET), "name", STRING, target.name),
	FIELD(KIND(TARGET), "label", STRING, target.label),
	FIELD(KIND(TARGET), "netns", STRING, target.netns),
	FIELD(KIND(TARGET), "failure", STRING, target.failure),
	FIELD(KIND(TARGET), "address", ADDRESS, target.address),
	FIELD(KIND(TARGET), "source", ADDRESS, target.source),
	FIELD(KIND(TARGET), "dev", TEXT, target.device),
	FIELD(KIND(TARGET), "addresses", NUMBER, target.address_count),
	FIELD(KIND(TARGET), "each", BOOL, target.is_each_address),
	FIELD(KIND(TARGET), "ended", BOOL, target.has_ended),
	FIELD(KIND(TARGET), "moved", BOOL, target.has_moved),
	FIELD(KIND(TARGET), "resolve", TIME, target.resolve_ns),

	FIELD(KIND(PROGRAM), "cgroup", NUMBER, program.cgroup),
	FIELD(KIND(PROGRAM), "path", STRING, program.path),

	FIELD(KIND(SUMMARY), "final", BOOL, summary.is_final),
	FIELD(KIND(SUMMARY), "hosts", NUMBER, summary.hosts),
	FIELD(KIND(SUMMARY), "accounted-for", BOOL, summary.is_accounted_for),
	FIELD(KIND(SUMMARY), "command", BOOL, summary.is_of_command),
	FIELD(KIND(SUMMARY), "connections", NUMBER, summary.connections),
	FIELD(KIND(SUMMARY), "preload", STRING, summary.preload),

	WORDS(KIND(REPORT), "", WORD, report.kind, &reports),
	FIELD(KIND(REPORT), "repeat", NUMBER, report.repeat),
	FIELD(KIND(REPORT), "target", NUMBER, report.target),
	FIELD(KIND(REPORT), "seq", NUMBER, report.sequence),
};

const size_t trace_field_count = sizeof(trace_fields) / sizeof(trace_fields[0]);

enum event_kind trace_kind_find(const char *name)
{
	for (enum event_kind kind = EVENT_UNKNOWN + 1; kind < EVENT_KINDS; kind++)
		if (strcmp(event_kind_name(kind), name) == 0)
			return kind;
	return EVENT_UNKNOWN;
}

int trace_words_find(const struct trace_words *words, const char *name)
{
	for (unsigned number = 0; number < words->count; number++) {
		const char *candidate = trace_words_name(words, number);

		if (candidate && strcmp(candidate, name) == 0)
			return (int)number;
	}
	return -1;
}

const char *trace_words_name(const struct trace_words *words, unsigned number)
{
	return number < words->count ? words->name(number) : NULL;
}
