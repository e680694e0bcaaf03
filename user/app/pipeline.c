// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One loop: read answers first, then what is due, send last; sleep when there is nothing to say. */
#include "user/app/pipeline.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "user/app/probe_table.h"
#include "user/app/streams.h"
#include "user/core/explain.h"
#include "user/core/plan.h"
#include "user/io/clock.h"
#include "user/io/observer.h"
#include "user/io/trace.h"

#define MILLISECOND_NS	   1000000ull
#define SECOND_NS	   1000000000ull
#define STARTS_AT_ONCE	   64 /* then the ring is read again */
#define BUSY_EVENTS	   64 /* more events in one drain than this: under load, rest before asking for a wake-up */
#define HEADERS_MAX	   16 /* more targets than this get no header line each */
#define ATTEMPTS_MAX	   16384u
#define ATTEMPT_RING_BYTES 4096 /* some 15 records */
#define RING_BYTES_MIN	   (1u << 20)
#define RING_BYTES_MAX	   (16u << 20)
#define LIVE_AFTER_NS	   SECOND_NS
#define LIVE_EVERY_NS	   (250 * MILLISECOND_NS)

struct pipeline {
	const struct options *options;
	const struct renderer *renderer;
	struct render_style style;
	FILE *out;
	FILE *trace;
	struct streams streams;
	struct probe_table probes;
	struct plan *plan;
	struct resolver *resolver;
	struct routes *routes;
	struct observer *observer;
	struct correlator *correlator;
	struct utsname system;
	int signal_fd;
	int soft_error; /* no socket to be had: -errno, said once */
	uint64_t started_ns;
	uint64_t retry_ns; /* do not start a probe before this */
	uint64_t live_ns;  /* when the live line is due again */
	uint64_t events;   /* fed in this turn */
	bool is_live;
	bool has_live_line;
	bool is_interrupted;
};

/* --- events in ---------------------------------------------------------------------------------------------------------------------- */

static void feed(void *context, const struct event *event)
{
	struct pipeline *p = context;

	p->events++;
	if (p->trace)
		trace_write(p->trace, event);
	correlator_feed(p->correlator, event);
}

static struct prober_sink prober_sink(struct pipeline *p)
{
	return (struct prober_sink){feed, p};
}

static void clear_live(struct pipeline *p)
{
	if (p->has_live_line)
		live_clear(p->out);
	p->has_live_line = false;
}

/* --- starting probes ---------------------------------------------------------------------------------------------------------------- */

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
	clear_live(p);
	p->renderer->target(p->out, &p->style, &stream->report);
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

/* Returns false when there is no room or no socket: the same probe is tried again. */
static bool start_probe(struct pipeline *p, uint32_t stream, uint64_t sequence)
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
	if (result < 0) {
		probe_table_put(&p->probes, number);
		wait_for_socket(p, now_ns, result);
		return false;
	}
	probe_queue_add(&p->probes, &p->probes.deadlines, number, now_ns + p->options->timeout_ns);
	return true;
}

static bool has_room(const struct pipeline *p)
{
	return p->probes.used < p->probes.capacity && correlator_has_room(p->correlator);
}

static void start_due_probes(struct pipeline *p)
{
	uint32_t stream;
	uint64_t sequence;

	for (int i = 0; i < STARTS_AT_ONCE && has_room(p); i++) {
		uint64_t now_ns = clock_now_ns();

		if (now_ns < p->retry_ns || p->is_interrupted || !plan_next(p->plan, now_ns, &stream, &sequence))
			return;
		while (!start_probe(p, stream, sequence))
			nanosleep(&(struct timespec){.tv_nsec = 10 * (long)MILLISECOND_NS}, NULL);
	}
}

/* --- what is due -------------------------------------------------------------------------------------------------------------------- */

