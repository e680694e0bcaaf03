// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* `ktcping watch`: the same arrows as for probes, without a prober. */
#include "user/app/watch/watch.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "user/app/lane/announce.h"
#include "user/app/options/options_parse.h"
#include "user/app/watch/watch_parts.h"
#include "user/io/clock.h"
#include "user/io/process/preload.h"

#define BUSY_EVENTS 64
/* Between two looks at the signals: so many notices, and no more time than that. */
#define NOTICES_AT_ONCE 256
#define NOTICES_NS	(5 * MILLISECOND_NS)
#define NAP_NS		(10 * RING_NAP_NS)
/* How long the end waits for a record that is still being written. */
#define LAST_PAUSES 50
/* After ^C: for what was recorded, and for what is under way. */
#define LAST_WORDS_NS (50 * MILLISECOND_NS)

static void say_full(struct watch *w)
{
	if (w->is_full)
		return;
	w->is_full = true;
	fprintf(stderr,
		"ktcping: no room for another connect: %u are under way, and all of them get %d "
		"MiB, a process half of that; those without "
		"room "
		"are not followed, and count as events lost\n",
		correlator_under_way(w->intake.correlator), WATCH_TABLE_MIB);
}

void watch_feed(void *context, const struct event *event)
{
	struct watch *w = context;
	int result;

	if (event->kind == EVENT_TASK)
		watch_look_up_cgroup(w, &event->task);
	result = intake_feed(&w->intake, event);
	if (result < 0)
		say_full(w);
	/* Of what the core does not know it will never say that it is to be forgotten. */
	if (result < 0 || (event->kind == EVENT_APP && event->app.call == APP_CLOSE &&
			   !correlator_find(w->intake.correlator, event->key)))
		observer_forget(w->intake.observer, event->key.cookie, event->key.number);
}

static void take_notice(struct watch *w, const struct notice *notice)
{
	switch (notice->kind) {
	case NOTICE_QUERY:
		watch_answer(w, notice);
		break;
	case NOTICE_VERDICT:
		watch_show_connect(w, notice);
		break;
	case NOTICE_AMENDMENT:
		watch_show_amendment(w, notice);
		break;
	case NOTICE_RELEASED:
		observer_forget(w->intake.observer, notice->attempt->key.cookie,
				notice->attempt->key.number);
		break;
	}
}

/* Returns whether there may be more to say without more being fed. */
static bool take_notices(struct watch *w)
{
	uint64_t until_ns = clock_now_ns() + NOTICES_NS;
	struct notice notice;

	for (int i = 0; i < NOTICES_AT_ONCE; i++) {
		if (!correlator_next(w->intake.correlator, &notice))
			return correlator_has_more(w->intake.correlator);
		take_notice(w, &notice);
		if (clock_now_ns() >= until_ns)
			break;
	}
	return true;
}

/*
 * Who asks for the end wants it now, however busy the host is: what is left to do is little.
 * It may not be allowed to.
 */
static void interrupt(struct watch *w)
{
	w->is_impatient = w->is_interrupted;
	w->is_interrupted = true;
	setpriority(PRIO_PROCESS, 0, PRIO_MIN);
}

/*
 * A terminal has given ^C to the command as well: what it makes of that is its own affair. A second
 * one is for us.
 */
static void take_signal(struct watch *w, const struct signalfd_siginfo *info)
{
	switch (info->ssi_signo) {
	case SIGCHLD:
		return;
	case SIGQUIT:
		watch_show_summaries(w, formats[0].renderer, stderr, false);
		return;
	case SIGTERM:
	case SIGHUP:
		if (w->launch.pid && !w->launch.has_ended)
			kill(w->launch.pid, (int)info->ssi_signo);
		else
			interrupt(w);
		return;
	}
	interrupt(w);
}

bool watch_take_signals(void *context)
{
	struct watch *w = context;
	struct signalfd_siginfo info;

	while (read(w->signal_fd, &info, sizeof(info)) == sizeof(info))
		take_signal(w, &info);
	launch_look(&w->launch);
	return !w->is_impatient;
}

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
		fputs("ktcping: the command has ended, and left processes behind that go on: they "
		      "are watched until they end, or until "
		      "^C\n",
		      stderr);
	w->is_left_behind = true;
}

static bool has_command_ended(struct watch *w)
{
	if (!w->launch.has_ended || w->is_interrupted || ferror(w->out) || !has_tasks(w))
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
	return ferror(w->out) || w->is_interrupted ||
	       (w->options->pid_count && !w->pids_left &&
		!(w->options->follows_children && has_tasks(w)));
}

