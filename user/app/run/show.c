// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What happens becomes reports, and reports lines. */
#include "user/app/run/show.h"

#include "user/app/run/announce.h"
#include "user/app/run/output.h"
#include "user/core/verdict/facts_read.h"
#include "user/io/clock.h"
#include "user/words/explain.h"

/* What the report points to. */
struct report_text {
	struct path path;
	char explanation[EXPLAIN_MAX];
	char wait[EXPLAIN_MAX];
	char hint[EXPLAIN_MAX];
};

/* All but whose probe it is, and which; valid as long as the text and the outcome are. */
static struct probe_report report_outcome(struct run *run, const struct origin *origin,
					  const struct outcome *outcome, struct report_text *text)
{
	const struct attempt *attempt = outcome->attempt;
	struct judgement judgement = {
		.attempt = attempt, .facts = outcome->facts, .verdict = outcome->verdict};
	struct origin_facts from = origin_facts(origin, attempt->requested.family);

	path_of(attempt, &text->path);
	return (struct probe_report){
		.wall_ns = announced_wall_ns(run, outcome->began_ns),
		.since_start_ns = outcome->began_ns - run->started_ns,
		.attempt = attempt,
		.verdict = outcome->verdict,
		.repeat = outcome->repeat,
		.others = outcome->others,
		.path = run->style.verbosity > 0 ? &text->path : NULL,
		.explain = explain_verdict(&judgement, text->explanation),
		.wait = explain_wait(&judgement, text->wait),
		.hint = explain_hint(&judgement, &from, text->hint),
	};
}

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

	if (target->kept || target->has_no_socket || (run->renderer->target && !is_for_people) ||
	    ports < 2)
		return false;
	snprintf(text->title, sizeof(text->title), "%s, %zu ports", host->host.name, ports);
	return __atomic_exchange_n(&host->is_failure_told, true, __ATOMIC_RELAXED);
}

/* Targets are not lost in formats that have no place for them, nor where no summary names them. */
static bool has_place_for(const struct run *run, const struct target *target)
{
	bool is_for_people = format_has(run->options->format, FORMAT_IS_FOR_PEOPLE);

	return run->renderer->target && (target->kept || !run->style.is_quiet || !is_for_people);
}

void show_target(struct lane *lane, const struct target *target)
{
	const struct run *run = lane->run;
	struct target_text text;

	target_describe(target, run->options, &text);
	text.report.kernel = run->system.release;
	text.report.hooks = observer_hooks(run->observer);
	if (target->failure && is_told_once(run, target, &text))
		return;
	if (has_place_for(run, target))
		run->renderer->target(output_of(lane), &run->style, &text.report);
	else if (target->failure)
		output_say(lane, "%s: %s", text.title, target->failure);
}

void show_move(struct lane *lane, const struct target *target, const struct address *from,
	       const struct address *to)
{
	const struct run *run = lane->run;
	uint64_t now_ns = clock_now_ns();
	struct target_text text;
	struct move_report report = {
		.target = &text.report,
		.from = *from,
		.to = *to,
		.wall_ns = announced_wall_ns(lane->run, now_ns),
		.since_start_ns = now_ns - run->started_ns,
	};

	if (!run->renderer->move)
		return;
	target_describe(target, run->options, &text);
	run->renderer->move(output_of(lane), &run->style, &report);
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
	struct target_text target_text;
	struct probe_report report;

	if (outcome->repeat != REPEAT_DUE) {
		target->shown_status = (int16_t)verdict->status;
		target->shown_reason = (int16_t)verdict->reason;
	}
	if (!is_shown)
		return false;
	if (run->renderer->probe) {
		target_describe(target, run->options, &target_text);
		target_text.report.address =
			outcome->attempt->requested; /* the name may have moved on meanwhile */
		report = report_outcome(lane->run, target->origin, outcome, &text);
		report.target = &target_text.report;
		report.sequence = sequence;
		run->renderer->probe(output_of(lane), &run->style, &report);
	}
	ring_bell(run->options, verdict);
	return true;
}

void show_amendment(struct lane *lane, const struct probe *probe, const struct notice *notice)
{
	struct judgement judgement = notice_judgement(notice);
	const struct run *run = lane->run;
	char explanation[EXPLAIN_MAX];
	struct target_text text;
	struct amendment_report report = {
		.target = &text.report,
		.sequence = probe->sequence,
		.wall_ns = announced_wall_ns(lane->run, notice->amendment.time_ns),
		.since_start_ns = notice->amendment.time_ns - run->started_ns,
		.amendment = &notice->amendment,
		.explain = explain_amendment(&judgement, explanation),
	};

	if (probe->target->kept)
		stats_add_amendment(&probe->target->kept->stats, notice->amendment.kind);
	if (!probe->is_shown || !run->renderer->amendment)
		return;
	target_describe(probe->target, run->options, &text);
	run->renderer->amendment(output_of(lane), &run->style, &report);
}

void show_outstanding(struct lane *lane, const struct target *target, uint64_t now_ns)
{
	const struct run *run = lane->run;
	bool is_wanted = run->options->is_reporting_outstanding && run->renderer->outstanding;
	const struct probe *probe = is_wanted && target->last_started != NO_PROBE
					    ? probe_at(lane, target->last_started)
					    : NULL;
	const struct attempt *attempt = NULL;
	char waiting[EXPLAIN_MAX];
	struct target_text text;
	struct outstanding_report report;
	struct facts facts;

	if (probe && probe->phase == PROBE_PENDING)
		attempt = correlator_find(lane->correlator, probe->socket.key);
	if (!attempt)
		return;
	facts_read(attempt, UINT64_MAX, &facts);
	target_describe(target, run->options, &text);
	report = (struct outstanding_report){
		.target = &text.report,
		.sequence = probe->sequence,
		.wall_ns = announced_wall_ns(lane->run, now_ns),
		.since_start_ns = now_ns - run->started_ns,
		.waited_ns = now_ns - probe->began_ns,
		.explain = explain_waiting(&facts, waiting),
	};
	run->renderer->outstanding(output_of(lane), &run->style, &report);
}
