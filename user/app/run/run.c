// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One run, one order: open, begin, the lanes' turns, summaries, exit status. */
#include "user/app/run/run.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "user/app/lane/announce.h"
#include "user/app/report/report.h"
#include "user/app/run/live.h"
#include "user/app/run/open.h"
#include "user/app/run/summary.h"
#include "user/app/run/turns.h"
#include "user/app/terminal.h"
#include "user/io/clock.h"

#define TICK_NS (100 * MILLISECOND_NS)

static void end_run(struct run *run, enum abandon_cause cause)
{
	run->cause = cause;
	__atomic_store_n(&run->is_ended, true, __ATOMIC_RELEASE);
	target_source_end(&run->source);
}

/* Asked twice, it waits for nothing. */
static void interrupt(struct run *run)
{
	if (run->is_ended) {
		__atomic_store_n(&run->is_impatient, true, __ATOMIC_RELEASE);
		return;
	}
	output_lock(&run->output);
	if (run->is_live)
		fputc('\n', run->output.out); /* below the terminal's own ^C */
	output_unlock(&run->output);
	end_run(run, ABANDON_INTERRUPTED);
}

/* A lane of another thread hears of it when it drains next. */
static void hear_losses(struct run *run)
{
	if (run->lanes[0].has_thread)
		observer_note_misses(run->observer);
	else
		lane_hear_losses(&run->lanes[0]);
}

static void answer_quit(struct run *run)
{
	if (terminal_is_live(stderr))
		fputc('\n', stderr); /* below the terminal's own ^\ */
	hear_losses(run);
	show_so_far(run, formats[0].renderer, stderr);
}

static void take_signals(struct run *run)
{
	struct signalfd_siginfo info;

	while (read(run->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGQUIT)
			answer_quit(run);
		else
			interrupt(run);
	}
}

static void take_times(struct run *run, uint64_t now_ns)
{
	if (run->is_ended)
		return;
	if (now_ns >= run->deadline_ns || __atomic_load_n(&run->is_starved, __ATOMIC_RELAXED))
		end_run(run, ABANDON_DEADLINE);
	if (now_ns < run->report_ns)
		return;
	hear_losses(run);
	show_so_far(run, run->output.renderer, run->output.out);
	while (run->report_ns <= now_ns)
		run->report_ns += run->options->report_every_ns;
}

/* What concerns all lanes. */
static void take_turn(struct run *run)
{
	uint64_t now_ns = clock_now_ns();

	take_signals(run);
	take_times(run, now_ns);
	live_show(run, now_ns);
}

static void run_alone(struct run *run)
{
	struct lane *lane = &run->lanes[0];

	while (!lane_is_done(lane)) {
		take_turn(run);
		lane_turn(lane);
		lane_sleep(lane);
	}
	lane_finish(lane);
}

static void *run_lane(void *context)
{
	struct lane *lane = context;

	prctl(PR_SET_TIMERSLACK, 1); /* of this thread */
	ring_take_thread(lane->intake.ring);
	while (!lane_is_done(lane)) {
		lane_turn(lane);
		lane_sleep(lane);
	}
	lane_finish(lane);
	if (__atomic_sub_fetch(&lane->run->running, 1, __ATOMIC_ACQ_REL) == 0)
		eventfd_write(lane->run->over_fd, 1);
	return NULL;
}

/* This thread only waits: the first lane has a thread like all others. */
static void watch_over(struct run *run)
{
	struct pollfd fds[] = {{.fd = run->signal_fd, .events = POLLIN},
			       {.fd = run->over_fd, .events = POLLIN}};
	struct timespec tick = {.tv_nsec = (long)TICK_NS};

	while (__atomic_load_n(&run->running, __ATOMIC_ACQUIRE)) {
		ppoll(fds, 2, &tick, NULL);
		take_turn(run);
	}
}

/*
 * Fewer threads than wished for are enough. Returns 0, or -errno when there is none to be had at
 * all.
 */
static int start_threads(struct run *run, struct error *error)
{
	run->running = run->lane_count;
	for (unsigned i = 0; i < run->lane_count; i++) {
		struct lane *lane = &run->lanes[i];
		int result;

		lane->has_thread = true;
		result = pthread_create(&lane->thread, NULL, run_lane, lane);
		if (result == 0)
			continue;
		lane->has_thread = false;
		__atomic_sub_fetch(&run->running, run->lane_count - i, __ATOMIC_ACQ_REL);
		return i ? 0
			 : error_set(error, -result, "cannot start a thread: %s", strerror(result));
	}
	return 0;
}

