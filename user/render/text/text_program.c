// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Connects of programs: a line each, and below it what contradicts. */
#include "user/render/text/text_program.h"

#include <inttypes.h>

#include "user/render/text/text_cells.h"
#include "user/render/text/text_summary.h"
#include "user/render/text/timeline.h"
#include "user/words/reasons.h"
#include "user/words/vocabulary.h"

/* Columns, counted from the one after the time. */
#define ADDRESS_BEGIN 23
#define STATUS_BEGIN  46
#define RTT_END	      83
#define TOLD_BEGIN    86
#define BELOW_BEGIN   4
#define SHORT_ID      12 /* digits of a container's id, as the programs that make them show it */

void text_write_watch_begin(FILE *out, const struct render_style *style,
			    const struct run_report *report)
{
	struct line line = {.out = out};

	if (style->is_quiet)
		return;
	line_format(&line, "watching %s · kernel %s, %s", report->subject, report->kernel,
		    report->hooks);
	line_end(&line);
}

/* "curl[4711]", and the thread when it is not the process's first. */
static void put_program(struct line *line, const struct attempt *attempt)
{
	line_put(line, attempt->comm);
	if (attempt->tid != attempt->pid && attempt->tid)
		line_format(line, "[%u/%u]", attempt->pid, attempt->tid);
	else
		line_format(line, "[%u]", attempt->pid);
}

static void put_who(struct line *line, const struct probe_report *report)
{
	const struct attempt *attempt = report->attempt;

	line_format(line, "uid %u", attempt->uid);
	if (report->program->cgroup)
		line_format(line, " cgroup %s", report->program->cgroup);
	if (report->program->container)
		line_format(line, " container %.*s", SHORT_ID, report->program->container);
	line_format(line, " ns %u", attempt->netns);
}

static bool is_plain(const struct probe_report *report)
{
	return report->verdict->status == STATUS_OPEN && report->verdict->is_complete &&
	       !report->wait && !report->program->contradiction;
}

static void write_below(FILE *out, const struct render_style *style, const char *colour,
			const char *head, const char *text)
{
	struct line line = {.out = out};

	line_reach(&line, BELOW_BEGIN, 0);
	if (head)
		line_put_coloured(&line, style->is_colour ? colour : NULL, head);
	line_put_wrapped(&line, text, line.column, style->columns);
	line_end(&line);
}

/* In columns, where there is room for them. */
static void put_connect(struct line *line, const struct render_style *style,
			const struct probe_report *report)
{
	const struct verdict *verdict = report->verdict;
	bool is_narrow;
	size_t begin;

	text_put_timestamp(line, style->timestamp, report->wall_ns, report->since_start_ns);
	begin = line->column;
	is_narrow = style->columns && style->columns < begin + TOLD_BEGIN;
	put_program(line, report->attempt);
	line_reach(line, is_narrow ? 0 : begin + ADDRESS_BEGIN, 1);
	line_put(line, report->target->label);
	line_reach(line, is_narrow ? 0 : begin + STATUS_BEGIN, 1);
	text_put_status(line, style, verdict->status);
	line_format(line, " (%s)", reason_name(verdict->reason));
	text_put_rtt(line, verdict, is_narrow ? line->column : begin + RTT_END);
	if (!style->columns)
		line_reach(line, begin + TOLD_BEGIN, 2);
}

/* A line for a file; a terminal would break it anywhere, so there the long parts are below. */
static void put_told(struct line *line, const struct render_style *style,
		     const struct probe_report *report)
{
	if (!style->columns) {
		line_format(line, "told: %s  · ", report->program->told);
		put_who(line, report);
		line_end(line);
		return;
	}
	line_end(line);
	write_below(line->out, style, NULL, "told: ", report->program->told);
	line_reach(line, BELOW_BEGIN, 0);
	put_who(line, report);
	line_end(line);
}

void text_write_connect(FILE *out, const struct render_style *style,
			const struct probe_report *report)
{
	struct line line = {.out = out};

	put_connect(&line, style, report);
	put_told(&line, style, report);
	if (report->program->contradiction)
		write_below(out, style, "1;31",
			    "!! contradiction: ", report->program->contradiction);
	if ((style->is_explaining || report->program->contradiction || report->wait) &&
	    !is_plain(report))
		write_below(out, style, NULL, NULL, report->explain);
	if (style->is_explaining && report->hint && !is_plain(report))
		write_below(out, style, NULL, NULL, report->hint);
}

void text_write_connect_amendment(FILE *out, const struct render_style *style,
				  const struct amendment_report *report)
{
	struct line line = {.out = out};

	text_put_timestamp(&line, style->timestamp, report->wall_ns, report->since_start_ns);
	line_format(&line, "    … %s  %s", report->target->label, report->explain);
	line_end(&line);
}

void text_write_connects(FILE *out, const struct render_style *style,
			 const struct summary_report *report)
{
	const struct stats *stats = report->stats;
	struct line line = {.out = out};
	const char *separator = ": ";

	(void)style;
	line_format(&line, "%s → %s   ", report->comm, report->target->label);
	line_count(&line, stats->probes, "connect", "connects");
	for (enum status status = 0; status < STATUS_COUNT; status++) {
		if (stats->by_status[status] == 0)
			continue;
		line_format(&line, "%s%" PRIu64 " %s", separator, stats->by_status[status],
			    status_name(status));
		separator = ", ";
	}
	if (report->contradictions) {
		line_put(&line, " · ");
		line_count(&line, report->contradictions, "contradiction", "contradictions");
	}
	line_put(&line, " · ");
	line_count(&line, stats->syn_sent, "SYN", "SYNs");
	if (stats->syn_unanswered)
		line_format(&line, ", %" PRIu64 " unanswered", stats->syn_unanswered);
	line_end(&line);
	text_write_rtt(out, stats);
}

void text_write_watch_end(FILE *out, const struct render_style *style,
			  const struct run_report *report)
{
	struct line line = {.out = out};

	if (report->remark)
		write_below(out, style, "1;31", NULL, report->remark);
	line_put(&line, report->is_final ? "" : "so far ");
	line_count(&line, report->probes, "connect", "connects");
	line_put(&line, ", ");
	line_count(&line, report->contradictions, "contradiction", "contradictions");
	if (report->under_way)
		line_format(&line, ", %" PRIu64 " under way", report->under_way);
	if (report->not_listed)
		line_format(&line, ", %" PRIu64 " of them to further destinations",
			    report->not_listed);
	line_format(&line, " · events lost %" PRIu64, report->events_lost);
	line_end(&line);
}
