// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Findings become reports, and reports lines. */
#include <stdlib.h>
#include <sys/ioctl.h>

#include "user/app/pipeline_parts.h"
#include "user/core/explain.h"
#include "user/io/clock.h"

#define LIVE_AFTER_NS SECOND_NS

void clear_live(struct pipeline *p)
{
	if (p->has_live_line)
		live_clear(p->out);
	p->has_live_line = false;
}

void show_target(struct pipeline *p, const struct stream *stream)
{
	clear_live(p);
	p->renderer->target(p->out, &p->style, &stream->report);
}

static uint64_t wall_at(uint64_t time_ns)
{
	return clock_wall_ns() - (clock_now_ns() - time_ns);
}

void show_verdict(struct pipeline *p, const struct probe *probe, const struct finding *finding)
{
	char explanation[EXPLAIN_MAX], hint[EXPLAIN_MAX];
	struct probe_report report = {
		.target = &p->streams.streams[probe->stream].report,
		.sequence = probe->sequence,
		.wall_ns = wall_at(probe->began_ns),
		.since_start_ns = probe->began_ns - p->started_ns,
		.attempt = finding->attempt,
		.verdict = &finding->verdict,
		.explain = explain_verdict(finding->attempt, &finding->verdict, explanation),
		.hint = explain_hint(finding->attempt, &finding->verdict, hint),
	};

	clear_live(p);
	p->renderer->probe(p->out, &p->style, &report);
}

void show_amendment(struct pipeline *p, const struct probe *probe, const struct finding *finding)
{
	struct stream *stream = &p->streams.streams[probe->stream];
	char explanation[EXPLAIN_MAX];
	struct amendment_report report = {
		.target = &stream->report,
		.sequence = probe->sequence,
		.wall_ns = wall_at(finding->amendment.time_ns),
		.since_start_ns = finding->amendment.time_ns - p->started_ns,
		.amendment = &finding->amendment,
		.explain = explain_amendment(finding->attempt, &finding->amendment, explanation),
	};

	stats_add_amendment(&stream->stats, finding->amendment.kind);
	clear_live(p);
	p->renderer->amendment(p->out, &p->style, &report);
}

size_t terminal_columns(FILE *terminal)
{
	struct winsize size;

	return ioctl(fileno(terminal), TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

void show_live(struct pipeline *p, uint64_t now_ns)
{
	const struct probe *probe;
	const struct attempt *attempt;
	char waiting[EXPLAIN_MAX];

	if (!p->is_live || p->probes.deadlines.first == NO_PROBE || now_ns < p->live_ns)
		return;
	probe = &p->probes.probes[p->probes.deadlines.first];
	attempt = correlator_find(p->correlator, probe->socket.key);
	p->live_ns = now_ns + LIVE_EVERY_NS;
	if (!attempt || now_ns - probe->began_ns < LIVE_AFTER_NS)
		return;
	live_write(p->out, &p->style, p->streams.count > 1 ? p->streams.streams[probe->stream].label : "",
		   explain_waiting(attempt, waiting), (double)(now_ns - probe->began_ns) / 1e9, terminal_columns(p->out));
	p->has_live_line = true;
}

void show_summaries(struct pipeline *p)
{
	struct summary_report *reports = calloc(p->streams.count, sizeof(*reports));

	if (!reports)
		return;
	for (uint32_t i = 0; i < p->streams.count; i++) {
		reports[i] = (struct summary_report){
			.target = &p->streams.streams[i].report,
			.stats = &p->streams.streams[i].stats,
			.events_lost = correlator_lost(p->correlator),
		};
		p->renderer->summary(p->out, &p->style, &reports[i]);
	}
	if (p->renderer->end)
		p->renderer->end(p->out, &p->style, reports, p->streams.count);
	free(reports);
}
