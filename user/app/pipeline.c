// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One loop: read answers first, then what is due, send last; sleep when there is nothing to say. */
#include "user/app/pipeline.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "user/app/pipeline_parts.h"
#include "user/io/clock.h"
#include "user/io/trace.h"

#define STARTS_AT_ONCE 64 /* then the ring is read again */
#define BUSY_EVENTS    64 /* more events in one drain than this: under load, rest before asking for a wake-up */
#define HEADERS_MAX    16 /* more targets than this get no header line each */

void pipeline_feed(void *context, const struct event *event)
{
	struct pipeline *p = context;

	p->events++;
	if (p->trace)
		trace_write(p->trace, event);
	correlator_feed(p->correlator, event);
}

static struct prober_sink prober_sink(struct pipeline *p)
{
	return (struct prober_sink){pipeline_feed, p};
}

static void start_stream(struct pipeline *p, uint32_t number, uint64_t now_ns)
{
	struct stream *stream = &p->streams.streams[number];

	stream->report.kernel = p->system.release;
	stream->report.hooks = observer_hooks(p->observer);
	if (stream->is_resolved) {
		stream_look_at_route(stream, p->routes);
		plan_start(p->plan, number, now_ns);
	}
	if (stream->is_resolved && p->streams.count > HEADERS_MAX)
		return;
	show_target(p, stream);
}

static void take_answers(struct pipeline *p, uint64_t now_ns)
{
	struct resolver_answer answer;

	while (p->streams.unresolved && resolver_take(p->resolver, &answer)) {
		uint32_t count = streams_answer(&p->streams, &answer);

		for (uint32_t i = 0; i < count; i++)
			start_stream(p, answer.id + i, now_ns);
	}
}

/* No socket to try with is our own limit, never the target's fault: say it once, and wait for one. */
static void wait_for_socket(struct pipeline *p, uint64_t now_ns, int error)
{
	p->retry_ns = now_ns + 10 * MILLISECOND_NS;
	if (p->soft_error)
		return;
	p->soft_error = error;
	clear_live(p);
	fprintf(stderr,
		"ktcping: no socket for the next probe (%s), waiting for one; fewer targets or a higher limit (ulimit -n) would help\n",
		strerror(-error));
}

static bool has_room(const struct pipeline *p)
{
	return p->probes.used < p->probes.capacity && correlator_has_room(p->correlator);
}

/* Returns 0, or -errno when there is no socket to try with. */
static int start_probe(struct pipeline *p, uint32_t stream, uint64_t sequence)
{
	uint32_t number = probe_table_take(&p->probes);
	struct probe *probe = &p->probes.probes[number];
	uint64_t now_ns = clock_now_ns();
	int result;

	observer_set_active(p->observer, p->probes.used);
	probe->stream = stream;
	probe->sequence = sequence;
	probe->began_ns = now_ns;
	result = prober_connect(p->routes, &p->streams.streams[stream].report.address, number, prober_sink(p), &probe->socket);
	if (result < 0)
		probe_table_put(&p->probes, number);
	else
		probe_queue_add(&p->probes, &p->probes.deadlines, number, now_ns + p->options->timeout_ns);
	return result;
}

/* The probe that found no socket, else the next one that is due. */
static bool take_due_probe(struct pipeline *p, uint64_t now_ns)
{
	if (p->has_postponed)
		return now_ns >= p->retry_ns;
	return plan_next(p->plan, now_ns, &p->postponed_stream, &p->postponed_sequence);
}

