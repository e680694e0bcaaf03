// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* For eyes on a terminal: what each operation of the format is, for a probe and for a program. */
#include "user/render/render.h"
#include "user/render/text/text_doctor.h"
#include "user/render/text/text_probe.h"
#include "user/render/text/text_program.h"
#include "user/render/text/text_scan.h"
#include "user/render/text/text_summary.h"
#include "user/render/text/text_target.h"
#include "user/render/text/timeline.h"

static void write_probe(FILE *out, const struct render_style *style,
			const struct probe_report *report)
{
	if (style->is_quiet)
		return;
	if (report->program)
		text_write_connect(out, style, report);
	else
		text_write_probe(out, style, report);
	if (style->verbosity > 0)
		timeline_write(out, report);
}

static void write_amendment(FILE *out, const struct render_style *style,
			    const struct amendment_report *report)
{
	if (style->is_quiet)
		return;
	if (report->is_of_program)
		text_write_connect_amendment(out, style, report);
	else
		text_write_amendment(out, style, report);
}

static void write_begin(FILE *out, const struct render_style *style,
			const struct run_report *report)
{
	if (report->subject)
		text_write_watch_begin(out, style, report);
}

static void write_summary(FILE *out, const struct render_style *style,
			  const struct summary_report *report)
{
	if (report->comm)
		text_write_connects(out, style, report);
	else
		text_write_summary(out, style, report);
}

static void write_end(FILE *out, const struct render_style *style, const struct run_report *report)
{
	if (report->subject)
		text_write_watch_end(out, style, report);
	else
		text_write_end(out, style, report);
}

const struct renderer text_renderer = {
	.begin = write_begin,
	.target = text_write_target,
	.probe = write_probe,
	.move = text_write_move,
	.outstanding = text_write_outstanding,
	.amendment = write_amendment,
	.summary = write_summary,
	.scan = text_write_scan,
	.doctor = text_write_doctor,
	.end = write_end,
};
