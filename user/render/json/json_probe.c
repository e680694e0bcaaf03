// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The record of a probe. */
#include "user/render/json/json_probe.h"
#include "user/base/error.h"
#include "user/render/json/json_program.h"
#include "user/render/json/json_record.h"
#include "user/render/json/json_timeline.h"
#include "user/render/probe_fields.h"
#include "user/words/reasons.h"
#include "user/words/vocabulary.h"

static void put_candidates(struct json_record *record, const struct verdict *verdict)
{
	if (verdict->rtt_candidate_count == 0) {
		json_put_null(record, "rtt_candidates_us");
		return;
	}
	json_open(record, "rtt_candidates_us", '[');
	for (unsigned i = 0; i < verdict->rtt_candidate_count; i++)
		json_put_microseconds(record, NULL, verdict->rtt_candidates_ns[i]);
	json_close(record, ']');
}

/* Of a header that was not kept nothing is known. */
static void put_tcp_header(struct json_record *record, const struct tcp_entry *tcp)
{
	static const char *const names[] = {"window", "mss", "wscale", "sack", "timestamps"};

	for (size_t i = 0; !tcp && i < sizeof(names) / sizeof(names[0]); i++)
		json_put_null(record, names[i]);
	if (!tcp)
		return;
	json_put_integer(record, "window", tcp->window);
	json_put_known(record, "mss", tcp->options & TCP_HAS_MSS, tcp->mss);
	json_put_known(record, "wscale", tcp->options & TCP_HAS_WSCALE, tcp->wscale);
	json_put_boolean(record, "sack", tcp->options & TCP_HAS_SACK);
	json_put_boolean(record, "timestamps", tcp->options & TCP_HAS_TIMESTAMPS);
}

static void put_answer(struct json_record *record, const struct verdict *verdict,
		       const struct probe_fields *fields)
{
	const struct icmp_entry *icmp = fields->icmp;

	if (verdict->answer == ANSWER_NONE) {
		json_put_null(record, "answer");
		return;
	}
	json_open(record, "answer", '{');
	json_put_text(record, "kind", answer_kind_name(verdict->answer));
	json_put_address(record, "from", &verdict->answer_from);
	json_put_known(record, "ttl", fields->answer, fields->ttl);
	json_put_known(record, "other_ttl", verdict->other_ttl, verdict->other_ttl);
	put_tcp_header(record, fields->tcp);
	json_put_known(record, "icmp_type", icmp, icmp ? icmp->type : 0);
	json_put_known(record, "icmp_code", icmp, icmp ? icmp->code : 0);
	json_close(record, '}');
}

static void put_drop(struct json_record *record, const struct drop_summary *drop,
		     const struct probe_fields *fields)
{
	if (drop->count == 0) {
		json_put_null(record, "drop");
		return;
	}
	json_open(record, "drop", '{');
	json_put_text(record, "direction", drop->is_outbound ? "out" : "in");
	json_put_symbol(record, "reason", drop->reason);
	json_put_symbol(record, "function", drop->function);
	json_put_symbol(record, "interface", fields->drop_device);
	json_put_integer(record, "count", drop->count);
	json_close(record, '}');
}

static void put_hop(struct json_record *record, const struct path_hop *hop)
{
	json_open(record, NULL, '{');
	json_put_symbol(record, "interface", hop->device);
	json_put_known(record, "netns", hop->netns, hop->netns);
	json_put_text(record, "direction", hop->is_received ? "in" : "out");
	json_put_microseconds(record, "after_us", hop->after_ns);
	json_close(record, '}');
}

static void put_path(struct json_record *record, const struct path *path)
{
	if (!path) {
		json_put_null(record, "path");
		return;
	}
	json_open(record, "path", '[');
	for (unsigned i = 0; i < path->count; i++)
		put_hop(record, &path->hops[i]);
	json_close(record, ']');
}

static void put_app(struct json_record *record, const struct probe_report *report)
{
	const struct verdict *verdict = report->verdict;

	json_open(record, "app", '{');
	json_put_text(record, "result", app_result_name(verdict->app_result));
	json_put_text(record, "errno", error_name(verdict->app_error));
	json_put_boolean(record, "agrees", verdict->app_agrees);
	if (report->program)
		json_put_told(record, report);
	json_close(record, '}');
}

