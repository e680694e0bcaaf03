// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Other programs' connects become reports, and reports lines; so does what they add up to. */
#include "user/app/watch/watch_show.h"

#include "user/app/lane/announce.h"
#include "user/app/lane/record.h"
#include "user/app/report/remark.h"
#include "user/app/report/report.h"
#include "user/app/say.h"
#include "user/core/verdict/app_view.h"
#include "user/render/safe.h"

static struct run_report report_of(const struct watch *w)
{
	struct run_report report = report_run(&w->session);

	report.probes = w->connects;
	report.contradictions = w->contradictions;
	report.under_way = correlator_under_way(w->intake.correlator);
	report.not_listed = w->rows.not_listed;
	report.events_lost = correlator_lost(w->intake.correlator);
	return report;
}

void watch_show_begin(struct watch *w)
{
	struct run_report report = report_of(w);

	if (w->output.renderer->begin)
		w->output.renderer->begin(outbox_stream(&w->outbox), &w->output.style, &report);
}

static struct subject subject_of(const struct watch *w, const struct attempt *attempt)
{
	return (struct subject){.sequence = w->began_before + attempt->probe};
}

void watch_show_connect(struct watch *w, const struct notice *notice)
{
	const struct attempt *attempt = notice->attempt;
	struct outcome outcome = {
		.attempt = attempt,
		.facts = notice->facts,
		.verdict = &notice->verdict,
		/* what had begun before is known from the beginning on */
		.began_ns =
			attempt->entry_count ? app_view_origin_ns(attempt) : w->session.started_ns,
	};
	struct subject subject = subject_of(w, attempt);
	struct report_text text;
	struct probe_report report = report_probe(&w->session, &subject, &outcome, &text);

	w->connects++;
	w->contradictions += report.program->contradiction != NULL;
	if (w->output.recorder)
		record_probe(w->output.recorder, &report, 0);
	watch_rows_add(&w->rows, attempt, outcome.verdict, outcome.began_ns);
	w->output.renderer->probe(outbox_stream(&w->outbox), &w->output.style, &report);
}

/*
 * How long a peer keeps a connection is not what is watched here; with -v it is said all the same.
 */
static bool is_worth_saying(const struct watch *w, enum amendment_kind kind)
{
	return w->output.style.verbosity > 0 || kind != AMENDMENT_CLOSED_BY_PEER;
}

void watch_show_amendment(struct watch *w, const struct notice *notice)
{
	struct subject subject = subject_of(w, notice->attempt);
	struct report_text text;
	struct amendment_report report;

	bool is_shown = w->output.renderer->amendment && is_worth_saying(w, notice->amendment.kind);

	if (!is_shown && !w->output.recorder)
		return;
	report = report_amendment(&w->session, &subject, notice, &text);
	if (w->output.recorder)
		record_amendment(w->output.recorder, notice->attempt->key, &report, 0);
	if (!is_shown)
		return;
	w->output.renderer->amendment(outbox_stream(&w->outbox), &w->output.style, &report);
}

/*
 * Those only that were chosen one by one, when they have ended, and when no connect of theirs can
 * have been passed over.
 */
static bool is_accounted_for(const struct watch *w)
{
	bool is_run = w->launch.has_ended && w->launch.status != LAUNCH_CANNOT_RUN &&
		      w->launch.status != LAUNCH_NOT_FOUND;
	bool has_ended = w->options->command ? is_run : w->options->pid_count && !w->pids_left;
	bool is_narrower = w->options->comm || w->options->cgroup || w->options->netns;

	return has_ended && !is_narrower && !observer_has_tasks(w->intake.observer) &&
	       !observer_has_passed_over(w->intake.observer);
}

static void announce(struct watch *w, bool is_final)
{
	struct summary_event summary = {
		.is_final = is_final,
		.is_accounted_for = is_final && is_accounted_for(w),
		.is_of_command = w->options->command,
		.connections = w->connections_before,
		.preload = w->preload[0] ? w->preload : NULL,
	};

	announce_summary(&w->intake, &summary);
}

static void show_row(struct watch *w, const struct renderer *renderer, FILE *out,
		     const struct watch_row *row)
{
	struct target_text text;
	struct summary_report report = {
		.target = report_address(&row->destination, &text),
		.stats = &row->stats,
		.events_lost = correlator_lost(w->intake.correlator),
		.is_final = w->session.summary.is_final,
		.comm = row->comm,
		.contradictions = row->contradictions,
	};

	renderer->summary(out, &w->output.style, &report);
}

void watch_show_summaries(struct watch *w, const struct renderer *renderer, FILE *out,
			  bool is_final)
{
	struct run_report report;
	char remark[REMARK_MAX], safe[REMARK_MAX];

	announce(w, is_final);
	report = report_of(w);
	if (is_final)
		report.remark = remark_of(&w->session, &report,
					  correlator_refused(w->intake.correlator), remark);
	if (report.remark && !format_has(w->options->format, FORMAT_IS_FOR_PEOPLE))
		say("%s", safe_text(report.remark, safe, sizeof(safe)));
	for (size_t i = 0; renderer->summary && i < w->rows.count; i++)
		show_row(w, renderer, out, w->rows.rows[i]);
	if (renderer->end)
		renderer->end(out, &w->output.style, &report);
	fflush(out);
}
