// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One line of a timeline. */
#include "user/words/timeline/explain_entry.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "user/core/verdict/verdict.h"
#include "user/words/sentence.h"
#include "user/words/timeline/explain_path.h"
#include "user/words/vocabulary.h"

static void say_flags(struct sentence *s, uint8_t flags)
{
	static const struct bit_name names[] = {
		{TCP_FLAG_SYN, "SYN"}, {TCP_FLAG_FIN, "FIN"}, {TCP_FLAG_RST, "RST"},
		{TCP_FLAG_PSH, "PSH"}, {TCP_FLAG_ACK, "ACK"}, {TCP_FLAG_URG, "URG"},
		{TCP_FLAG_ECE, "ECE"}, {TCP_FLAG_CWR, "CWR"}, {0, NULL}};

	sentence_bits(s, flags, names, "-", "no flags");
}

static void say_device(struct sentence *s, const struct attempt *attempt, const struct entry *entry)
{
	const char *name = attempt_device_name(attempt, entry->ifindex);

	if (name)
		sentence_add(s, " %s", name);
	else if (entry->ifindex)
		sentence_add(s, " interface %u", entry->ifindex);
	else
		sentence_add(s, " no device");
}

static void say_segment(struct sentence *s, const struct tcp_entry *tcp)
{
	sentence_add(s, " seq %u", tcp->seq);
	if (tcp->flags & TCP_FLAG_ACK)
		sentence_add(s, " ack %u", tcp->ack);
	sentence_add(s, " win %u ttl %u", tcp->window, tcp->ttl);
	if (tcp->options & TCP_HAS_MSS)
		sentence_add(s, " mss %u", tcp->mss);
	if (tcp->options & TCP_HAS_TIMESTAMPS)
		sentence_add(s, " ts %u/%u", tcp->tsval, tcp->tsecr);
}

static void say_packet(struct sentence *s, const struct attempt *attempt, const struct entry *entry,
		       const char *verb)
{
	struct address from;
	const struct icmp_meaning *meaning;

	if (entry->flags & ENTRY_ICMP) {
		from = address_make(attempt->requested.family, entry->icmp.from, 0);
		meaning =
			icmp_meaning(attempt->requested.family, entry->icmp.type, entry->icmp.code);
		sentence_add(s, "ICMP %u/%u %s", entry->icmp.type, entry->icmp.code, verb);
		say_device(s, attempt, entry);
		sentence_address(sentence_add(s, " from "), &from);
		if (meaning)
			sentence_add(s, ": %s", meaning->words);
		return;
	}
	say_flags(s, entry->tcp.flags);
	sentence_add(s, " %s", verb);
	say_device(s, attempt, entry);
	sentence_add(s, ",");
	say_segment(s, &entry->tcp);
	if (entry->kind == EVENT_XMIT && entry->tcp.queued_ns != UINT32_MAX)
		sentence_add(s, ", queued %s%.1f us",
			     entry->tcp.queued_ns == ENTRY_QUEUED_MAX_NS ? "for more than " : "",
			     entry->tcp.queued_ns / 1e3);
}

static void say_drop(struct sentence *s, const struct attempt *attempt, const struct entry *entry)
{
	if (entry->drop.is_icmp)
		sentence_add(s, "ICMP");
	else
		say_flags(s, entry->drop.flags);
	/* Over loopback what goes out comes in: the direction says nothing. */
	sentence_add(s, " dropped%s at",
		     entry->flags & ENTRY_LOOPBACK ? ""
		     : entry->drop.is_outbound	   ? " outbound"
						   : " inbound");
	say_device(s, attempt, entry);
	sentence_add(s, ": %s in %s", entry->drop.reason[0] ? entry->drop.reason : "no reason",
		     entry->drop.function[0] ? entry->drop.function : "an unknown function");
}

static const char *error_or(int error, const char *otherwise)
{
	const char *name = error_name(error < 0 ? -error : error);

	return name ? name : otherwise;
}

static void say_select(struct sentence *s, int result)
{
	static const struct bit_name names[] = {
		{POLLIN, "readable"}, {POLLOUT, "writable"}, {POLLPRI, "exceptional"}, {0, NULL}};

	if (result)
		sentence_bits(sentence_add(s, "select() says: "), (unsigned)result, names, " ", "");
	else
		sentence_add(s, "select() asked for");
}

static void say_app(struct sentence *s, const struct entry *entry)
{
	const char *title = app_call_title((enum app_call)entry->app.call);
	int result = entry->app.result, error = entry->app.error;

	switch (entry->app.call) {
	case APP_POLL:
	case APP_EPOLL:
		sentence_add(s, "%s = 0x%x", title, (unsigned)result);
		break;
	case APP_SO_ERROR:
		sentence_add(s, "%s = %s", title, error_or(result, "0"));
		break;
	case APP_ABANDON:
		sentence_add(s, result == 1   ? "the run's deadline"
				: result == 2 ? "given up for another one"
					      : "interrupted");
		break;
	case APP_SELECT:
		say_select(s, result);
		break;
	case APP_CONNECT:
	case APP_SEND_FASTOPEN:
	case APP_PEERNAME:
	case APP_SEND:
	case APP_RECEIVE:
	case APP_BIND:
		sentence_add(s, "%s", title);
		if (entry->app.phase == APP_RETURN)
			sentence_add(s, " = %d%s%s", result, error ? " " : "", error_or(error, ""));
		break;
	default: /* one that returns nothing of interest */
		sentence_add(s, "%s", title);
		break;
	}
}

