// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* From two verdicts, an attempt and a packet to single facts. */
#include "user/render/probe_fields.h"

#include <stdio.h>

#include "user/base/error.h"
#include "user/render/answer.h"

static struct address source_of(const struct probe_report *report)
{
	const struct attempt *attempt = report->attempt;
	bool is_on_wire = address_is_set(&attempt->wire_source) &&
			  !address_is_set(&report->verdict->wire_source);

	return is_on_wire ? attempt->wire_source : attempt->source;
}

static const char *device_of(const struct probe_report *report, uint32_t ifindex)
{
	return ifindex ? attempt_device_name(report->attempt, ifindex) : NULL;
}

/* The service may have seen an earlier connect, too. */
static void read_connects(const struct probe_report *report, struct probe_fields *fields)
{
	const struct verdict *verdict = report->verdict;
	const struct other_connects *others = &report->others;

	fields->syn_sent = verdict->syn_sent + others->syn_sent;
	fields->syn_unanswered = verdict->syn_unanswered + others->syn_unanswered;
	fields->is_counted = verdict->is_complete;
	fields->is_ack_sent = verdict->is_ack_sent || others->is_ack_sent;
	fields->is_ack_known = fields->is_ack_sent || (verdict->is_complete && !others->is_partial);
}

static void read_answer(const struct probe_report *report, struct probe_fields *fields)
{
	const struct entry *packet = answer_packet(report);

	fields->answer = packet;
	if (!packet)
		return;
	fields->icmp = packet->flags & ENTRY_ICMP ? &packet->icmp : NULL;
	fields->tcp = packet->flags & (ENTRY_ICMP | ENTRY_CUT) ? NULL : &packet->tcp;
	fields->ttl = fields->icmp ? packet->icmp.ttl : packet->tcp.ttl;
}

void probe_fields_read(const struct probe_report *report, struct probe_fields *ret_fields)
{
	*ret_fields = (struct probe_fields){
		.source = source_of(report),
		.device = device_of(report, report->verdict->ifindex),
		.drop_device = device_of(report, report->verdict->drop.ifindex),
	};
	read_connects(report, ret_fields);
	read_answer(report, ret_fields);
}

const char *probe_explain(const struct probe_report *report, char *text)
{
	if (!report->program || !report->program->contradiction)
		return report->explain;
	snprintf(text, PROBE_EXPLAIN_MAX, "%s; %s", report->explain,
		 report->program->contradiction);
	return text;
}

static const char *const call_names[] = {
	[APP_CONNECT] = "connect",   [APP_SEND_FASTOPEN] = "sendto", [APP_POLL] = "poll",
	[APP_SELECT] = "select",     [APP_EPOLL] = "epoll_wait",     [APP_EPOLL_CTL] = "epoll_ctl",
	[APP_SO_ERROR] = "SO_ERROR", [APP_TCP_INFO] = "TCP_INFO",    [APP_SHUTDOWN] = "shutdown",
	[APP_IOCTL] = "ioctl",	     [APP_PEERNAME] = "getpeername", [APP_SEND] = "send",
	[APP_RECEIVE] = "recv",	     [APP_CLOSE] = "close"};

void call_fields_read(const struct entry *entry, struct call_fields *ret_fields)
{
	bool is_value = entry->app.call == APP_SO_ERROR; /* what was read is the error itself */
	size_t count = sizeof(call_names) / sizeof(call_names[0]);

	*ret_fields = (struct call_fields){
		.name = entry->app.call < count ? call_names[entry->app.call] : NULL,
		.error = error_name(is_value ? entry->app.result : entry->app.error),
		.result = is_value	     ? 0
			  : entry->app.error ? -1
					     : entry->app.result,
	};
}
