// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Notices become reports, and reports lines. */
#include <errno.h>
#include <stdlib.h>

#include "user/app/run/report.h"
#include "user/app/terminal.h"
#include "user/core/verdict/facts_read.h"
#include "user/io/clock.h"

#define LIVE_AFTER_NS SECOND_NS

void note_output(struct pipeline *p)
{
	if (!p->output_error && ferror(p->out))
		p->output_error = errno;
}

void clear_live(struct pipeline *p)
{
	if (p->has_live_line)
		live_clear(p->out);
	p->has_live_line = false;
}

/* Targets are not lost in formats that have no place for them. */
static void say_failure(const struct stream *stream)
{
	if (stream->report.failure)
		fprintf(stderr, "ktcping: %s: %s\n", stream->title, stream->report.failure);
}

void show_target(struct pipeline *p, const struct stream *stream)
{
	clear_live(p);
	if (p->renderer->target)
		p->renderer->target(p->out, &p->style, &stream->report);
	else
		say_failure(stream);
	note_output(p);
}

void show_move(struct pipeline *p, const struct stream *stream, const struct address *from, const struct address *to)
{
	uint64_t now_ns = clock_now_ns();
	struct move_report report = {
		.target = &stream->report,
		.from = *from,
		.to = *to,
		.wall_ns = wall_at(now_ns),
		.since_start_ns = now_ns - p->started_ns,
	};

	clear_live(p);
	if (p->renderer->move)
		p->renderer->move(p->out, &p->style, &report);
	note_output(p);
}

/* --changes, --failures and --open */
static bool is_wanted(const struct pipeline *p, const struct stream *stream, const struct verdict *verdict)
{
	bool is_change = stream->shown_status != (int)verdict->status || stream->shown_reason != (int)verdict->reason;

	if (p->options->is_open_only && verdict->status != STATUS_OPEN)
		return false;
	return (is_change || !p->options->is_changes_only) && (verdict->status != p->options->expected || !p->options->is_failures_only);
}

static void ring_bell(const struct pipeline *p, const struct verdict *verdict)
{
	if (!p->options->is_audible || verdict->status != p->options->expected)
		return;
	fputc('\a', stderr);
	fflush(stderr); /* it ends no line */
}

bool show_outcome(struct pipeline *p, struct stream *stream, uint64_t sequence, const struct outcome *outcome)
{
	struct target_report target = stream->report; /* the name may have moved on meanwhile */
	const struct verdict *verdict = outcome->verdict;
	bool is_shown = is_wanted(p, stream, verdict);
	struct report_text text;
	struct probe_report report;

	if (outcome->repeat != REPEAT_DUE) {
		stream->shown_status = (int)verdict->status;
		stream->shown_reason = (int)verdict->reason;
	}
	if (!is_shown)
		return false;
	target.address = outcome->attempt->requested;
	report = report_outcome(p, stream->place, outcome, &text);
	report.target = &target;
	report.sequence = sequence;
	clear_live(p);
	if (p->renderer->probe)
		p->renderer->probe(p->out, &p->style, &report);
	note_output(p);
	ring_bell(p, verdict);
	return true;
}

void show_amendment(struct pipeline *p, const struct probe *probe, const struct notice *notice)
{
	struct stream *stream = probe->stream;
	struct judgement judgement = notice_judgement(notice);
	char explanation[EXPLAIN_MAX];
	struct amendment_report report = {
		.target = &stream->report,
		.sequence = probe->sequence,
		.wall_ns = wall_at(notice->amendment.time_ns),
		.since_start_ns = notice->amendment.time_ns - p->started_ns,
		.amendment = &notice->amendment,
		.explain = explain_amendment(&judgement, explanation),
	};

	stats_add_amendment(&stream->stats, notice->amendment.kind);
	if (!probe->is_shown || !p->renderer->amendment)
		return;
	clear_live(p);
	p->renderer->amendment(p->out, &p->style, &report);
	note_output(p);
}

