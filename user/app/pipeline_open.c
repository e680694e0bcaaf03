// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Put the parts together, and take them apart. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/app/must.h"
#include "user/app/pipeline_parts.h"
#include "user/app/terminal.h"
#include "user/io/clock.h"

#define HOLD_TARGETS_MAX 64 /* beyond this many targets it is a scan, and nothing is held */
/* A server that has not accepted repeats its SYN-ACK after 1 s. */
#define DEFAULT_HOLD_NS	   1200000000ull
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

static const struct renderer *renderer_of(enum format format)
{
	switch (format) {
	case FORMAT_TEXT:
		break;
	case FORMAT_JSON:
		return &json_renderer;
	case FORMAT_CSV:
		return &csv_renderer;
	case FORMAT_FPING:
		return &fping_renderer;
	}
	return &text_renderer;
}

static void set_style(struct pipeline *p)
{
	const struct options *options = p->options;

	p->renderer = renderer_of(options->format);
	p->is_live = terminal_is_live(p->out) && options->format == FORMAT_TEXT && !options->is_quiet;
	p->style = terminal_style(p->out);
	p->style.is_quiet = options->is_quiet;
	p->style.is_explaining = options->is_explaining || p->style.columns > 0;
	p->style.verbosity = options->verbosity;
	p->style.timestamp = options->timestamp;
	p->style.sequence_width = options->count ? digits(options->count) : 3;
	p->style.has_histogram = options->has_histogram;
}

/* In all places and, as far as one can tell, with all addresses. */
static uint64_t targets_known(const struct pipeline *p)
{
	uint64_t each = p->place_count * (p->options->is_all_addresses ? RESOLVER_MAX_ADDRESSES : 1);
	uint64_t targets;

	return __builtin_mul_overflow(p->hosts.target_count, each, &targets) ? UINT64_MAX : targets;
}

/* How many attempts may be remembered at once: those waiting, held, and watched on. */
static uint32_t attempts_needed(const struct pipeline *p)
{
	const struct options *options = p->options;
	uint64_t alive_ns = options->timeout_ns + p->hold_ns + WATCH_ON_NS + SECOND_NS;
	uint64_t interval_ns = options->interval_ns > MILLISECOND_NS ? options->interval_ns : MILLISECOND_NS;
	uint64_t each = alive_ns / interval_ns + 1, all;

	if (options->count && options->count < each)
		each = options->count;
	if (__builtin_mul_overflow(each, targets_known(p), &all))
		all = ATTEMPTS_MAX;
	return all < 64 ? 64 : (uint32_t)min_ns(all, ATTEMPTS_MAX);
}

static int open_signals(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGQUIT);
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

static bool is_family_wanted(const struct options *options, int family)
{
	return options->family == AF_UNSPEC || options->family == family;
}

/* The socket options are tried before anything is probed: a wrong device or address is the command line's fault, not a target's. */
static int check_place(const struct pipeline *p, const struct place *place, struct error *error)
{
	static const int families[] = {AF_INET, AF_INET6};

	for (int i = 0; i < 2; i++) {
		int result = is_family_wanted(p->options, families[i]) ? place_check(place, families[i], error) : 0;

		if (result < 0 && result != -EAFNOSUPPORT) /* a host without IPv6: its targets will tell */
			return result;
	}
	return 0;
}

static int open_places(struct pipeline *p, struct error *error)
{
	const struct options *options = p->options;
	size_t count = options->namespace_count ? options->namespace_count : 1;

	p->places = must(calloc(count, sizeof(struct place *)));
	for (; p->place_count < count; p->place_count++) {
		const char *netns = options->namespace_count ? options->namespaces[p->place_count] : NULL;
		struct place *place = place_new(netns, &options->source, error);
		int result;

		if (!place)
			return -EINVAL;
		result = check_place(p, place, error);
		if (result < 0) {
			place_free(place);
			return result;
		}
		p->places[p->place_count] = place;
	}
	return 0;
}

/* Opened for writing, it would be empty before the targets are read. */
static int spare_target_file(const struct options *options, struct error *error)
{
	struct stat in, out;
	int result;

	if (!options->file || !options->output_path || stat(options->output_path, &out) < 0 || !S_ISREG(out.st_mode))
		return 0;
	result = strcmp(options->file, "-") ? stat(options->file, &in) : fstat(STDIN_FILENO, &in);
	if (result < 0 || in.st_dev != out.st_dev || in.st_ino != out.st_ino)
		return 0;
	return error_set(error, -EINVAL, "-o %s would overwrite the targets of -f before they are read; write to another file",
			 options->output_path);
}

