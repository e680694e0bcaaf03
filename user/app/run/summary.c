// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What targets came to: each by itself where they are kept, else all together. */
#include "user/app/run/summary.h"

#include <stdlib.h>

#include "user/app/lane/announce.h"
#include "user/app/report/report.h"

static void put_measured_first(uint64_t *row, uint64_t count)
{
	uint64_t measured = 0;

	for (uint64_t i = 0; i < count; i++) {
		uint64_t rtt_ns = row[i];

		row[i] = TIME_UNKNOWN_NS;
		if (rtt_ns != TIME_UNKNOWN_NS)
			row[measured++] = rtt_ns;
	}
}

static void write_summary(struct lane *lane, const struct target *target,
			  const struct renderer *renderer, FILE *out, bool is_final)
{
	const struct run *run = lane->run;
	const struct target_kept *kept = target->kept;
	struct target_told told;
	struct target_text text;
	struct summary_report report = {
		.target = report_target(&run->session, target_tell(target, &told), &text),
		.stats = &kept->stats,
		.events_lost = correlator_lost(lane->intake.correlator),
		.is_final = is_final,
		.row = kept->rtt_row,
		.row_count = kept->rtt_row_count,
	};

	if (is_final && run->options->is_tcpping)
		put_measured_first(kept->rtt_row, kept->rtt_row_count);
	if (renderer->summary)
		renderer->summary(out, &run->output.style, &report);
}

void show_summary(struct lane *lane, const struct target *target)
{
	write_summary(lane, target, lane->run->output.renderer, outbox_stream(&lane->outbox), true);
}

struct tally show_total(struct run *run)
{
	struct tally total;

	tally_init(&total);
	for (unsigned i = 0; i < run->lane_count; i++) {
		pthread_mutex_lock(&run->lanes[i].tally_lock);
		tally_merge(&total, &run->lanes[i].tally);
		pthread_mutex_unlock(&run->lanes[i].tally_lock);
	}
	return total;
}

static void announce(struct run *run, bool is_final)
{
	struct summary_event summary = {.is_final = is_final, .hosts = run->hosts.next_number};

	announce_summary(&run->lanes[0].intake, &summary);
}

static void write_tally(struct run *run, const struct tally *total, const struct renderer *renderer,
			FILE *out)
{
	struct report_text text;
	struct scan_report report = report_scan(&run->session, &text);

	report.tally = total;
	for (unsigned i = 0; i < run->lane_count; i++)
		report.events_lost += __atomic_load_n(&run->lanes[i].events_lost, __ATOMIC_RELAXED);
	if (renderer->scan)
		renderer->scan(out, &run->output.style, &report);
}

static struct run_report report_of(const struct tally *total)
{
	return (struct run_report){
		.targets = total->targets,
		.probes = total->stats.probes,
		.intercepted = tally_status(total, STATUS_INTERCEPTED),
	};
}

static void write_kept(struct lane *lane, const struct renderer *renderer, FILE *out, bool is_final)
{
	size_t count;
	struct target **sorted = targets_sorted(&lane->targets, &count);

	for (size_t i = 0; i < count; i++)
		write_summary(lane, sorted[i], renderer, out, is_final);
	free(sorted);
}

void show_end(struct run *run)
{
	struct lane *lane = &run->lanes[0];
	struct tally total = show_total(run);
	struct run_report report =
		run->policy.keeps_targets ? targets_report(&lane->targets) : report_of(&total);
	FILE *out;

	announce(run, true);
	if (run->policy.keeps_targets)
		write_kept(lane, run->output.renderer, outbox_stream(&lane->outbox), true);
	outbox_flush(&lane->outbox);
	out = output_lock(&run->output);
	if (!run->policy.keeps_targets)
		write_tally(run, &total, run->output.renderer, out);
	if (run->output.renderer->end)
		run->output.renderer->end(out, &run->output.style, &report);
	output_unlock(&run->output);
	tally_release(&total);
}

void show_so_far(struct run *run, const struct renderer *renderer, FILE *out)
{
	struct tally total = show_total(run);

	announce(run, false);
	if (run->policy.keeps_targets)
		outbox_flush(&run->lanes[0].outbox);
	output_lock(&run->output);
	if (run->policy.keeps_targets)
		write_kept(&run->lanes[0], renderer, out, false);
	else
		write_tally(run, &total, renderer, out);
	fflush(out);
	output_unlock(&run->output);
	tally_release(&total);
}