static void sleep_until_news(struct watch *w, uint64_t events)
{
	struct pollfd fds[] = {{.fd = w->signal_fd, .events = POLLIN},
			       {.fd = ring_fd(w->intake.ring), .events = POLLIN}};
	bool is_busy = events > BUSY_EVENTS;
	struct timespec timeout = {.tv_nsec = (long)NAP_NS};
	uint64_t now_ns = clock_now_ns();

	if (is_busy) /* one wake-up a millisecond is enough: times are taken in the kernel */
		timeout.tv_nsec = (long)MILLISECOND_NS;
	else if (!ring_may_sleep(w->intake.ring))
		return;
	if (!w->preload[0] && w->look_ns > now_ns &&
	    w->look_ns - now_ns < (uint64_t)timeout.tv_nsec)
		timeout.tv_nsec = (long)(w->look_ns - now_ns);
	ppoll(fds, is_busy ? 1 : 2, &timeout, NULL);
}

/* Other programs' attempts are judged without a question, so it is asked for before anything is. */
static void hear_misses(struct watch *w)
{
	observer_note_misses(w->intake.observer);
	ring_hear_missed(w->intake.ring, (struct ring_sink){watch_feed, w});
}

static void run(struct watch *w)
{
	const struct ring_sink sink = {watch_feed, w};

	while (!is_done(w)) {
		bool has_more;

		announce_clock(&w->intake);
		watch_take_signals(w);
		look_at_processes(w);
		w->intake.events = 0;
		has_more = ring_drain(w->intake.ring, sink);
		if (!has_more) /* what is judged now was observed up to here */
			hear_misses(w);
		has_more |= take_notices(w);
		watch_look_for_preload(w, clock_now_ns());
		if (fflush(w->out) != 0)
			watch_note_output(w);
		if (!has_more && !is_done(w))
			sleep_until_news(w, w->intake.events);
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
	const struct ring_sink sink = {watch_feed, w};
	struct event end = {.kind = EVENT_END, .time_ns = clock_now_ns()};
	struct timespec pause = {.tv_nsec = (long)MILLISECOND_NS};
	uint64_t until_ns = UINT64_MAX;
	bool is_behind;
	int pauses = 0;

	watch_feed(w, &end);
	do {
		is_behind = ring_drain(w->intake.ring, sink);
		hear_misses(w);
		if (take_notices(w) || is_behind)
			continue;
		if (!correlator_under_way(w->intake.correlator) || ++pauses > LAST_PAUSES)
			break;
		nanosleep(&pause, NULL);
	} while (!is_out_of_time(w, &until_ns));
	if (is_behind)
		ring_discard(w->intake.ring, sink);
	watch_look_for_preload(w, UINT64_MAX);
	if (!w->preload[0] && !w->connects && w->options->command)
		preload_of_command(w->options->command, w->preload, sizeof(w->preload));
	watch_show_summaries(w, w->renderer, w->out, true);
}

static enum exit_code check_output(struct watch *w, enum exit_code code)
{
	if (!w->output_error || w->output_error == EPIPE || w->output_error == ECANCELED)
		return code;
	fprintf(stderr, "ktcping: cannot write the output%s%s: %s\n",
		w->options->output_path ? " to " : "",
		w->options->output_path ? w->options->output_path : "", strerror(w->output_error));
	return EXIT_UNOBSERVED;
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

	if (watch_open(w, &error) < 0) {
		fprintf(stderr, "ktcping: %s\n", error.text);
		return w->failure;
	}
	announce_run(&w->intake, w->options, w->subject, true);
	watch_show_begin(w);
	watch_show_before(w);
	if (w->launch.pid)
		launch_release(&w->launch);
	run(w);
	finish(w);
	return check_output(w, (enum exit_code)exit_code_of(w));
}

int command_watch(int argc, char **argv)
{
	struct options options;
	struct watch *w = calloc(1, sizeof(*w));
	int code;

	options_parse(COMMAND_WATCH, argc, argv, &options);
	if (!w) {
		fputs("ktcping: out of memory\n", stderr);
		return EXIT_UNOBSERVED;
	}
	w->options = &options;
	w->signal_fd = -1;
	w->failure = EXIT_UNOBSERVED;
	w->launch.gate_fd = -1;
	if (options.command && launch_prepare(&w->launch, options.command) < 0) {
		fprintf(stderr, "ktcping: cannot run %s: %s\n", options.command[0],
			strerror(errno));
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
