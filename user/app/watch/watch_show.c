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

static struct run_report report_of(const struct watch *w, bool is_final)
{
	uint64_t now_ns = clock_now_ns();

	return (struct run_report){
		.subject = w->subject,
		.kernel = w->system.release,
		.hooks = observer_hooks(w->observer),
		.wall_ns = now_ns + w->wall_offset_ns,
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
		.pid = attempt->pid,
		.cgroup = attempt->cgroup,
		.path = cgroup_path,
		.preload = w->preload[0] ? w->preload : NULL,
		.connections = w->connections_before,
	};
	trace_write(w->trace, &event);
}

void watch_show_begin(struct watch *w)
{
	struct run_report report = report_of(w, false);

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
		.wall_ns = began_ns + w->wall_offset_ns,
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
		.wall_ns = notice->amendment.time_ns + w->wall_offset_ns,
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

/*
 * A program that is not seen to connect may not have to, so that is said of those only that were
 * chosen one by one, when they have ended, and when no connect of theirs can have been passed over.
 */
static bool has_none_made(const struct watch *w)
{
	bool is_run = w->launch.has_ended && w->launch.status != LAUNCH_CANNOT_RUN &&
		      w->launch.status != LAUNCH_NOT_FOUND;
	bool has_ended = (w->options->command ? is_run : w->options->pid_count && !w->pids_left) &&
			 !observer_has_tasks(w->observer);
	bool is_narrower = w->options->comm || w->options->cgroup || w->options->netns;

	return has_ended && !is_narrower && !w->connects && !w->began_before &&
	       !correlator_lost(w->correlator) && !observer_has_passed_over(w->observer);
}

/* Of a command all was seen; of what ran already, what came after the watch began. */
static size_t say_none_made(const struct watch *w, char *text, size_t size)
{
	double watched_s = (double)(clock_now_ns() - w->started_ns) / 1e9;

	if (w->options->command)
		return (size_t)snprintf(text, size,
					"no connect entered the kernel: whatever was said of a "
					"connection, none was made");
	if (w->connections_before)
		return (size_t)snprintf(
			text, size,
			"no connect entered the kernel while it was watched, for %.1f s; it had "
			"%" PRIu64 " TCP connection%s when that began",
			watched_s, w->connections_before, w->connections_before == 1 ? "" : "s");
	return (size_t)snprintf(text, size,
				"no connect entered the kernel while it was watched, for %.1f s, "
				"and it had no TCP connection when that began",
				watched_s);
}

static const char *remark_of(const struct watch *w, char *text, size_t size)
{
	size_t used = 0;

	if (has_none_made(w))
		used = say_none_made(w, text, size);
	if (correlator_refused(w->correlator) && used < size)
		used += (size_t)snprintf(text + used, size - used,
					 "%s%" PRIu64
					 " connects found no room, and were not followed",
					 used ? "; " : "", correlator_refused(w->correlator));
	if (w->preload[0] && used < size)
		used += (size_t)snprintf(text + used, size - used,
					 "%s%s, which is loaded there, has a connect() of its own, "
					 "and may answer in the kernel's place",
					 used ? "; " : "", w->preload);
	return used ? text : NULL;
}

static void show_row(struct watch *w, const struct renderer *renderer, FILE *out,
		     const struct watch_row *row, bool is_final)
{
	char label[ADDRESS_TEXT_MAX];
	struct target_report target = {
		.label = address_format_with_port(&row->destination, label),
		.title = label,
		.address = row->destination,
		.resolve_ns = TIME_UNKNOWN_NS,
	};
	struct summary_report report = {
		.target = &target,
		.stats = &row->stats,
		.events_lost = correlator_lost(w->correlator),
		.is_final = is_final,
		.comm = row->comm,
		.contradictions = row->contradictions,
	};

	renderer->summary(out, &w->style, &report);
}

void watch_show_summaries(struct watch *w, const struct renderer *renderer, FILE *out,
			  bool is_final)
{
	struct run_report report = report_of(w, is_final);
	char remark[1024], safe[1024];

	report.remark = is_final ? remark_of(w, remark, sizeof(remark)) : NULL;
	if (report.remark &&
	    !format_has(w->options->format,
			FORMAT_IS_FOR_PEOPLE)) /* for whoever looks at the command's own output */
		fprintf(stderr, "ktcping: %s\n", safe_text(report.remark, safe, sizeof(safe)));
	for (size_t i = 0; renderer->summary && i < w->rows.count; i++)
		show_row(w, renderer, out, w->rows.rows[i], is_final);
	if (renderer->end)
		renderer->end(out, &w->style, &report);
	fflush(out);
	if (out == w->out)
		watch_note_output(w);
}