void show_outstanding(struct pipeline *p, const struct stream *stream, uint64_t now_ns)
{
	const struct probe *probe;
	const struct attempt *attempt;
	char waiting[EXPLAIN_MAX];
	struct outstanding_report report;
	struct facts facts;

	if (!p->options->is_reporting_outstanding || !p->renderer->outstanding || stream->last_started == NO_PROBE)
		return;
	probe = &p->probes.probes[stream->last_started];
	attempt = probe->phase == PROBE_PENDING ? correlator_find(p->correlator, probe->socket.key) : NULL;
	if (!attempt)
		return;
	facts_read(attempt, UINT64_MAX, &facts);
	report = (struct outstanding_report){
		.target = &stream->report,
		.sequence = probe->sequence,
		.wall_ns = wall_at(now_ns),
		.since_start_ns = now_ns - p->started_ns,
		.waited_ns = now_ns - probe->began_ns,
		.explain = explain_waiting(&facts, waiting),
	};
	clear_live(p);
	p->renderer->outstanding(p->out, &p->style, &report);
	note_output(p);
}

void show_live(struct pipeline *p, uint64_t now_ns)
{
	const struct probe *probe;
	const struct attempt *attempt;
	char waiting[EXPLAIN_MAX];
	struct facts facts;

	if (!p->is_live || p->probes.deadlines.first == NO_PROBE || now_ns < p->live_ns)
		return;
	probe = &p->probes.probes[p->probes.deadlines.first];
	attempt = correlator_find(p->correlator, probe->socket.key);
	p->live_ns = now_ns + LIVE_EVERY_NS;
	if (!attempt || now_ns - probe->began_ns < LIVE_AFTER_NS)
		return;
	facts_read(attempt, UINT64_MAX, &facts);
	live_write(p->out, &p->style, p->style.label_width ? probe->stream->title : "", explain_waiting(&facts, waiting),
		   (double)(now_ns - probe->began_ns) / 1e9, terminal_columns(p->out));
	p->has_live_line = true;
}

static void put_measured_first(uint64_t *row, uint64_t count)
{
	uint64_t measured = 0;

	for (uint64_t i = 0; i < count; i++) {
		uint64_t rtt_ns = row[i];

		row[i] = TIME_UNKNOWN_NS;
		if (rtt_ns != TIME_UNKNOWN_NS)
			row[measured++] = rtt_ns;
	}
}

static struct summary_report summary_of(const struct pipeline *p, const struct stream *stream, bool is_final)
{
	return (struct summary_report){
		.target = &stream->report,
		.stats = &stream->stats,
		.events_lost = correlator_lost(p->correlator),
		.is_final = is_final,
		.row = stream->rtt_row,
		.row_count = stream->rtt_row_count,
	};
}

void show_summary(struct pipeline *p, const struct stream *stream)
{
	struct summary_report report = summary_of(p, stream, true);

	if (p->options->is_tcpping)
		put_measured_first(stream->rtt_row, stream->rtt_row_count);
	clear_live(p);
	if (p->renderer->summary)
		p->renderer->summary(p->out, &p->style, &report);
	note_output(p);
}

void show_end(struct pipeline *p)
{
	struct run_report report = streams_report(&p->streams);
	size_t count;
	struct stream **sorted = streams_sorted(&p->streams, &count);

	for (size_t i = 0; i < count; i++)
		show_summary(p, sorted[i]);
	free(sorted);
	if (p->renderer->end)
		p->renderer->end(p->out, &p->style, &report);
	note_output(p);
}

void show_so_far(struct pipeline *p, const struct renderer *renderer, FILE *out)
{
	size_t count;
	struct stream **sorted;

	if (!renderer->summary)
		return;
	clear_live(p);
	sorted = streams_sorted(&p->streams, &count);
	for (size_t i = 0; i < count; i++) {
		struct summary_report report = summary_of(p, sorted[i], false);

		renderer->summary(out, &p->style, &report);
		if (out == p->out)
			note_output(p);
	}
	free(sorted);
	fflush(out);
}
