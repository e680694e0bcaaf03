// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What happens becomes reports, and reports lines. */
#include "user/app/run/show.h"

#include "user/app/lane/record.h"
#include "user/app/report/report.h"
#include "user/io/clock.h"

/*
 * One sentence is enough for people, however many ports there are; a program gets a record for
 * each.
 */
static bool is_told_once(const struct run *run, const struct target *target,
			 struct target_text *text)
{
	struct resolved_host *host = target->host;
	size_t ports = port_list_count(&host->host.ports);
	bool is_for_people = format_has(run->options->format, FORMAT_IS_FOR_PEOPLE);

	if (target->kept || target->has_no_socket ||
	    (run->output.renderer->target && !is_for_people) || ports < 2)
		return false;
	snprintf(text->title, sizeof(text->title), "%s, %zu ports", host->host.name, ports);
	return __atomic_exchange_n(&host->is_failure_told, true, __ATOMIC_RELAXED);
}

/* Targets are not lost in formats that have no place for them, nor where no summary names them. */
static bool has_place_for(const struct run *run, const struct target *target)
{
	bool is_for_people = format_has(run->options->format, FORMAT_IS_FOR_PEOPLE);

	return run->output.renderer->target &&
	       (target->kept || !run->output.style.is_quiet || !is_for_people);
}

void announce_target(struct lane *lane, const struct target *target)
{
	struct target_told told;
	struct event event = {.kind = EVENT_TARGET, .time_ns = clock_now_ns()};

	if (!lane->intake.trace && !lane->intake.recorder)
		return;
	event.netns = origin_netns(target->origin);
	event.target = *target_tell(target, &told);
	intake_feed(&lane->intake, &event);
}

void show_target(struct lane *lane, const struct target *target)
{
	const struct run *run = lane->run;
	struct target_told told;
	struct target_text text;
	const struct target_report *report =
		report_target(&run->session, target_tell(target, &told), &text);

	if (target->failure && is_told_once(run, target, &text))
		return;
	if (has_place_for(run, target))
		run->output.renderer->target(outbox_stream(&lane->outbox), &run->output.style,
					     report);
	else if (target->failure)
		outbox_say(&lane->outbox, "%s: %s", text.title, target->failure);
}

void show_move(struct lane *lane, const struct target *target, const struct address *from,
	       bool has_ended)
{
	const struct run *run = lane->run;
	struct target_told told;
	struct report_text text;
	struct move_report report;
	struct event event = {.kind = EVENT_TARGET,
			      .time_ns = clock_now_ns(),
			      .netns = origin_netns(target->origin),
			      .target = *target_tell(target, &told)};

	event.target.has_moved = true;
	event.target.has_ended = has_ended;
	intake_feed(&lane->intake, &event);
	report = report_move(&run->session, &event, from, &text);
	if (run->output.renderer->move)
		run->output.renderer->move(outbox_stream(&lane->outbox), &run->output.style,
					   &report);
}

/* --changes, --failures and --open; of what is not kept -q leaves no line. */
static bool is_wanted(const struct options *options, const struct target *target,
		      const struct verdict *verdict)
{
	bool is_change = target->shown_status != (int)verdict->status ||
			 target->shown_reason != (int)verdict->reason;

	if ((options->is_open_only && verdict->status != STATUS_OPEN) ||
	    (!target->kept && options->is_quiet))
		return false;
	return (is_change || !options->is_changes_only) &&
	       (verdict->status != options->expected || !options->is_failures_only);
}

static void ring_bell(const struct options *options, const struct verdict *verdict)
{
	if (!options->is_audible || verdict->status != options->expected)
		return;
	fputc('\a', stderr);
	fflush(stderr); /* it ends no line */
}

bool show_outcome(struct lane *lane, struct target *target, uint64_t sequence,
		  const struct outcome *outcome)
{
	const struct run *run = lane->run;
	const struct verdict *verdict = outcome->verdict;
	bool is_shown = is_wanted(run->options, target, verdict);
	struct report_text text;
	struct target_told told;
	struct probe_report report;

	if (outcome->repeat != REPEAT_DUE) {
		target->shown_status = (int16_t)verdict->status;
		target->shown_reason = (int16_t)verdict->reason;
	}
	if (!is_shown && !run->output.recorder)
		return false;
	if (run->output.renderer->probe || run->output.recorder) {
		struct subject subject = {target_tell(target, &told), sequence};

		report = report_probe(&run->session, &subject, outcome, &text);
		if (run->output.recorder)
			record_probe(run->output.recorder, &report, subject.target->number);
		if (is_shown && run->output.renderer->probe)
			run->output.renderer->probe(outbox_stream(&lane->outbox),
						    &run->output.style, &report);
	}
	if (!is_shown)
		return false;
	ring_bell(run->options, verdict);
	return true;
}

void show_amendment(struct lane *lane, const struct probe *probe, const struct notice *notice)
{
	const struct run *run = lane->run;
	struct target_told told;
	struct subject subject = {target_tell(probe->target, &told), probe->sequence};
	struct report_text text;
	struct amendment_report report;

	if (probe->target->kept)
		stats_add_amendment(&probe->target->kept->stats, notice->amendment.kind);
	if (!run->output.recorder && (!probe->is_shown || !run->output.renderer->amendment))
		return;
	report = report_amendment(&run->session, &subject, notice, &text);
	if (run->output.recorder)
		record_amendment(run->output.recorder, notice->attempt->key, &report,
				 subject.target->number);
	if (!probe->is_shown || !run->output.renderer->amendment)
		return;
	run->output.renderer->amendment(outbox_stream(&lane->outbox), &run->output.style, &report);
}

void show_outstanding(struct lane *lane, const struct probe *probe, uint64_t now_ns)
{
	const struct run *run = lane->run;
	const struct attempt *attempt =
		probe->phase == PROBE_PENDING
			? correlator_find(lane->intake.correlator, probe->socket.key)
			: NULL;
	struct target_told told;
	struct subject subject = {target_tell(probe->target, &told), probe->sequence};
	struct report_text text;
	struct outstanding_report report;

	if (!attempt || !run->options->is_reporting_outstanding ||
	    !run->output.renderer->outstanding)
		return;
	report = report_outstanding(&run->session, &subject, attempt, probe->began_ns, now_ns,
				    &text);
	run->output.renderer->outstanding(outbox_stream(&lane->outbox), &run->output.style,
					  &report);
}
