// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * For spreadsheets and data frames: a header, then one line a probe or a program's connect.
 * Amendments, summaries and outcomes that are replaced have no place in it.
 *
 * As RFC 4180 but for the end of a line, which is LF. An empty cell is unknown; lists are joined by
 * ';'. Numbers and words are those of the JSON record. Text goes through safe_text(), so that a
 * record is a line. Text that a spreadsheet would take for a formula (it begins with = + - or @)
 * gets an apostrophe before it, which a spreadsheet takes for "this is text" and any other reader
 * must take off; our own words never begin so.
 */
#include "user/base/error.h"
#include "user/core/verdict/app_view.h"
#include "user/render/probe_fields.h"
#include "user/render/render.h"
#include "user/render/safe.h"
#include "user/render/writer.h"
#include "user/words/reasons.h"
#include "user/words/vocabulary.h"

/* Twice the longest text of ours, a sentence. */
#define CELL_MAX 1024

/* The cells in the order of what writes them below; a test counts both. */
static const char header[] =
	"time,seq,target,name,address,port,netns_name,netns,source,source_port,interface,"
	"wire_source,wire_destination,status,reason,complete,rtt_us,rtt_candidates_us,queue_us,"
	"neighbour_us,app_us,watched_us,resolve_us,syn_sent,syn_unanswered,answer_kind,answer_from,"
	"answer_ttl,other_ttl,icmp_type,icmp_code,drop_direction,drop_reason,drop_function,"
	"drop_interface,drop_count,app_result,app_errno,app_agrees,notes,explain,asked_again,"
	"ack_sent";
/* After them, of a program's connect. */
static const char program_header[] =
	",pid,tid,uid,comm,cgroup,container,requested,told,calls_seen,contradiction";

static bool looks_like_formula(const char *text)
{
	return text[0] != '\0' && strchr("=+-@", text[0]);
}

static void put_text(struct writer *row, const char *text)
{
	char safe[CELL_MAX];
	bool is_quoted;

	safe_text(text, safe, sizeof(safe));
	/* Some readers drop spaces at the ends of what is not quoted. */
	is_quoted = strpbrk(safe, ",\"") || safe[0] == ' ' ||
		    (safe[0] != '\0' && safe[strlen(safe) - 1] == ' ');
	if (is_quoted)
		writer_byte(row, '"');
	if (looks_like_formula(safe))
		writer_byte(row, '\'');
	for (const char *c = safe; *c != '\0'; c++) {
		if (*c == '"')
			writer_byte(row, '"');
		writer_byte(row, *c);
	}
	if (is_quoted)
		writer_byte(row, '"');
}

/* The cells but the first: each begins with its comma. NULL, and what is not known, is empty. */
static void cell_text(struct writer *row, const char *text)
{
	writer_byte(row, ',');
	if (text)
		put_text(row, text);
}

static void cell_known(struct writer *row, bool is_known, uint64_t number)
{
	writer_byte(row, ',');
	if (is_known)
		writer_integer(row, number);
}

static void cell_boolean(struct writer *row, bool value)
{
	writer_text(row, value ? ",true" : ",false");
}

static void cell_time(struct writer *row, uint64_t time_ns)
{
	writer_byte(row, ',');
	if (time_ns != TIME_UNKNOWN_NS)
		writer_microseconds(row, time_ns);
}

static void cell_address(struct writer *row, const struct address *address)
{
	char text[ADDRESS_TEXT_MAX];

	cell_text(row, address_format(address, text));
}

static void cell_port(struct writer *row, const struct address *address)
{
	cell_known(row, address_is_set(address) && address->port > 0, address->port);
}

static void cell_wire_address(struct writer *row, const struct address *address)
{
	char text[ADDRESS_TEXT_MAX];

	cell_text(row, address_format_with_port(address, text));
}

/* Elements of a list. */
static void separate(struct writer *row, unsigned index)
{
	if (index > 0)
		writer_byte(row, ';');
}

static void cell_candidates(struct writer *row, const struct verdict *verdict)
{
	writer_byte(row, ',');
	for (unsigned i = 0; i < verdict->rtt_candidate_count; i++) {
		separate(row, i);
		writer_microseconds(row, verdict->rtt_candidates_ns[i]);
	}
}

static void cell_notes(struct writer *row, uint32_t notes)
{
	writer_byte(row, ',');
	for (unsigned i = 0; notes; i++, notes &= notes - 1) {
		separate(row, i);
		writer_text(row, note_name((enum note)(notes & -notes)));
	}
}

/* Calls and what they told: "connect=EINPROGRESS;poll=1". */
static void cell_told(struct writer *row, const struct attempt *attempt)
{
	unsigned count = 0;

	writer_byte(row, ',');
	for (int i = 0; i < attempt->entry_count; i++) {
		struct call_fields call;

		if (!app_view_is_call(&attempt->entries[i]))
			continue;
		call_fields_read(&attempt->entries[i], &call);
		separate(row, count++);
		writer_text(row, call.name ? call.name : "");
		writer_byte(row, '=');
		if (call.error)
			writer_text(row, call.error);
		else
			writer_signed(row, call.result);
	}
}

