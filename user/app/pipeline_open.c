// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Put the parts together, and take them apart. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "user/app/pipeline_parts.h"

#define ATTEMPTS_MAX	   16384u
#define ATTEMPT_RING_BYTES 4096 /* some 15 records */
#define RING_BYTES_MIN	   (1u << 20)
#define RING_BYTES_MAX	   (16u << 20)

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
		.columns = is_terminal ? terminal_columns(p->out) : 0,
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

int pipeline_open(struct pipeline *p, struct error *error)
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

void pipeline_close(struct pipeline *p)
{
	for (uint32_t i = 0; i < p->probes.fresh; i++)
		prober_close(&p->probes.probes[i].socket, (struct prober_sink){pipeline_feed, p});
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
