// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The line on a terminal that is overwritten. */
#include "user/app/run/live.h"

#include "user/app/terminal.h"
#include "user/core/verdict/facts_read.h"
#include "user/render/text/live.h"
#include "user/words/explain.h"

#define LIVE_AFTER_NS SECOND_NS

static void show_waiting(struct run *run, uint64_t now_ns)
{
	struct lane *lane = &run->lanes[0];
	const struct probe *probe = lane->probes.deadlines.first == NO_PROBE
					    ? NULL
					    : probe_at(lane, lane->probes.deadlines.first);
	const struct attempt *attempt =
		probe ? correlator_find(lane->intake.correlator, probe->socket.key) : NULL;
	char waiting[EXPLAIN_MAX];
	char title[TITLE_MAX];
	struct facts facts;

	if (!attempt || now_ns - probe->began_ns < LIVE_AFTER_NS)
		return;
	facts_read(attempt, UINT64_MAX, &facts);
	live_write(run->output.out, &run->output.style,
		   run->output.style.label_width ? target_title(probe->target, run->options, title)
						 : "",
		   explain_waiting(&facts, waiting), (double)(now_ns - probe->began_ns) / 1e9,
		   terminal_columns(run->output.out));
	run->output.has_live_line = true;
}

static uint64_t targets_of(const struct run *run)
{
	uint64_t total;

	if (run->options->is_all_addresses ||
	    __builtin_mul_overflow(run->hosts.target_count, run->origin_count, &total))
		return UINT64_MAX;
	return run->hosts.target_count == UINT64_MAX ? UINT64_MAX : total;
}

static void show_progress(struct run *run, uint64_t now_ns)
{
	struct progress_report report = {.total = targets_of(run),
					 .elapsed_ns = now_ns - run->session.started_ns};

	if (report.elapsed_ns < LIVE_AFTER_NS)
		return;
	for (unsigned i = 0; i < run->lane_count; i++) {
		struct lane *lane = &run->lanes[i];

		pthread_mutex_lock(&lane->tally_lock);
		report.done += lane->tally.stats.probes + lane->tally.not_probed;
		report.open += tally_status(&lane->tally, STATUS_OPEN);
		pthread_mutex_unlock(&lane->tally_lock);
		report.in_flight += __atomic_load_n(&lane->pending, __ATOMIC_RELAXED);
	}
	live_write_progress(run->output.out, &run->output.style, &report,
			    terminal_columns(run->output.out));
	run->output.has_live_line = true;
}

void live_show(struct run *run, uint64_t now_ns)
{
	if (!run->is_live || now_ns < run->live_ns)
		return;
	run->live_ns = now_ns + LIVE_EVERY_NS;
	pthread_mutex_lock(&run->output.lock);
	if (run->policy.keeps_targets)
		show_waiting(run, now_ns);
	else
		show_progress(run, now_ns);
	pthread_mutex_unlock(&run->output.lock);
}
