// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One loop: read answers first, then what is due, send last; sleep when there is nothing to say. */
#include "user/app/run/pipeline.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "user/app/run/pipeline_parts.h"
#include "user/app/run/scan.h"
#include "user/app/terminal.h"
#include "user/io/clock.h"
#include "user/io/files/trace.h"

#define BUSY_EVENTS 64 /* more events in one drain than this: under load, rest before asking for a wake-up */

void pipeline_feed(void *context, const struct event *event)
{
	struct pipeline *p = context;

	p->events++;
	if (p->trace)
		trace_write(p->trace, event);
	correlator_feed(p->correlator, event);
}

static void pass_deadlines(struct pipeline *p, uint64_t now_ns)
{
	uint32_t number;

	while ((number = probe_queue_take_due(&p->probes, &p->probes.deadlines, now_ns)) != NO_PROBE) {
		const struct probe *probe = &p->probes.probes[number];
		struct event event = {.kind = EVENT_DEADLINE, .time_ns = probe->due_ns, .key = probe->socket.key};

		pipeline_feed(p, &event);
	}
}

static void end_holds(struct pipeline *p, uint64_t now_ns)
{
	uint32_t number;

	while ((number = probe_queue_take_due(&p->probes, &p->probes.holds, now_ns)) != NO_PROBE)
		close_probe(p, number);
}

/* When the next probe may start; UINT64_MAX: there is none. */
static uint64_t next_due_ns(const struct pipeline *p)
{
	uint64_t due_ns = plan_due_ns(&p->plan);

	if (p->first_waiting)
		due_ns = min_ns(due_ns, p->first_waiting->retry_ns);
	return p->first_repeat ? 0 : due_ns;
}

static uint64_t wake_at_ns(const struct pipeline *p, uint64_t now_ns)
{
	uint64_t wake_ns = min_ns(probe_queue_due_ns(&p->probes, &p->probes.deadlines), probe_queue_due_ns(&p->probes, &p->probes.holds));

	if (can_start_probe(p)) {
		uint64_t due_ns = next_due_ns(p);

		due_ns = due_ns > p->socket_ns ? due_ns : p->socket_ns;
		wake_ns = min_ns(wake_ns, due_ns > pace_due_ns(&p->pace) ? due_ns : pace_due_ns(&p->pace));
	}
	if (!p->is_interrupted)
		wake_ns = min_ns(min_ns(wake_ns, hosts_retry_due_ns(&p->hosts)), min_ns(p->deadline_ns, p->report_ns));
	if (p->is_live && p->probes.pending)
		wake_ns = min_ns(wake_ns, p->live_ns > now_ns ? p->live_ns : now_ns + LIVE_EVERY_NS);
	if (p->probes.used)
		wake_ns = min_ns(wake_ns, now_ns + (p->probes.pending ? 1 : 10) * RING_NAP_NS);
	return wake_ns;
}

static bool is_all_begun(const struct pipeline *p)
{
	return hosts_are_exhausted(&p->hosts) && !p->streams.expanding;
}

/* Nobody is followed, and the next probe is far. */
static void rest(struct pipeline *p)
{
	bool is_far = next_due_ns(p) > clock_now_ns() + REST_NS;

	if (p->may_rest && !p->probes.used && is_all_begun(p) && is_far && !observer_is_resting(p->observer))
		observer_rest(p->observer);
}

static bool is_done(const struct pipeline *p)
{
	if (ferror(p->out) || p->is_impatient || p->is_starved)
		return true;
	if (p->probes.pending)
		return false;
	if (p->is_interrupted)
		return true;
	return is_all_begun(p) && next_due_ns(p) == UINT64_MAX && !p->probes.holds.count && !correlator_is_waiting(p->correlator);
}

static void sleep_until_news(struct pipeline *p, uint64_t events)
{
	uint64_t now_ns = clock_now_ns();
	uint64_t wake_ns = wake_at_ns(p, now_ns);
	struct pollfd fds[] = {
		{.fd = p->signal_fd, .events = POLLIN},
		{.fd = hosts_answer_fd(&p->hosts), .events = POLLIN},
		{.fd = streams_can_come(p) ? hosts_file_fd(&p->hosts) : -1, .events = POLLIN}, /* else nobody would read it */
		{.fd = ring_fd(p->ring), .events = POLLIN},
	};
	struct timespec timeout;
	bool is_busy = events > BUSY_EVENTS;

	if (is_done(p) || correlator_is_waiting(p->correlator) || wake_ns <= now_ns || streams_are_at_hand(p))
		return;
	if (is_busy) /* one wake-up a millisecond is enough: times are taken in the kernel */
		wake_ns = min_ns(wake_ns, now_ns + MILLISECOND_NS);
	else if (!ring_may_sleep(p->ring))
		return;
	timeout.tv_sec = (time_t)((wake_ns - now_ns) / SECOND_NS);
	timeout.tv_nsec = (long)((wake_ns - now_ns) % SECOND_NS);
	ppoll(fds, is_busy ? 3 : 4, wake_ns == UINT64_MAX ? NULL : &timeout, NULL);
}

/* Nothing starts any more, and nobody waits for what is under way. */
static void end_run(struct pipeline *p, enum abandon_cause cause)
{
	p->is_interrupted = true;
	clear_live(p);
	hosts_say_unanswered(&p->hosts);
	for (uint32_t i = 0; i < p->probes.fresh; i++)
		if (p->probes.probes[i].phase == PROBE_PENDING)
			prober_abandon(&p->probes.probes[i].socket, cause, pipeline_sink(p));
}

