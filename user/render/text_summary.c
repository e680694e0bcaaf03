/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The end of a run as text. */
#include <inttypes.h>

#include "user/render/line.h"
#include "user/render/text_summary.h"

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

/* Two lines, so that slow answers too fit into 100 columns. */
static void write_rtt(FILE *out, const struct stats *stats)
{
	struct line line = {.out = out};
	struct rtt_summary rtt;

	stats_rtt(stats, &rtt);
	if (rtt.count == 0)
		return;
	line_format(&line, "    rtt min %.3f mean %.3f p50 %.3f p90 %.3f p95 %.3f p99 %.3f max %.3f ms", rtt.min / 1e6, rtt.mean / 1e6,
		    rtt.p50 / 1e6, rtt.p90 / 1e6, rtt.p95 / 1e6, rtt.p99 / 1e6, rtt.max / 1e6);
	line_end(&line);
	line_format(&line, "        stddev %.3f jitter %.3f ms", rtt.stddev / 1e6, rtt.jitter / 1e6);
	line_end(&line);
}

void text_write_summary(FILE *out, const struct render_style *style, const struct summary_report *report)
{
	struct line line = {.out = out};

	if (!style->is_quiet)
		line_end(&line);
	line_put(&line, report->target->label);
	line_reach(&line, style->label_width + 3, 3);
	if (report->target->failure) {
		line_format(&line, "name not resolved: %s", report->target->failure);
		line_end(&line);
		return;
	}
	put_statuses(&line, report->stats);
	put_syns(&line, report->stats);
	put_amendments(&line, report->stats);
	line_format(&line, " · events lost %" PRIu64, report->events_lost);
	line_end(&line);
	write_rtt(out, report->stats);
}

/* One intercepted probe alone proves nothing about this environment; two or more, and nothing else, do. */
static bool is_everything_intercepted(const struct summary_report *reports, size_t count)
{
	uint64_t probes = 0;

	for (size_t i = 0; i < count; i++) {
		if (reports[i].stats->by_status[STATUS_INTERCEPTED] < reports[i].stats->probes)
			return false;
		probes += reports[i].stats->probes;
	}
	return probes >= 2;
}

void text_write_end(FILE *out, const struct render_style *style, const struct summary_report *reports, size_t count)
{
	struct line line = {.out = out};

	if (!is_everything_intercepted(reports, count))
		return;
	if (!style->is_quiet)
		line_end(&line);
	line_put(&line, "every connection ended on this host: this environment answers for everybody, whether the target exists or not");
	line_end(&line);
}