static void put_notes(struct json_record *record, uint32_t notes)
{
	json_open(record, "notes", '[');
	for (; notes; notes &= notes - 1)
		json_put_text(record, NULL, note_name((enum note)(notes & -notes)));
	json_close(record, ']');
}

static void put_wire_address(struct json_record *record, const char *name,
			     const struct address *address)
{
	char text[ADDRESS_TEXT_MAX];

	json_put_text(record, name,
		      address_is_set(address) ? address_format_with_port(address, text) : NULL);
}

static void put_addresses(struct json_record *record, const struct probe_report *report,
			  const struct probe_fields *fields)
{
	const struct target_report *target = report->target;
	uint32_t netns = report->attempt->netns;

	json_put_text(record, "target", target->label);
	json_put_text(record, "name", target->name);
	json_put_address(record, "address", &target->address);
	json_put_port(record, "port", &target->address);
	json_put_address(record, "source", &fields->source);
	json_put_port(record, "source_port", &fields->source);
	json_put_symbol(record, "interface", fields->device);
	json_put_text(record, "netns_name", target->netns_name);
	json_put_known(record, "netns", netns, netns);
	put_wire_address(record, "wire_source", &report->verdict->wire_source);
	put_wire_address(record, "wire_destination", &report->verdict->wire_destination);
}

static void put_times(struct json_record *record, const struct probe_report *report)
{
	const struct verdict *verdict = report->verdict;

	json_put_microseconds(record, "rtt_us", verdict->rtt_ns);
	put_candidates(record, verdict);
	json_put_microseconds(record, "queue_us", verdict->queue_ns);
	json_put_microseconds(record, "neighbour_us", verdict->neighbour_ns);
	json_put_microseconds(record, "app_us", verdict->app_ns);
	json_put_microseconds(record, "watched_us", verdict->watched_ns);
	json_put_microseconds(record, "resolve_us", report->target->resolve_ns);
}

static void put_counts(struct json_record *record, const struct probe_report *report,
		       const struct probe_fields *fields)
{
	json_put_known(record, "syn_sent", fields->is_counted, fields->syn_sent);
	json_put_known(record, "syn_unanswered", fields->is_counted, fields->syn_unanswered);
	json_put_integer(record, "asked_again", report->others.count);
	if (fields->is_ack_known)
		json_put_boolean(record, "ack_sent", fields->is_ack_sent);
	else
		json_put_null(record, "ack_sent");
}

/* A reader that counts the records of probes counts each once. */
static const char *type_of(const struct probe_report *report)
{
	if (report->program)
		return "connect";
	return report->repeat == REPEAT_DUE ? "replaced" : "probe";
}

/* What was seen, and what that says. */
static void put_evidence(struct json_record *record, const struct probe_report *report,
			 const struct probe_fields *fields)
{
	char explain[PROBE_EXPLAIN_MAX];

	put_answer(record, report->verdict, fields);
	put_drop(record, &report->verdict->drop, fields);
	put_path(record, report->path);
	put_app(record, report);
	put_notes(record, report->verdict->notes);
	json_put_text(record, "explain", probe_explain(report, explain));
}

void json_write_probe(FILE *out, const struct probe_report *report, bool has_timeline)
{
	const struct verdict *verdict = report->verdict;
	struct probe_fields fields;
	struct json_record record;

	probe_fields_read(report, &fields);
	json_begin(&record, out, type_of(report));
	json_put_time(&record, "time", report->wall_ns);
	json_put_integer(&record, "seq", report->sequence);
	put_addresses(&record, report, &fields);
	json_put_text(&record, "status", status_name(verdict->status));
	json_put_text(&record, "reason", reason_name(verdict->reason));
	json_put_boolean(&record, "complete", verdict->is_complete);
	put_times(&record, report);
	put_counts(&record, report, &fields);
	put_evidence(&record, report, &fields);
	if (report->program)
		json_put_program(&record, report);
	if (has_timeline)
		json_put_timeline(&record, report->attempt);
	else
		json_put_null(&record, "timeline");
	json_end(&record);
}