static void pass_deadlines(struct pipeline *p, uint64_t now_ns)
{
	uint32_t number;

	while ((number = probe_queue_take_due(&p->probes, &p->probes.deadlines, now_ns)) != NO_PROBE) {
		const struct probe *probe = &p->probes.probes[number];
		struct event event = {.kind = EVENT_DEADLINE, .time_ns = probe->due_ns, .key = probe->socket.key};

		feed(p, &event);
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

/* --- findings out ------------------------------------------------------------------------------------------------------------------- */

static uint64_t wall_at(uint64_t time_ns)
{
	return clock_wall_ns() - (clock_now_ns() - time_ns);
}

static void report_verdict(struct pipeline *p, const struct probe *probe, const struct finding *finding)
{
	char explanation[EXPLAIN_MAX], hint[EXPLAIN_MAX];
	struct probe_report report = {
		.target = &p->streams.streams[probe->stream].report,
		.sequence = probe->sequence,
		.wall_ns = wall_at(probe->began_ns),
		.since_start_ns = probe->began_ns - p->started_ns,
		.attempt = finding->attempt,
		.verdict = &finding->verdict,
		.explain = explain_verdict(finding->attempt, &finding->verdict, explanation),
		.hint = explain_hint(finding->attempt, &finding->verdict, hint),
	};

	clear_live(p);
	p->renderer->probe(p->out, &p->style, &report);
}

static void take_verdict(struct pipeline *p, uint32_t number, const struct finding *finding)
{
	struct probe *probe = &p->probes.probes[number];

	stats_add_verdict(&p->streams.streams[probe->stream].stats, &finding->verdict, p->options->expected);
	report_verdict(p, probe, finding);
	p->probes.pending--;
	probe_queue_remove(&p->probes, &p->probes.deadlines, number);
	if (finding->verdict.status == STATUS_OPEN && p->options->hold_ns) {
		probe->phase = PROBE_HELD;
		probe_queue_add(&p->probes, &p->probes.holds, number, clock_now_ns() + p->options->hold_ns);
	} else {
		close_probe(p, probe);
	}
}

static void take_amendment(struct pipeline *p, const struct probe *probe, const struct finding *finding)
{
	struct stream *stream = &p->streams.streams[probe->stream];
	char explanation[EXPLAIN_MAX];
	struct amendment_report report = {
		.target = &stream->report,
		.sequence = probe->sequence,
		.wall_ns = wall_at(finding->amendment.time_ns),
		.since_start_ns = finding->amendment.time_ns - p->started_ns,
		.amendment = &finding->amendment,
		.explain = explain_amendment(finding->attempt, &finding->amendment, explanation),
	};

	stats_add_amendment(&stream->stats, finding->amendment.kind);
	clear_live(p);
	p->renderer->amendment(p->out, &p->style, &report);
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
		take_amendment(p, probe, finding);
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

/* --- waiting ------------------------------------------------------------------------------------------------------------------------ */

static size_t terminal_columns(FILE *out)
{
	struct winsize size;

	return ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

/* What the longest waiting probe waits for. */
static void show_live(struct pipeline *p, uint64_t now_ns)
{
	const struct probe *probe;
	const struct attempt *attempt;
	char waiting[EXPLAIN_MAX];

	if (!p->is_live || p->probes.deadlines.first == NO_PROBE || now_ns < p->live_ns)
		return;
	probe = &p->probes.probes[p->probes.deadlines.first];
	attempt = correlator_find(p->correlator, probe->socket.key);
	p->live_ns = now_ns + LIVE_EVERY_NS;
	if (!attempt || now_ns - probe->began_ns < LIVE_AFTER_NS)
		return;
	live_write(p->out, &p->style, p->streams.count > 1 ? p->streams.streams[probe->stream].label : NULL,
		   explain_waiting(attempt, waiting), (double)(now_ns - probe->began_ns) / 1e9, terminal_columns(p->out));
	p->has_live_line = true;
}

static uint64_t min_ns(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t wake_at_ns(const struct pipeline *p, uint64_t now_ns)
{
	uint64_t wake_ns = min_ns(probe_queue_due_ns(&p->probes, &p->probes.deadlines), probe_queue_due_ns(&p->probes, &p->probes.holds));

	if (!p->is_interrupted && has_room(p))
		wake_ns = min_ns(wake_ns, plan_due_ns(p->plan));
	if (p->is_live && p->probes.pending)
		wake_ns = min_ns(wake_ns, p->live_ns > now_ns ? p->live_ns : now_ns + LIVE_EVERY_NS);
	if (p->probes.used)
		wake_ns = min_ns(wake_ns, now_ns + (p->probes.pending ? 1 : 10) * OBSERVER_NAP_NS);
	return wake_ns;
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

	if (correlator_is_waiting(p->correlator) || wake_ns <= now_ns)
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
		if (p->is_interrupted)
			continue;
		p->is_interrupted = true;
		clear_live(p);
		if (p->is_live)
			fputc('\n', p->out); /* below the terminal's own ^C */
		for (uint32_t i = 0; i < p->probes.fresh; i++)
			if (p->probes.probes[i].phase == PROBE_PENDING)
				prober_abandon(&p->probes.probes[i].socket, prober_sink(p));
	}
}

static bool is_done(const struct pipeline *p)
{
	if (ferror(p->out))
		return true;
	if (p->probes.pending)
		return false;
	if (p->is_interrupted)
		return true;
	return !p->streams.unresolved && plan_due_ns(p->plan) == UINT64_MAX && !p->probes.holds.count &&
	       !correlator_is_waiting(p->correlator);
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
		observer_drain(p->observer, (struct observer_sink){feed, p});
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

/* --- before and after --------------------------------------------------------------------------------------------------------------- */

static void summarize(struct pipeline *p)
{
	struct summary_report *reports = calloc(p->streams.count, sizeof(*reports));

	if (!reports)
		return;
	for (uint32_t i = 0; i < p->streams.count; i++) {
		reports[i] = (struct summary_report){
			.target = &p->streams.streams[i].report,
			.stats = &p->streams.streams[i].stats,
			.events_lost = correlator_lost(p->correlator),
		};
		p->renderer->summary(p->out, &p->style, &reports[i]);
	}
	if (p->renderer->end)
		p->renderer->end(p->out, &p->style, reports, p->streams.count);
	free(reports);
}

static size_t digits(uint64_t number)
{
	size_t count = 1;

	while (number >= 10) {
		number /= 10;
		count++;
	}
	return count;
}

static void set_style(struct pipeline *p)
{
	const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
	bool is_terminal = isatty(fileno(p->out));
	bool is_dumb = !terminal || !strcmp(terminal, "dumb");
	const struct options *options = p->options;

	p->renderer = options->is_json ? &json_renderer : &text_renderer;
	p->is_live = is_terminal && !is_dumb && !options->is_json && !options->is_quiet;
	p->style = (struct render_style){
		.is_colour = is_terminal && !is_dumb && (!no_color || !no_color[0]),
		.is_quiet = options->is_quiet,
		.is_explaining = options->is_explaining || is_terminal,
		.verbosity = options->verbosity,
		.timestamp = options->timestamp,
		.label_width = p->streams.count > 1 ? p->streams.label_width : 0,
		.sequence_width = options->count ? digits(options->count) : 3,
	};
}

/* How many attempts may be remembered at once: those waiting, held, and watched on. */
static uint32_t attempts_needed(const struct pipeline *p)
{
	const struct options *options = p->options;
	uint64_t alive_ns = options->timeout_ns + options->hold_ns + WATCH_ON_NS + SECOND_NS;
	uint64_t interval_ns = options->interval_ns > MILLISECOND_NS ? options->interval_ns : MILLISECOND_NS;
	uint64_t each = alive_ns / interval_ns + 1;

	if (options->count && options->count < each)
		each = options->count;
	each = each * p->streams.count;
	return each < 64 ? 64 : (uint32_t)min_ns(each, ATTEMPTS_MAX);
}

static int open_signals(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	return signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
}

static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static int open_trace(struct pipeline *p, struct error *error)
{
	if (!p->options->trace_path)
		return 0;
	p->trace = fopen(p->options->trace_path, "we");
	if (!p->trace)
		return error_set(error, -errno, "cannot write the trace to %s: %s", p->options->trace_path, strerror(errno));
	return 0;
}

static int open_observer(struct pipeline *p, struct error *error)
{
	uint32_t attempts = attempts_needed(p);
	uint64_t ring_bytes = p->options->ring_bytes;
	struct observer_config config;

	if (!ring_bytes) {
		ring_bytes = (uint64_t)attempts * ATTEMPT_RING_BYTES;
		ring_bytes = ring_bytes < RING_BYTES_MIN ? RING_BYTES_MIN : min_ns(ring_bytes, RING_BYTES_MAX);
	}
	config = (struct observer_config){.ring_bytes = ring_bytes, .attempts = attempts};
	p->observer = observer_new(&config, error);
	if (!p->observer)
		return -EPERM;
	p->correlator = correlator_new(attempts);
	if (!p->correlator || probe_table_init(&p->probes, attempts) < 0)
		return error_set(error, -ENOMEM, "out of memory for %u connection attempts", attempts);
	return 0;
}

static int open_pipeline(struct pipeline *p, struct error *error)
{
	int result;

	if (streams_init(&p->streams, &p->options->targets) < 0)
		return error_set(error, -ENOMEM, "out of memory for %zu targets", p->options->targets.count);
	raise_file_limit();
	uname(&p->system);
	set_style(p);
	p->signal_fd = open_signals();
	p->resolver = resolver_new();
	p->routes = routes_new();
	p->plan = plan_new(p->streams.count, p->options->count, p->options->interval_ns);
	if (p->signal_fd < 0 || !p->resolver || !p->routes || !p->plan)
		return error_set(error, -errno, "cannot start: %s", strerror(errno));
	result = streams_ask(&p->streams, p->resolver, p->options->family);
	if (result < 0)
		return error_set(error, result, "cannot resolve names: %s", strerror(-result));
	result = open_trace(p, error);
	return result < 0 ? result : open_observer(p, error);
}

static void start_literals(struct pipeline *p)
{
	uint64_t now_ns = clock_now_ns();

	for (uint32_t i = 0; i < p->streams.count; i++)
		if (p->streams.streams[i].is_resolved)
			start_stream(p, i, now_ns);
}

static void close_pipeline(struct pipeline *p)
{
	for (uint32_t i = 0; i < p->probes.fresh; i++)
		prober_close(&p->probes.probes[i].socket, prober_sink(p));
	if (p->trace)
		fclose(p->trace);
	probe_table_release(&p->probes);
	correlator_free(p->correlator);
	observer_free(p->observer);
	plan_free(p->plan);
	routes_free(p->routes);
	resolver_free(p->resolver);
	if (p->signal_fd >= 0)
		close(p->signal_fd);
	streams_release(&p->streams);
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

	if (open_pipeline(&pipeline, &error) < 0) {
		fprintf(stderr, "ktcping: %s\n", error.text);
	} else {
		pipeline.started_ns = clock_now_ns();
		start_literals(&pipeline);
		run(&pipeline);
		summarize(&pipeline);
		code = check_output(out, streams_exit_code(&pipeline.streams, options));
	}
	close_pipeline(&pipeline);
	return code;
}