static int open_output(struct pipeline *p, struct error *error)
{
	const char *path = p->options->output_path;
	FILE *out = path ? fopen(path, "we") : stdout;

	if (!out)
		return error_set(error, -errno, "cannot write to %s (-o): %s", path, strerror(errno));
	p->out = out;
	set_style(p);
	return 0;
}

/* What the command line names: hosts, places, files. */
static int open_arguments(struct pipeline *p, struct error *error)
{
	int result = hosts_init(&p->hosts, p->options, error);

	if (result == 0)
		result = open_places(p, error);
	if (result == 0)
		result = spare_target_file(p->options, error);
	if (result < 0)
		p->failure = EXIT_USAGE;
	if (result == 0)
		result = open_output(p, error);
	return result == 0 ? open_trace(p, error) : result;
}

/* So that lines are in columns from the first one on. */
static size_t longest_label(const struct host_list *hosts)
{
	char label[TARGET_LABEL_MAX];
	size_t longest = 0;

	for (size_t i = 0; i < hosts->count; i++) {
		size_t length = strlen(target_label(hosts->hosts[i].name, port_list_at(&hosts->hosts[i].ports, 0), label));

		if (length > longest)
			longest = length;
	}
	return longest;
}

static void set_plan(struct pipeline *p)
{
	const struct options *options = p->options;

	p->hold_ns = options->hold_ns;
	if (p->hold_ns == HOLD_BY_TARGETS)
		p->hold_ns = targets_known(p) <= HOLD_TARGETS_MAX ? DEFAULT_HOLD_NS : 0;
	p->plan = (struct plan){.count = options->count, .interval_ns = options->interval_ns};
	p->streams = (struct streams){
		.options = options,
		.places = p->places,
		.place_count = p->place_count,
		.title_width = longest_label(&options->hosts),
	};
}

static void set_times(struct pipeline *p)
{
	const struct options *options = p->options;

	p->started_ns = clock_now_ns();
	p->deadline_ns = options->deadline_ns ? p->started_ns + options->deadline_ns : UINT64_MAX;
	p->report_ns = options->report_every_ns ? p->started_ns + options->report_every_ns : UINT64_MAX;
}

/* Fewer than wished for are waited for; with none at all nothing would ever be probed. */
static int check_descriptors(const struct pipeline *p, struct error *error)
{
	int fd = dup(p->signal_fd);

	if (fd < 0)
		return error_set(error, -errno, "no file descriptors left for probes (%s); raise the limit (ulimit -n)", strerror(errno));
	close(fd);
	return 0;
}

int pipeline_open(struct pipeline *p, struct error *error)
{
	int result;

	raise_file_limit(); /* each namespace takes some */
	result = open_arguments(p, error);
	if (result < 0)
		return result;
	uname(&p->system);
	set_plan(p);
	p->signal_fd = open_signals();
	if (p->signal_fd < 0 || hosts_start(&p->hosts) < 0)
		return error_set(error, -errno, "cannot start: %s", strerror(errno));
	hosts_read_ahead(&p->hosts);
	result = open_observer(p, error);
	if (result == 0)
		result = check_descriptors(p, error);
	if (result < 0)
		return result;
	prctl(PR_SET_TIMERSLACK, 1); /* sleep exactly as long as the interval says */
	set_times(p);
	if (p->renderer->begin)
		p->renderer->begin(p->out, &p->style);
	note_output(p);
	return 0;
}

static void close_output(struct pipeline *p)
{
	if (p->out != stdout)
		fclose(p->out);
}

void pipeline_close(struct pipeline *p)
{
	struct waiting *next;

	for (uint32_t i = 0; i < p->probes.fresh; i++)
		prober_close(&p->probes.probes[i].socket, pipeline_sink(p));
	for (struct waiting *waiting = p->first_waiting; waiting; waiting = next) {
		next = waiting->next;
		free(waiting);
	}
	if (p->trace)
		fclose(p->trace);
	probe_table_release(&p->probes);
	correlator_free(p->correlator);
	observer_free(p->observer);
	streams_release(&p->streams);
	hosts_release(&p->hosts);
	for (size_t i = 0; i < p->place_count; i++)
		place_free(p->places[i]);
	free(p->places);
	if (p->signal_fd >= 0)
		close(p->signal_fd);
	close_output(p);
}
