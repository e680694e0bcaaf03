// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The record of a probe. */
#include "user/render/json/json_probe.h"
#include "user/base/error.h"
#include "user/render/answer.h"
#include "user/render/json/json_program.h"
#include "user/render/json/json_record.h"
#include "user/render/json/json_timeline.h"
#include "user/words/reasons.h"
#include "user/words/vocabulary.h"

static json_t *candidates_of(const struct verdict *verdict)
{
	json_t *candidates;

	if (verdict->rtt_candidate_count == 0)
		return NULL;
	candidates = json_array();
	for (unsigned i = 0; i < verdict->rtt_candidate_count; i++)
		json_array_append_new(candidates, json_microseconds(verdict->rtt_candidates_ns[i]));
	return candidates;
}

/* packet is NULL when the answer's header was not kept: then nothing of it is known. */
static void put_answer_header(json_t *answer, const struct entry *packet, uint8_t other_ttl)
{
	bool is_icmp = packet && packet->flags & ENTRY_ICMP;
	const struct tcp_entry *tcp =
		packet && !(packet->flags & (ENTRY_ICMP | ENTRY_CUT)) ? &packet->tcp : NULL;
	const struct icmp_entry *icmp = is_icmp ? &packet->icmp : NULL;

	json_put(answer, "ttl", packet ? json_integer(icmp ? icmp->ttl : packet->tcp.ttl) : NULL);
	json_put(answer, "other_ttl", other_ttl ? json_integer(other_ttl) : NULL);
	json_put(answer, "window", tcp ? json_integer(tcp->window) : NULL);
	json_put(answer, "mss", tcp && tcp->options & TCP_HAS_MSS ? json_integer(tcp->mss) : NULL);
	json_put(answer, "wscale",
		 tcp && tcp->options & TCP_HAS_WSCALE ? json_integer(tcp->wscale) : NULL);
	json_put(answer, "sack", tcp ? json_boolean(tcp->options & TCP_HAS_SACK) : NULL);
	json_put(answer, "timestamps",
		 tcp ? json_boolean(tcp->options & TCP_HAS_TIMESTAMPS) : NULL);
	json_put(answer, "icmp_type", icmp ? json_integer(icmp->type) : NULL);
	json_put(answer, "icmp_code", icmp ? json_integer(icmp->code) : NULL);
}

static json_t *answer_of(const struct probe_report *report)
{
	json_t *answer;

	if (report->verdict->answer == ANSWER_NONE)
		return NULL;
	answer = json_object();
	json_put_text(answer, "kind", answer_kind_name(report->verdict->answer));
	json_put_address(answer, "from", &report->verdict->answer_from);
	put_answer_header(answer, answer_packet(report), report->verdict->other_ttl);
	return answer;
}

static json_t *drop_of(const struct probe_report *report)
{
	const struct drop_summary *drop = &report->verdict->drop;
	json_t *object;

	if (drop->count == 0)
		return NULL;
	object = json_object();
	json_put_text(object, "direction", drop->is_outbound ? "out" : "in");
	json_put_symbol(object, "reason", drop->reason);
	json_put_symbol(object, "function", drop->function);
	json_put_symbol(object, "interface",
			drop->ifindex ? attempt_device_name(report->attempt, drop->ifindex) : NULL);
	json_put_integer(object, "count", drop->count);
	return object;
}

static json_t *path_of_hops(const struct path *path)
{
	json_t *hops = path ? json_array() : NULL;

	for (unsigned i = 0; path && i < path->count; i++) {
		const struct path_hop *hop = &path->hops[i];
		json_t *object = json_object();

		json_put_symbol(object, "interface", hop->device);
		json_put(object, "netns", hop->netns ? json_integer(hop->netns) : NULL);
		json_put_text(object, "direction", hop->is_received ? "in" : "out");
		json_put(object, "after_us", json_microseconds(hop->after_ns));
		json_array_append_new(hops, object);
	}
	return hops;
}

static json_t *app_of(const struct verdict *verdict)
{
	json_t *app = json_object();

	json_put_text(app, "result", app_result_name(verdict->app_result));
	json_put_text(app, "errno", error_name(verdict->app_error));
	json_put_boolean(app, "agrees", verdict->app_agrees);
	return app;
}

static json_t *notes_of(const struct verdict *verdict)
{
	json_t *notes = json_array();

	for (unsigned bit = 0; bit < NOTE_COUNT; bit++)
		if (verdict->notes & 1u << bit)
			json_array_append_new(notes,
					      json_string(note_name((enum note)(1u << bit))));
	return notes;
}