static void put_target(struct writer *row, const struct probe_report *report,
		       const struct probe_fields *fields)
{
	const struct target_report *target = report->target;

	cell_text(row, target->label);
	cell_text(row, target->name);
	cell_address(row, &target->address);
	cell_port(row, &target->address);
	cell_text(row, target->netns_name);
	cell_known(row, report->attempt->netns, report->attempt->netns);
	cell_address(row, &fields->source);
	cell_port(row, &fields->source);
	cell_text(row, fields->device);
	cell_wire_address(row, &report->verdict->wire_source);
	cell_wire_address(row, &report->verdict->wire_destination);
}

static void put_times(struct writer *row, const struct probe_report *report)
{
	const struct verdict *verdict = report->verdict;

	cell_time(row, verdict->rtt_ns);
	cell_candidates(row, verdict);
	cell_time(row, verdict->queue_ns);
	cell_time(row, verdict->neighbour_ns);
	cell_time(row, verdict->app_ns);
	cell_time(row, verdict->watched_ns);
	cell_time(row, report->target->resolve_ns);
}

static void put_answer(struct writer *row, const struct verdict *verdict,
		       const struct probe_fields *fields)
{
	bool is_answered = verdict->answer != ANSWER_NONE;
	const struct icmp_entry *icmp = fields->icmp;

	cell_text(row, is_answered ? answer_kind_name(verdict->answer) : NULL);
	if (is_answered)
		cell_address(row, &verdict->answer_from);
	else
		cell_text(row, NULL);
	cell_known(row, fields->answer, fields->ttl);
	cell_known(row, is_answered && verdict->other_ttl, verdict->other_ttl);
	cell_known(row, icmp, icmp ? icmp->type : 0);
	cell_known(row, icmp, icmp ? icmp->code : 0);
}

static void put_drop(struct writer *row, const struct drop_summary *drop,
		     const struct probe_fields *fields)
{
	bool is_dropped = drop->count > 0;

	cell_text(row, !is_dropped ? NULL : drop->is_outbound ? "out" : "in");
	cell_text(row, is_dropped ? drop->reason : NULL);
	cell_text(row, is_dropped ? drop->function : NULL);
	cell_text(row, is_dropped ? fields->drop_device : NULL);
	cell_known(row, is_dropped, drop->count);
}

static void put_rest(struct writer *row, const struct probe_report *report,
		     const struct probe_fields *fields)
{
	const struct verdict *verdict = report->verdict;
	char explain[PROBE_EXPLAIN_MAX];

	cell_text(row, app_result_name(verdict->app_result));
	cell_text(row, error_name(verdict->app_error));
	cell_boolean(row, verdict->app_agrees);
	cell_notes(row, verdict->notes);
	cell_text(row, probe_explain(report, explain));
	cell_known(row, true, report->others.count);
	if (fields->is_ack_known)
		cell_boolean(row, fields->is_ack_sent);
	else
		cell_text(row, NULL);
}

static void put_program(struct writer *row, const struct probe_report *report)
{
	const struct attempt *attempt = report->attempt;

	cell_known(row, true, attempt->pid);
	cell_known(row, true, attempt->tid);
	cell_known(row, true, attempt->uid);
	cell_text(row, attempt->comm);
	cell_text(row, report->program->cgroup);
	cell_text(row, report->program->container);
	cell_text(row, report->target->label);
	cell_told(row, attempt);
	cell_boolean(row, !attempt->is_unseen && !attempt->is_late);
	cell_text(row, report->program->contradiction);
}

static void put_probe(struct writer *row, const struct probe_report *report)
{
	const struct verdict *verdict = report->verdict;
	struct probe_fields fields;

	probe_fields_read(report, &fields);
	writer_time(row, report->wall_ns);
	cell_known(row, true, report->sequence);
	put_target(row, report, &fields);
	cell_text(row, status_name(verdict->status));
	cell_text(row, reason_name(verdict->reason));
	cell_boolean(row, verdict->is_complete);
	put_times(row, report);
	cell_known(row, fields.is_counted, fields.syn_sent);
	cell_known(row, fields.is_counted, fields.syn_unanswered);
	put_answer(row, verdict, &fields);
	put_drop(row, &verdict->drop, &fields);
	put_rest(row, report, &fields);
}

static void write_header(FILE *out, const struct render_style *style,
			 const struct run_report *report)
{
	(void)style;
	fprintf(out, "%s%s\n", header, report->subject ? program_header : "");
}

static void write_probe(FILE *out, const struct render_style *style,
			const struct probe_report *report)
{
	struct writer row;

	if (style->is_quiet || report->repeat == REPEAT_DUE)
		return;
	writer_init(&row, out);
	put_probe(&row, report);
	if (report->program)
		put_program(&row, report);
	writer_byte(&row, '\n');
	writer_flush(&row);
}

const struct renderer csv_renderer = {
	.begin = write_header,
	.probe = write_probe,
};
