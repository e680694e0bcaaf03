// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* `ktcping watch`: the same arrows as for probes, without a prober. */
#include "user/app/watch/watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "user/app/lane/announce.h"
#include "user/app/options/options_parse.h"
#include "user/app/say.h"
#include "user/app/watch/watch_before.h"
#include "user/app/watch/watch_feed.h"
#include "user/app/watch/watch_lookup.h"
#include "user/app/watch/watch_open.h"
#include "user/app/watch/watch_show.h"
#include "user/app/watch/watch_signals.h"
#include "user/io/clock.h"
#include "user/io/process/preload.h"

#define NAP_NS (10 * RING_NAP_NS)
/* How long the end waits for a record that is still being written. */
#define LAST_PAUSES 50
/* After ^C: for what was recorded, and for what is under way. */
#define LAST_WORDS_NS (50 * MILLISECOND_NS)

static void look_at_processes(struct watch *w)
{
	for (size_t i = 0; i < w->options->pid_count; i++) {
		struct pollfd ended = {.fd = w->pid_fds[i], .events = POLLIN};

		if (ended.fd < 0 || poll(&ended, 1, 0) != 1)
			continue;
		close(ended.fd);
		w->pid_fds[i] = -1;
		w->pids_left--;
	}
}

/*
 * Children of the command, or of who was given by number, go on; their connects are as much of
 * interest.
 */
static bool has_tasks(struct watch *w)
{
	uint64_t now_ns = clock_now_ns();

	if (now_ns >= w->tasks_ns) {
		w->has_tasks = observer_has_tasks(w->intake.observer);
		w->tasks_ns = now_ns + NAP_NS;
	}
	return w->has_tasks;
}

static void say_left_behind(struct watch *w)
{
	if (!w->is_left_behind)
		outbox_say(&w->outbox,
			   "the command has ended, and left processes behind that go on: they are "
			   "watched until they end, or until ^C");
	w->is_left_behind = true;
}

static bool has_command_ended(struct watch *w)
{
	if (!w->launch.has_ended || w->is_interrupted || output_has_failed(&w->output) ||
	    !has_tasks(w))
		return w->launch.has_ended;
	say_left_behind(w);
	return false;
}

static bool is_done(struct watch *w)
{
	if (w->is_impatient)
		return true;
	if (w->launch.pid) /* whatever becomes of our output, a command is waited for */
		return has_command_ended(w);
	return output_has_failed(&w->output) || w->is_interrupted ||
	       (w->options->pid_count && !w->pids_left &&
		!(w->options->follows_children && has_tasks(w)));
}

static void sleep_until_news(struct watch *w)
{
	struct pollfd fds[2] = {{.fd = w->signal_fd, .events = POLLIN}};
	uint64_t now_ns = clock_now_ns(), wake_ns = now_ns + NAP_NS;

	if (!w->preload[0] && w->look_ns > now_ns)
		wake_ns = min_ns(wake_ns, w->look_ns);
	intake_sleep(&w->intake, fds, 1, wake_ns);
}

/* Other programs' attempts are judged without a question: what was missed is asked for before. */
static void run(struct watch *w)
{
	while (!is_done(w)) {
		bool has_more;

		announce_clock(&w->intake);
		watch_take_signals(w);
		look_at_processes(w);
		has_more = intake_drain(&w->intake, true);
		has_more |= intake_take(&w->intake);
		watch_look_for_preload(w, clock_now_ns());
		outbox_flush(&w->outbox);
		if (!has_more && !is_done(w))
			sleep_until_news(w);
	}
}

static bool is_out_of_time(struct watch *w, uint64_t *until_ns)
{
	if (!watch_take_signals(w))
		return true;
	if (w->is_interrupted && *until_ns == UINT64_MAX)
		*until_ns = clock_now_ns() + LAST_WORDS_NS;
	return clock_now_ns() >= *until_ns;
}

/*
 * Everything that was recorded before the end is heard, and what is still under way is judged by
 * that; after ^C as much of it as there is time for.
 */
static void finish(struct watch *w)
{
	struct event end = {.kind = EVENT_END, .time_ns = clock_now_ns()};
	struct timespec pause = {.tv_nsec = (long)MILLISECOND_NS};
	uint64_t until_ns = UINT64_MAX;
	bool is_behind;
	int drains = 0, pauses = 0;

	watch_feed(w, &end);
	do {
		is_behind = intake_drain(&w->intake, true);
		if (intake_take(&w->intake) || is_behind)
			continue;
		if (++drains == 1) /* it may have begun before the end */
			continue;
		if (!correlator_under_way(w->intake.correlator) || ++pauses > LAST_PAUSES)
			break;
		nanosleep(&pause, NULL);
	} while (!is_out_of_time(w, &until_ns));
	if (is_behind) {
		ring_discard(w->intake.ring, w->intake.sink);
		intake_hear_missed(&w->intake);
	}
	watch_look_for_preload(w, UINT64_MAX);
	if (!w->preload[0] && !w->connects && w->options->command)
		preload_of_command(w->options->command, w->preload, sizeof(w->preload));
	outbox_flush(&w->outbox);
	watch_show_summaries(w, w->output.renderer, outbox_stream(&w->outbox), true);
	outbox_flush(&w->outbox);
}

static int exit_code_of(const struct watch *w)
{
	bool has_run =
		w->launch.status != LAUNCH_NOT_FOUND && w->launch.status != LAUNCH_CANNOT_RUN;
	bool is_judging = !w->launch.pid || w->options->is_checking;

	if (is_judging && correlator_lost(w->intake.correlator))
		return EXIT_UNOBSERVED;
	if (is_judging && w->contradictions)
		return EXIT_UNEXPECTED;
	if (is_judging && has_run) /* of what never ran nothing is as expected */
		return EXIT_EXPECTED;
	return w->launch.has_ended ? w->launch.status : 128 + SIGINT;
}

static int watch(struct watch *w)
{
	struct error error;
	int code;

	if (watch_open(w, &error) < 0) {
		say("%s", error.text);
		return w->failure;
	}
	announce_run(&w->intake, w->options, w->subject, true);
	watch_show_begin(w);
	watch_show_before(w);
	outbox_flush(&w->outbox);
	if (w->launch.pid)
		launch_release(&w->launch);
	run(w);
	finish(w);
	code = exit_code_of(w);
	return output_is_lost(&w->output) ? EXIT_UNOBSERVED : code;
}

int command_watch(int argc, char **argv)
{
	struct options options;
	struct watch *w = calloc(1, sizeof(*w));
	int code;

	options_parse(COMMAND_WATCH, argc, argv, &options);
	if (!w) {
		say("out of memory");
		return EXIT_UNOBSERVED;
	}
	w->options = &options;
	w->signal_fd = -1;
	w->failure = EXIT_UNOBSERVED;
	w->launch.gate_fd = -1;
	if (options.command && launch_prepare(&w->launch, options.command) < 0) {
		say("cannot run %s: %s", options.command[0], strerror(errno));
		free(w);
		return EXIT_UNOBSERVED;
	}
	signal(SIGPIPE, SIG_IGN);
	code = watch(w);
	watch_close(w);
	free(w);
	options_release(&options);
	return code;
}
