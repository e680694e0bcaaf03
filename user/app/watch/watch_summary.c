// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What a watch came to, so far and at the end. */
#include <inttypes.h>
#include <stdio.h>

#include "user/app/watch/watch_parts.h"
#include "user/io/clock.h"
#include "user/render/safe.h"

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
	struct run_report report = watch_report(w, is_final);
	char remark[1024], safe[1024];

	report.remark = is_final ? remark_of(w, remark, sizeof(remark)) : NULL;
	if (report.remark &&
	    !format_has(w->options->format,
			FORMAT_IS_FOR_PEOPLE)) /* beside the command's own output */
		fprintf(stderr, "ktcping: %s\n", safe_text(report.remark, safe, sizeof(safe)));
	for (size_t i = 0; renderer->summary && i < w->rows.count; i++)
		show_row(w, renderer, out, w->rows.rows[i], is_final);
	if (renderer->end)
		renderer->end(out, &w->style, &report);
	fflush(out);
	if (out == w->out)
		watch_note_output(w);
}