static int run_lanes(struct run *run, struct error *error)
{
	int result;

	if (run->policy.lanes == 1) {
		run_alone(run);
		return 0;
	}
	result = start_threads(run, error);
	if (result < 0)
		return result;
	watch_over(run);
	for (unsigned i = 0; i < run->lane_count; i++)
		if (run->lanes[i].has_thread)
			pthread_join(run->lanes[i].thread, NULL);
	return 0;
}

/* From here on time counts, and no privilege is used but what open.h names. */
static void begin(struct run *run)
{
	const struct options *options = run->options;
	bool is_one = options->hosts.count == 1 && !options->file;
	struct run_report report;
	uint64_t now_ns;

	prctl(PR_SET_TIMERSLACK, 1); /* sleep exactly as long as the interval says */
	announce_run(&run->lanes[0].intake, options, is_one ? options->hosts.hosts[0].name : NULL,
		     false);
	now_ns = run->session.started_ns;
	run->deadline_ns = options->deadline_ns ? now_ns + options->deadline_ns : UINT64_MAX;
	run->report_ns = options->report_every_ns ? now_ns + options->report_every_ns : UINT64_MAX;
	report = report_run(&run->session);
	if (run->output.renderer->begin)
		run->output.renderer->begin(output_lock(&run->output), &run->output.style, &report);
	else
		output_lock(&run->output);
	output_unlock(&run->output);
}

static bool has_begun_all(struct run *run, const struct tally *total)
{
	bool is_all = target_source_has_given_all(&run->source);

	return is_all && (run->policy.keeps_targets || total->targets == run->source.taken);
}

static enum exit_code tally_exit_code(const struct run *run, const struct tally *total)
{
	uint64_t unresolved = 0;

	for (unsigned i = 0; i < run->lane_count; i++)
		unresolved += run->lanes[i].unresolved;
	return tally_status(total, STATUS_INCOMPLETE)	 ? EXIT_UNOBSERVED
	       : unresolved				 ? EXIT_UNRESOLVED
	       : total->stats.expected == total->targets ? EXIT_EXPECTED
							 : EXIT_UNEXPECTED;
}

/* By DESIGN's order; targets that were never probed are not as expected. */
static enum exit_code exit_code_of(struct run *run, const struct tally *total)
{
	enum exit_code code = run->policy.keeps_targets ? targets_exit_code(&run->lanes[0].targets)
							: tally_exit_code(run, total);

	if (run->hosts.has_failed)
		return EXIT_USAGE;
	if (run->is_starved)
		return EXIT_UNOBSERVED;
	if ((code == EXIT_EXPECTED || code == EXIT_UNEXPECTED) && hosts_have_awaited(&run->hosts))
		return EXIT_UNRESOLVED;
	if (code == EXIT_EXPECTED && !has_begun_all(run, total))
		return EXIT_UNEXPECTED;
	return code;
}

/* Targets that no summary tells of, and that were not named when their name had no address. */
static bool has_unsaid(struct run *run, const struct tally *total)
{
	if (!run->policy.keeps_targets)
		return !has_begun_all(run, total);
	return !hosts_are_read(&run->hosts) || target_source_is_at_hand(&run->source);
}

static enum exit_code finish(struct run *run)
{
	struct tally total;
	enum exit_code code;

	if (run->is_ended)
		hosts_say_unanswered(&run->hosts);
	observer_note_misses(run->observer);
	for (unsigned i = 0; i < run->lane_count; i++)
		lane_hear_losses(&run->lanes[i]);
	show_end(run);
	total = show_total(run);
	if (!output_has_failed(&run->output) && has_unsaid(run, &total))
		fputs("ktcping: the run ended before all targets were begun with: some are neither "
		      "probed nor summarised\n",
		      stderr);
	code = exit_code_of(run, &total);
	if (output_is_lost(&run->output) && code != EXIT_USAGE)
		code = EXIT_UNOBSERVED;
	tally_release(&total);
	return code;
}

enum exit_code run_probes(const struct options *options)
{
	struct run run = {
		.options = options, .signal_fd = -1, .over_fd = -1, .failure = EXIT_UNOBSERVED};
	enum exit_code code = EXIT_UNOBSERVED;
	struct error error;
	int result = run_open(&run, &error);

	if (result < 0) {
		code = run.failure;
	} else {
		begin(&run);
		result = run_lanes(&run, &error);
	}
	if (result < 0)
		fprintf(stderr, "ktcping: %s\n", error.text);
	else
		code = finish(&run);
	run_close(&run);
	return code;
}