static void start_due_probes(struct pipeline *p)
{
	for (int i = 0; i < STARTS_AT_ONCE && has_room(p) && !p->is_interrupted; i++) {
		uint64_t now_ns = clock_now_ns();
		int result;

		if (!take_due_probe(p, now_ns))
			return;
		result = start_probe(p, p->postponed_stream, p->postponed_sequence);
		p->has_postponed = result < 0;
		if (result < 0) {
			wait_for_socket(p, now_ns, result);
			return;
		}
	}
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

static void close_probe(struct pipeline *p, struct probe *probe)
{
	probe->phase = PROBE_CLOSED;
	prober_close(&probe->socket, prober_sink(p));
}

static void end_holds(struct pipeline *p, uint64_t now_ns)
{
	uint32_t number;

	while ((number = probe_queue_take_due(&p->probes, &p->probes.holds, now_ns)) != NO_PROBE)
		close_probe(p, &p->probes.probes[number]);
}

static void take_verdict(struct pipeline *p, uint32_t number, const struct finding *finding)
{
	struct probe *probe = &p->probes.probes[number];

	stats_add_verdict(&p->streams.streams[probe->stream].stats, &finding->verdict, p->options->expected);
	show_verdict(p, probe, finding);
	p->probes.pending--;
	probe_queue_remove(&p->probes, &p->probes.deadlines, number);
	if (finding->verdict.status == STATUS_OPEN && p->options->hold_ns) {
		probe->phase = PROBE_HELD;
		probe_queue_add(&p->probes, &p->probes.holds, number, clock_now_ns() + p->options->hold_ns);
	} else {
		close_probe(p, probe);
	}
}

static void take_finding(struct pipeline *p, const struct finding *finding)
{
	uint32_t number = finding->attempt->probe;
	struct probe *probe = &p->probes.probes[number];

	switch (finding->kind) {
	case FINDING_QUESTION:
		prober_ask(p->routes, &probe->socket, finding->needs_path, prober_sink(p));
		break;
	case FINDING_VERDICT:
		take_verdict(p, number, finding);
		break;
	case FINDING_AMENDMENT:
		show_amendment(p, probe, finding);
		break;
	case FINDING_FORGOTTEN:
		observer_forget(p->observer, finding->attempt->key.cookie);
		probe_table_put(&p->probes, number);
		observer_set_active(p->observer, p->probes.used);
		break;
	}
}

static void take_findings(struct pipeline *p)
{
	struct finding finding;

	while (correlator_next(p->correlator, &finding))
		if (finding.attempt->is_ours)
			take_finding(p, &finding);
}

static uint64_t wake_at_ns(const struct pipeline *p, uint64_t now_ns)
{
	uint64_t wake_ns = min_ns(probe_queue_due_ns(&p->probes, &p->probes.deadlines), probe_queue_due_ns(&p->probes, &p->probes.holds));

	if (!p->is_interrupted && has_room(p))
		wake_ns = min_ns(wake_ns, p->has_postponed ? p->retry_ns : plan_due_ns(p->plan));
	if (p->is_live && p->probes.pending)
		wake_ns = min_ns(wake_ns, p->live_ns > now_ns ? p->live_ns : now_ns + LIVE_EVERY_NS);
	if (p->probes.used)
		wake_ns = min_ns(wake_ns, now_ns + (p->probes.pending ? 1 : 10) * OBSERVER_NAP_NS);
	return wake_ns;
}

static bool is_done(const struct pipeline *p)
{
	if (ferror(p->out) || p->is_impatient)
		return true;
	if (p->probes.pending)
		return false;
	if (p->is_interrupted)
		return true;
	return !p->streams.unresolved && !p->has_postponed && plan_due_ns(p->plan) == UINT64_MAX && !p->probes.holds.count &&
	       !correlator_is_waiting(p->correlator);
}

static void sleep_until_news(struct pipeline *p, uint64_t events)
{
	uint64_t now_ns = clock_now_ns();
	uint64_t wake_ns = wake_at_ns(p, now_ns);
	struct pollfd fds[] = {
		{.fd = p->signal_fd, .events = POLLIN},
		{.fd = resolver_fd(p->resolver), .events = POLLIN},
		{.fd = observer_fd(p->observer), .events = POLLIN},
	};
	struct timespec timeout;
	bool is_busy = events > BUSY_EVENTS;

	if (is_done(p) || correlator_is_waiting(p->correlator) || wake_ns <= now_ns)
		return;
	if (is_busy) /* one wake-up a millisecond is enough: times are taken in the kernel */
		wake_ns = min_ns(wake_ns, now_ns + MILLISECOND_NS);
	else if (!observer_may_sleep(p->observer))
		return;
	timeout.tv_sec = (time_t)((wake_ns - now_ns) / SECOND_NS);
	timeout.tv_nsec = (long)((wake_ns - now_ns) % SECOND_NS);
	ppoll(fds, is_busy ? 2 : 3, wake_ns == UINT64_MAX ? NULL : &timeout, NULL);
}

static void take_signals(struct pipeline *p)
{
	struct signalfd_siginfo info;

	while (read(p->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		if (p->is_interrupted) { /* whoever asks twice is not kept waiting */
			p->is_impatient = true;
			continue;
		}
		p->is_interrupted = true;
		clear_live(p);
		if (p->is_live)
			fputc('\n', p->out); /* below the terminal's own ^C */
		for (uint32_t i = 0; i < p->probes.fresh; i++)
			if (p->probes.probes[i].phase == PROBE_PENDING)
				prober_abandon(&p->probes.probes[i].socket, prober_sink(p));
	}
}

static void run(struct pipeline *p)
{
	while (!is_done(p)) {
		uint64_t now_ns = clock_now_ns(), events;

		take_signals(p);
		take_answers(p, now_ns);
		pass_deadlines(p, now_ns);
		end_holds(p, now_ns);
		p->events = 0;
		observer_drain(p->observer, (struct observer_sink){pipeline_feed, p});
		events = p->events;
		take_findings(p);
		show_live(p, now_ns);
		start_due_probes(p);
		if (fflush(p->out) != 0)
			break;
		sleep_until_news(p, events);
	}
	clear_live(p);
}

static void start_literals(struct pipeline *p)
{
	uint64_t now_ns = clock_now_ns();

	for (uint32_t i = 0; i < p->streams.count; i++)
		if (p->streams.streams[i].is_resolved)
			start_stream(p, i, now_ns);
}

/* A reader who has seen enough closes the pipe: no error, and nothing to be said. */
static enum exit_code check_output(FILE *out, enum exit_code code)
{
	if (fflush(out) == 0 && !ferror(out))
		return code;
	if (errno == EPIPE)
		return code;
	fprintf(stderr, "ktcping: cannot write the output: %s\n", strerror(errno));
	return EXIT_UNOBSERVED;
}

enum exit_code pipeline_run(const struct options *options, FILE *out)
{
	struct pipeline pipeline = {.options = options, .out = out, .signal_fd = -1};
	enum exit_code code = EXIT_UNOBSERVED;
	struct error error;

	if (pipeline_open(&pipeline, &error) < 0) {
		fprintf(stderr, "ktcping: %s\n", error.text);
	} else {
		pipeline.started_ns = clock_now_ns();
		start_literals(&pipeline);
		run(&pipeline);
		show_summaries(&pipeline);
		code = check_output(out, streams_exit_code(&pipeline.streams, options));
	}
	pipeline_close(&pipeline);
	return code;
}
