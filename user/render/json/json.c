// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* For machines: one JSON object a line, every field always present, null when unknown. */
#include "user/render/json/json_doctor.h"
#include "user/render/json/json_probe.h"
#include "user/render/json/json_record.h"
#include "user/render/json/json_summary.h"
#include "user/render/move.h"
#include "user/words/vocabulary.h"

static void write_target(FILE *out, const struct render_style *style,
			 const struct target_report *report)
{
	struct json_record record;

	(void)style;
	if (!report->failure)
		return;
	json_begin(&record, out, "error");
	json_put_text(&record, "target", report->label);
	json_put_text(&record, "name", report->name);
	json_put_text(&record, "netns_name", report->netns_name);
	json_put_text(&record, "explain", report->failure);
	json_end(&record);
}

static void write_probe(FILE *out, const struct render_style *style,
			const struct probe_report *report)
{
	if (!style->is_quiet)
		json_write_probe(out, report, style->verbosity > 0);
}

static void write_move(FILE *out, const struct render_style *style,
		       const struct move_report *report)
{
	char explain[MOVE_SENTENCE_MAX];
	struct json_record record;

	if (style->is_quiet)
		return;
	json_begin(&record, out, "address-change");
	json_put_time(&record, "time", report->wall_ns);
	json_put_text(&record, "target", report->target->label);
	json_put_text(&record, "name", report->target->name);
	json_put_text(&record, "netns_name", report->target->netns_name);
	json_put_address(&record, "from", &report->from);
	json_put_address(&record, "to", &report->to);
	json_put_text(&record, "explain", move_sentence(report, explain));
	json_end(&record);
}

static void write_outstanding(FILE *out, const struct render_style *style,
			      const struct outstanding_report *report)
{
	struct json_record record;

	if (style->is_quiet)
		return;
	json_begin(&record, out, "outstanding");
	json_put_time(&record, "time", report->wall_ns);
	json_put_integer(&record, "seq", report->sequence);
	json_put_text(&record, "target", report->target->label);
	json_put_text(&record, "netns_name", report->target->netns_name);
	json_put_microseconds(&record, "waited_us", report->waited_ns);
	json_put_text(&record, "explain", report->explain);
	json_end(&record);
}

static void write_amendment(FILE *out, const struct render_style *style,
			    const struct amendment_report *report)
{
	struct json_record record;

	if (style->is_quiet)
		return;
	json_begin(&record, out, "amendment");
	json_put_time(&record, "time", report->wall_ns);
	json_put_integer(&record, "seq", report->sequence);
	json_put_text(&record, "target", report->target->label);
	json_put_text(&record, "netns_name", report->target->netns_name);
	json_put_text(&record, "note", amendment_name(report->amendment->kind));
	json_put_microseconds(&record, "after_us", report->amendment->after_ns);
	json_put_text(&record, "explain", report->explain);
	json_end(&record);
}

static void write_scan(FILE *out, const struct render_style *style,
		       const struct scan_report *report)
{
	json_write_scan(out, report, style->has_histogram);
}

static void write_summary(FILE *out, const struct render_style *style,
			  const struct summary_report *report)
{
	json_write_summary(out, report, style->has_histogram);
}

/* Summaries say all of our own probes. */
static void write_end(FILE *out, const struct render_style *style, const struct run_report *report)
{
	struct json_record record;

	(void)style;
	if (!report->subject)
		return;
	json_begin(&record, out, "watch");
	json_put_time(&record, "time", report->wall_ns);
	json_put_text(&record, "subject", report->subject);
	json_put_boolean(&record, "final", report->is_final);
	json_put_integer(&record, "connects", report->probes);
	json_put_integer(&record, "contradictions", report->contradictions);
	json_put_integer(&record, "under_way", report->under_way);
	json_put_integer(&record, "events_lost", report->events_lost);
	json_put_text(&record, "hooks", report->hooks);
	json_put_text(&record, "explain", report->remark);
	json_end(&record);
}

const struct renderer json_renderer = {
	.target = write_target,
	.probe = write_probe,
	.move = write_move,
	.outstanding = write_outstanding,
	.amendment = write_amendment,
	.summary = write_summary,
	.scan = write_scan,
	.end = write_end,
	.doctor = json_write_doctor,
};