/* What is there, and no word of what is not. */
static void say_host(struct sentence *s, const struct host_event *host)
{
	sentence_add(s, "this host: %u of %u connections tracked", host->tracked,
		     host->tracked_max);
	if (host->policies_out || host->policies_in)
		sentence_add(s, ", IPsec policies (%u out, %u in)", host->policies_out,
			     host->policies_in);
	if (host->is_virtual_service)
		sentence_add(s, ", a service of IPVS with %u real servers", host->real_servers);
	if (host->has_legacy_rules)
		sentence_add(s, ", legacy iptables");
}

static void say_route(struct sentence *s, const struct attempt *attempt, const struct entry *entry)
{
	struct address gateway = address_make(entry->route.family, entry->route.gateway, 0);

	sentence_add(s, "%s: %s", entry->route.is_by_rule ? "routing rule" : "route",
		     route_kind_name((enum route_kind)entry->route.kind));
	if (address_is_set(&gateway))
		sentence_address(sentence_add(s, " via "), &gateway);
	if (entry->ifindex)
		say_device(sentence_add(s, " dev"), attempt, entry);
}

char *explain_entry(const struct attempt *attempt, const struct entry *entry, char *text)
{
	struct sentence s = sentence_start(text, EXPLAIN_MAX);
	struct address neighbour;

	switch ((enum event_kind)entry->kind) {
	case EVENT_APP:
		say_app(&s, entry);
		break;
	case EVENT_TASK:
		sentence_add(&s, "pid %u (%s)", attempt->pid, attempt->comm);
		break;
	case EVENT_DEADLINE:
		sentence_add(&s, "deadline");
		break;
	case EVENT_ROUTE:
		say_route(&s, attempt, entry);
		break;
	case EVENT_NEIGHBOUR:
		neighbour = address_make(entry->neighbour.family, entry->neighbour.address, 0);
		sentence_address(sentence_add(&s, entry->flags & ENTRY_OWN
							  ? "SYN kept for the neighbour "
							  : "neighbour "),
				 &neighbour);
		if (attempt_device_name(attempt, entry->ifindex))
			say_device(sentence_add(&s, " dev"), attempt, entry);
		sentence_add(&s, ": %s",
			     neighbour_state_name((enum neighbour_state)entry->neighbour.state));
		break;
	case EVENT_LINK:
		say_device(sentence_add(&s, "device"), attempt, entry);
		sentence_add(&s, ": %s%s", entry->link.has_carrier ? "has a carrier" : "no carrier",
			     entry->link.has_xdp ? ", runs an XDP program" : "");
		break;
	case EVENT_HOST:
		say_host(&s, &entry->host);
		break;
	case EVENT_SOCKET_INFO:
		sentence_add(&s, "the socket says: %s, %u retransmits",
			     tcp_state_name(entry->info.state), entry->info.retransmits);
		break;
	case EVENT_STATE:
		sentence_add(&s, "%s -> %s", tcp_state_name(entry->state.old_state),
			     tcp_state_name(entry->state.new_state));
		break;
	case EVENT_LOCAL_ACCEPT:
		sentence_add(&s, "another socket of this host accepted it");
		break;
	case EVENT_RETRANSMIT:
		sentence_add(&s, "retransmit failed: %s",
			     entry->error.error < 0 ? error_or(entry->error.error, "error")
						    : "dropped by the queue");
		break;
	case EVENT_RESET_RECEIVED:
		sentence_add(&s, "RST accepted");
		break;
	case EVENT_ERROR_REPORT:
		sentence_add(
			&s, "error reported: %s",
			error_or(entry->error.error ? entry->error.error : entry->error.error_soft,
				 "none yet"));
		break;
	case EVENT_RESET_SENT:
		sentence_add(&s, "answer refused with a RST");
		break;
	case EVENT_QUEUE:
		say_packet(&s, attempt, entry, "queued at");
		break;
	case EVENT_XMIT:
		say_packet(&s, attempt, entry, "leaves by");
		break;
	case EVENT_RECEIVE:
		say_packet(&s, attempt, entry, "arrives on");
		break;
	case EVENT_DROP:
		say_drop(&s, attempt, entry);
		break;
	case EVENT_BAD_CHECKSUM:
		sentence_add(&s, "bad TCP checksum");
		break;
	case EVENT_HOP:
		explain_hop(&s, entry);
		break;
	case EVENT_UNKNOWN:
	case EVENT_LOST:
	case EVENT_DRAINED:
	case EVENT_END:
	case EVENT_RUN:
	case EVENT_TARGET:
	case EVENT_PROGRAM:
	case EVENT_SUMMARY:
	case EVENT_REPORT:
		sentence_add(&s, "%s", event_kind_name((enum event_kind)entry->kind));
		break;
	}
	return text;
}