static void interrupt(struct pipeline *p)
{
	if (p->is_interrupted) { /* whoever asks twice is not kept waiting */
		p->is_impatient = true;
		return;
	}
	clear_live(p);
	if (p->is_live)
		fputc('\n', p->out); /* below the terminal's own ^C */
	end_run(p, ABANDON_INTERRUPTED);
}

/* A verdict that rests on absence is judged after the next drain. */
static void note_misses(struct pipeline *p)
{
	if (p->is_doubted && !observer_is_resting(p->observer))
		observer_note_misses(p->observer);
	p->is_doubted = false;
}

/* Before losses are summed up. */
static void hear_losses(struct pipeline *p)
{
	p->is_doubted = true;
	note_misses(p);
	ring_drain(p->ring, (struct ring_sink){pipeline_feed, p});
}

static void answer_quit(struct pipeline *p)
{
	clear_live(p);
	if (terminal_is_live(stderr))
		fputc('\n', stderr); /* below the terminal's own ^\ */
	hear_losses(p);
	show_so_far(p, &text_renderer, stderr);
}

static void take_signals(struct pipeline *p)
{
	struct signalfd_siginfo info;

	while (read(p->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGQUIT)
			answer_quit(p);
		else
			interrupt(p);
	}
}

static void take_times(struct pipeline *p, uint64_t now_ns)
{
	if (p->is_interrupted)
		return;
	if (now_ns >= p->deadline_ns)
		end_run(p, ABANDON_DEADLINE);
	if (now_ns < p->report_ns)
		return;
	hear_losses(p);
	show_so_far(p, p->renderer, p->out);
	while (p->report_ns <= now_ns)
		p->report_ns += p->options->report_every_ns;
}

static void run(struct pipeline *p)
{
	while (!is_done(p)) {
		uint64_t now_ns = clock_now_ns(), events;

		take_signals(p);
		take_times(p, now_ns);
		hosts_retry(&p->hosts, now_ns);
		streams_move(p, now_ns);
		streams_come(p, now_ns);
		pass_deadlines(p, now_ns);
		end_holds(p, now_ns);
		p->events = 0;
		note_misses(p);
		ring_drain(p->ring, (struct ring_sink){pipeline_feed, p});
		pass_deadlines(p, clock_now_ns()); /* before what was drained is judged: it may have come after them */
		events = p->events;
		take_notices(p);
		streams_go(p);
		show_live(p, now_ns);
		start_due_probes(p);
		rest(p);
		if (fflush(p->out) != 0) {
			note_output(p);
			break;
		}
		sleep_until_news(p, events);
	}
	settle_unrepeated(p);
	clear_live(p);
}

/* A reader who has seen enough closes the pipe: no error, and nothing to be said. */
static enum exit_code check_output(struct pipeline *p, enum exit_code code)
{
	if (fflush(p->out) != 0)
		note_output(p);
	if (!p->output_error || p->output_error == EPIPE)
		return code;
	fprintf(stderr, "ktcping: cannot write the output%s%s: %s\n", p->options->output_path ? " to " : "",
		p->options->output_path ? p->options->output_path : "", strerror(p->output_error));
	return code == EXIT_USAGE ? code : EXIT_UNOBSERVED;
}

/* By DESIGN's order; targets that nobody got to see are not as expected. */
static enum exit_code exit_code_of(const struct pipeline *p)
{
	enum exit_code code = streams_exit_code(&p->streams);

	if (p->hosts.has_failed)
		return EXIT_USAGE;
	if (p->is_starved)
		return EXIT_UNOBSERVED;
	if ((code == EXIT_EXPECTED || code == EXIT_UNEXPECTED) && hosts_have_awaited(&p->hosts))
		return EXIT_UNRESOLVED;
	if (code == EXIT_EXPECTED && !is_all_begun(p))
		return EXIT_UNEXPECTED;
	return code;
}

/* No summary tells of targets that nobody has begun with. */
static void say_unbegun(const struct pipeline *p)
{
	if (!p->output_error && (!hosts_are_read(&p->hosts) || p->streams.expanding))
		fputs("ktcping: the run ended before all targets were begun with: some are neither probed nor summarised\n", stderr);
}

/* Several probes of each target, in time. */
static enum exit_code run_plan(struct pipeline *p)
{
	struct error error;

	if (pipeline_open_probes(p, &error) < 0) {
		fprintf(stderr, "ktcping: %s\n", error.text);
		return EXIT_UNOBSERVED;
	}
	pipeline_begin(p);
	run(p);
	hear_losses(p);
	show_end(p);
	say_unbegun(p);
	return exit_code_of(p);
}

enum exit_code pipeline_run(const struct options *options)
{
	struct pipeline pipeline = {.options = options, .out = stdout, .signal_fd = -1, .failure = EXIT_UNOBSERVED};
	enum exit_code code;
	struct error error;

	if (pipeline_open(&pipeline, &error) < 0) {
		fprintf(stderr, "ktcping: %s\n", error.text);
		code = pipeline.failure;
	} else {
		code = scan_is_meant(&pipeline) ? scan_run(&pipeline) : run_plan(&pipeline);
		code = check_output(&pipeline, code);
	}
	pipeline_close(&pipeline);
	return code;
}