/* As the socket has it. Its port is on the wire as well, unless something rewrote it there. */
static struct address socket_source(const struct probe_report *report)
{
	const struct attempt *attempt = report->attempt;
	bool is_on_wire = address_is_set(&attempt->wire_source) &&
			  !address_is_set(&report->verdict->wire_source);

	return is_on_wire ? attempt->wire_source : attempt->source;
}

static void put_wire_address(json_t *record, const char *name, const struct address *address)
{
	char text[ADDRESS_TEXT_MAX];

	json_put_text(record, name,
		      address_is_set(address) ? address_format_with_port(address, text) : NULL);
}

static void put_addresses(json_t *record, const struct probe_report *report)
{
	const struct attempt *attempt = report->attempt;
	struct address source = socket_source(report);
	uint32_t ifindex = report->verdict->ifindex;

	json_put_address(record, "address", &report->target->address);
	json_put_port(record, "port", &report->target->address);
	json_put_address(record, "source", &source);
	json_put_port(record, "source_port", &source);
	json_put_symbol(record, "interface",
			ifindex ? attempt_device_name(attempt, ifindex) : NULL);
	json_put_text(record, "netns_name", report->target->netns_name);
	json_put(record, "netns", attempt->netns ? json_integer(attempt->netns) : NULL);
	put_wire_address(record, "wire_source", &report->verdict->wire_source);
	put_wire_address(record, "wire_destination", &report->verdict->wire_destination);
}

static void put_times(json_t *record, const struct probe_report *report)
{
	const struct verdict *verdict = report->verdict;

	json_put(record, "rtt_us", json_microseconds(verdict->rtt_ns));
	json_put(record, "rtt_candidates_us", candidates_of(verdict));
	json_put(record, "queue_us", json_microseconds(verdict->queue_ns));
	json_put(record, "neighbour_us", json_microseconds(verdict->neighbour_ns));
	json_put(record, "app_us", json_microseconds(verdict->app_ns));
	json_put(record, "watched_us", json_microseconds(verdict->watched_ns));
	json_put(record, "resolve_us", json_microseconds(report->target->resolve_ns));
}

/* With events lost a count may be too small, and then it is no fact. */
static json_t *count_of(const struct verdict *verdict, uint64_t count)
{
	return verdict->is_complete ? json_integer((json_int_t)count) : json_null();
}

/* Of all connects when there were several, as far as those of the others were seen. */
static void put_counts(json_t *record, const struct probe_report *report)
{
	const struct verdict *verdict = report->verdict;
	const struct other_connects *others = &report->others;

	json_put(record, "syn_sent", count_of(verdict, verdict->syn_sent + others->syn_sent));
	json_put(record, "syn_unanswered",
		 count_of(verdict, verdict->syn_unanswered + others->syn_unanswered));
	json_put_integer(record, "asked_again", others->count);
}

/*
 * With events lost one that was not seen may have left. The service may have seen an earlier
 * connect, too.
 */
static void put_ack_sent(json_t *record, const struct probe_report *report)
{
	const struct verdict *verdict = report->verdict;
	const struct other_connects *others = &report->others;

	if (verdict->is_ack_sent || others->is_ack_sent)
		json_put_boolean(record, "ack_sent", true);
	else
		json_put(record, "ack_sent",
			 verdict->is_complete && !others->is_partial ? json_false() : json_null());
}

/* A reader that counts the records of probes counts each once. */
static const char *type_of(const struct probe_report *report)
{
	if (report->program)
		return "connect";
	return report->repeat == REPEAT_DUE ? "replaced" : "probe";
}

json_t *json_probe_record(const struct probe_report *report, bool has_timeline)
{
	const struct verdict *verdict = report->verdict;
	json_t *record = json_record_new(type_of(report));

	json_put_time(record, "time", report->wall_ns);
	json_put_integer(record, "seq", report->sequence);
	json_put_text(record, "target", report->target->label);
	json_put_text(record, "name", report->target->name);
	put_addresses(record, report);
	json_put_text(record, "status", status_name(verdict->status));
	json_put_text(record, "reason", reason_name(verdict->reason));
	json_put_boolean(record, "complete", verdict->is_complete);
	put_times(record, report);
	put_counts(record, report);
	put_ack_sent(record, report);
	json_put(record, "answer", answer_of(report));
	json_put(record, "drop", drop_of(report));
	json_put(record, "path", path_of_hops(report->path));
	json_put(record, "app", app_of(verdict));
	json_put(record, "notes", notes_of(verdict));
	json_put_text(record, "explain", report->explain);
	if (report->program)
		json_put_program(record, report);
	json_put(record, "timeline", has_timeline ? json_timeline(report->attempt) : NULL);
	return record;
}
