/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The end of a run as text. */
#include <inttypes.h>

#include "user/base/time.h"
#include "user/render/histogram.h"
#include "user/render/line.h"
#include "user/render/span.h"
#include "user/render/text/text_summary.h"
#include "user/words/vocabulary.h"

/* A run shorter than this that was never down, or never up, needs no line to say so. */
#define AVAILABILITY_WORTH_SAYING_NS (60 * SECOND_NS)

static void put_statuses(struct line *line, const struct stats *stats)
{
	const char *separator = ": ";

	line_count(line, stats->probes, "probe", "probes");
	for (enum status status = 0; status < STATUS_COUNT; status++) {
		if (stats->by_status[status] == 0)
			continue;
		line_format(line, "%s%" PRIu64 " %s", separator, stats->by_status[status], status_name(status));
		separator = ", ";
	}
}

static void put_syns(struct line *line, const struct stats *stats)
{
	line_put(line, " · ");
	line_count(line, stats->syn_sent, "SYN", "SYNs");
	if (stats->syn_unanswered > 0)
		line_format(line, ", %" PRIu64 " unanswered", stats->syn_unanswered);
}

static void put_amendments(struct line *line, const struct stats *stats)
{
	const char *separator = " · ";

	for (enum amendment_kind kind = AMENDMENT_NOT_ACCEPTED; kind < AMENDMENT_COUNT; kind++) {
		if (stats->by_amendment[kind] == 0)
			continue;
		line_format(line, "%s%" PRIu64 " %s", separator, stats->by_amendment[kind], amendment_name(kind));
		separator = ", ";
	}
}

static void put_outages(struct line *line, const struct availability_summary *availability, bool is_final)
{
	char down[SPAN_MAX], longest[SPAN_MAX];

	/* An outage that begins with the last probe has no length yet. */
	if (availability->down_ns > 0 || !availability->is_down) {
		line_format(line, ", down %s in ", span_format(availability->down_ns, down));
		line_count(line, availability->outages, "outage", "outages");
		line_format(line, ", the longest %s", span_format(availability->longest_outage_ns, longest));
	}
	if (availability->is_down)
		line_put(line, is_final ? ", down at the end" : ", down now");
}

static void write_availability(FILE *out, const struct stats *stats, bool is_final)
{
	struct availability_summary availability;
	struct line line = {.out = out};
	char span[SPAN_MAX];

	availability_summarise(&stats->availability, &availability);
	if (!stats_has_availability(stats))
		return;
	if ((availability.outages == 0 || !availability.was_up) && availability.up_ns + availability.down_ns < AVAILABILITY_WORTH_SAYING_NS)
		return;
	if (!availability.was_up) {
		line_format(&line, "    down %s, never up", span_format(availability.down_ns, span));
	} else {
		line_format(&line, "    up %s", span_format(availability.up_ns, span));
		if (availability.outages == 0)
			line_put(&line, ", never down");
		else
			put_outages(&line, &availability, is_final);
	}
	line_end(&line);
}

/* Two lines, so that slow answers too fit into 100 columns. A single sample has neither percentiles nor spread. */
void text_write_rtt(FILE *out, const struct stats *stats)
{
	struct line line = {.out = out};
	struct rtt_summary rtt;

	stats_rtt(stats, &rtt);
	if (rtt.count == 0)
		return;
	if (rtt.count == 1) {
		line_format(&line, "    rtt %.3f ms", rtt.min / 1e6);
		line_end(&line);
		return;
	}
	line_format(&line, "    rtt min %.3f mean %.3f p50 %.3f p90 %.3f p95 %.3f p99 %.3f max %.3f ms", rtt.min / 1e6, rtt.mean / 1e6,
		    rtt.p50 / 1e6, rtt.p90 / 1e6, rtt.p95 / 1e6, rtt.p99 / 1e6, rtt.max / 1e6);
	line_end(&line);
	line_format(&line, "        stddev %.3f jitter %.3f ms", rtt.stddev / 1e6, rtt.jitter / 1e6);
	line_end(&line);
}

void text_write_summary(FILE *out, const struct render_style *style, const struct summary_report *report)
{
	struct line line = {.out = out};

	/* In the midst of a run the lines before and after are of the same kind of news. */
	if (!style->is_quiet && report->is_final)
		line_end(&line);
	line_put(&line, report->target->title);
	line_reach(&line, style->label_width + 3, 3);
	if (report->target->failure) {
		line_put(&line, report->target->failure);
		line_end(&line);
		return;
	}
	if (!report->is_final)
		line_put(&line, "so far ");
	put_statuses(&line, report->stats);
	put_syns(&line, report->stats);
	put_amendments(&line, report->stats);
	line_format(&line, " · events lost %" PRIu64, report->events_lost);
	line_end(&line);
	write_availability(out, report->stats, report->is_final);
	text_write_rtt(out, report->stats);
	if (style->has_histogram)
		histogram_write(out, report->stats, style->columns);
}

/* One intercepted probe alone proves nothing about this environment; two or more, and nothing else, do. */
static bool is_everything_intercepted(const struct run_report *report)
{
	return report->probes >= 2 && report->intercepted == report->probes;
}

void text_write_end(FILE *out, const struct render_style *style, const struct run_report *report)
{
	struct line line = {.out = out};

	if (!is_everything_intercepted(report))
		return;
	if (!style->is_quiet)
		line_end(&line);
	line_put(&line, "every connection ended on this host: this environment answers for everybody, whether the target exists or not");
	line_end(&line);
}
