// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Notices about other programs' connects become reports, and reports lines. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "user/app/run_event.h"
#include "user/app/watch/watch_parts.h"
#include "user/core/container.h"
#include "user/core/verdict/app_view.h"
#include "user/io/clock.h"
#include "user/io/files/trace.h"
#include "user/render/safe.h"
#include "user/words/explain.h"

void watch_note_output(struct watch *w)
{
	if (!w->output_error && ferror(w->out))
		w->output_error = errno;
}

static uint64_t since_start(const struct watch *w, uint64_t time_ns)
{
	return time_ns > w->started_ns ? time_ns - w->started_ns : 0;
}

/* By the last EVENT_RUN; when the wall clock was set since, there is another one. */
static uint64_t watch_wall_ns(struct watch *w, uint64_t time_ns)
{
	if (run_event_is_due(w->wall_offset_ns))
		watch_announce(w);
	return time_ns + w->wall_offset_ns;
}

struct run_report watch_report(struct watch *w, bool is_final)
{
	uint64_t now_ns = clock_now_ns();

	return (struct run_report){
		.subject = w->subject,
		.kernel = w->system.release,
		.hooks = observer_hooks(w->observer),
		.wall_ns = watch_wall_ns(w, now_ns),
		.since_start_ns = since_start(w, now_ns),
		.probes = w->connects,
		.contradictions = w->contradictions,
		.under_way = correlator_under_way(w->correlator),
		.not_listed = w->rows.not_listed,
		.events_lost = correlator_lost(w->correlator),
		.is_final = is_final,
	};
}

void watch_announce(struct watch *w)
{
	struct event event = run_event_now(w->options, w->subject, w->system.release,
					   observer_hooks(w->observer));

	w->wall_offset_ns = event.run.wall_ns - event.time_ns;
	if (w->trace)
		trace_write(w->trace, &event);
}

/* Once for each of its connects in a row: what a report says of it was looked up only now. */
static void watch_announce_program(struct watch *w, const struct attempt *attempt,
				   const char *cgroup_path)
{
	struct event event = {.kind = EVENT_PROGRAM, .netns = attempt->netns};

	if (!w->trace ||
	    (w->announced_pid == attempt->pid && w->announced_cgroup == attempt->cgroup))
		return;
	w->announced_pid = attempt->pid;
	w->announced_cgroup = attempt->cgroup;
	event.time_ns = clock_now_ns();
	event.program = (struct program_event){
		.cgroup = attempt->cgroup,
		.path = cgroup_path,
	};
	trace_write(w->trace, &event);
}

void watch_show_begin(struct watch *w)
{
	struct run_report report = watch_report(w, false);

	if (w->renderer->begin)
		w->renderer->begin(w->out, &w->style, &report);
	watch_note_output(w);
}

/* A hint's commands are to be given where the socket is. */
static struct origin_facts from_of(const struct watch *w, const struct attempt *attempt, char *pid,
				   size_t size)
{
	struct origin_facts from = {.tos = -1};

	if (attempt->netns && attempt->netns != w->own_netns && attempt->pid) {
		snprintf(pid, size, "%u", attempt->pid);
		from.netns = pid;
	}
	return from;
}

static struct target_report target_of(const struct attempt *attempt, char *label)
{
	return (struct target_report){
		.label = address_format_with_port(&attempt->requested, label),
		.title = label,
		.address = attempt->requested,
		.resolve_ns = TIME_UNKNOWN_NS,
	};
}

void watch_show_connect(struct watch *w, const struct notice *notice)
{
	const struct attempt *attempt = notice->attempt;
	const struct verdict *verdict = &notice->verdict;
	struct judgement judgement = notice_judgement(notice);
	char explanation[EXPLAIN_MAX], wait[EXPLAIN_MAX], hint[EXPLAIN_MAX], told[EXPLAIN_MAX],
		contradiction[EXPLAIN_MAX];
	char label[ADDRESS_TEXT_MAX], pid[16], id[CONTAINER_ID_DIGITS + 1];
	struct target_report target = target_of(attempt, label);
	struct origin_facts from = from_of(w, attempt, pid, sizeof(pid));
	uint64_t began_ns = attempt->entry_count ? app_view_origin_ns(attempt) : clock_now_ns();
	struct program_report program = {
		.cgroup = attempt->cgroup ? cgroups_path(w->cgroups, attempt->cgroup, attempt->pid)
					  : NULL,
		.told = explain_app_view(attempt, told),
		.contradiction = explain_contradiction(&judgement, contradiction),
	};
	struct probe_report report = {
		.target = &target,
		.program = &program,
		.sequence = w->began_before + attempt->probe,
		.wall_ns = watch_wall_ns(w, began_ns),
		.since_start_ns = since_start(w, began_ns),
		.attempt = attempt,
		.verdict = verdict,
		.explain = explain_verdict(&judgement, explanation),
		.wait = explain_wait(&judgement, wait),
		.hint = explain_hint(&judgement, &from, hint),
	};

	watch_announce_program(w, attempt, program.cgroup);
	program.container = container_id(program.cgroup, id);
	w->connects++;
	w->contradictions += program.contradiction != NULL;
	watch_rows_add(&w->rows, attempt, verdict, began_ns);
	w->renderer->probe(w->out, &w->style, &report);
	watch_note_output(w);
}

/*
 * How long a peer keeps a connection is not what is watched here; with -v it is said all the same.
 */
static bool is_worth_saying(const struct watch *w, enum amendment_kind kind)
{
	return w->style.verbosity > 0 || kind != AMENDMENT_CLOSED_BY_PEER;
}

void watch_show_amendment(struct watch *w, const struct notice *notice)
{
	char explanation[EXPLAIN_MAX], label[ADDRESS_TEXT_MAX];
	struct target_report target = target_of(notice->attempt, label);
	struct judgement judgement = notice_judgement(notice);
	struct amendment_report report = {
		.target = &target,
		.sequence = w->began_before + notice->attempt->probe,
		.wall_ns = watch_wall_ns(w, notice->amendment.time_ns),
		.since_start_ns = since_start(w, notice->amendment.time_ns),
		.amendment = &notice->amendment,
		.explain = explain_amendment(&judgement, explanation),
		.is_of_program = true,
	};

	if (!w->renderer->amendment || !is_worth_saying(w, notice->amendment.kind))
		return;
	w->renderer->amendment(w->out, &w->style, &report);
	watch_note_output(w);
}
