// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * As `fping -C`: at the end one line a target, with the RTT of each of its probes in milliseconds
 * and "-" for none.
 */
#include "user/render/line.h"
#include "user/render/render.h"

/* fping's own digits: three that count, but no more than microseconds. */
static void put_rtt(FILE *out, double rtt_ms)
{
	if (rtt_ms >= 1e6)
		fprintf(out, " %.3e", rtt_ms);
	else
		fprintf(out, " %.*f",
			rtt_ms < 1     ? 3
			: rtt_ms < 10  ? 2
			: rtt_ms < 100 ? 1
				       : 0,
			rtt_ms);
}

/* Not NULL, because every format has a place for a probe: this one in the row of the summary. */
static void write_probe(FILE *out, const struct render_style *style,
			const struct probe_report *report)
{
	(void)out;
	(void)style;
	(void)report;
}

static void write_summary(FILE *out, const struct render_style *style,
			  const struct summary_report *report)
{
	struct line line = {.out = out};

	if (!report->is_final || report->target->failure)
		return;
	line_put(&line, report->target->title);
	line_reach(&line, style->label_width, 0);
	line_put(&line, " :");
	for (uint64_t i = 0; report->row && i < report->row_count; i++) {
		if (report->row[i] == TIME_UNKNOWN_NS)
			fputs(" -", out);
		else
			put_rtt(out, (double)report->row[i] / 1e6);
	}
	line_end(&line);
}

const struct renderer fping_renderer = {
	.probe = write_probe,
	.summary = write_summary,
};
