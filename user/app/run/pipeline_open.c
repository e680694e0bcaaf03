// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Put the parts together, and take them apart. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "user/app/run/pipeline_parts.h"
#include "user/app/run/signals.h"
#include "user/io/clock.h"

/* A server that has not accepted repeats its SYN-ACK after 1 s. */
#define ATTEMPT_RING_BYTES 4096 /* some 15 records */
#define PATH_RING_BYTES	   2048 /* and the most that its path can have */
#define RING_BYTES_MIN	   (1u << 20)
#define RING_BYTES_MAX	   (16u << 20)

/* In all places and, as far as one can tell, with all addresses. */
static uint64_t targets_known(const struct pipeline *p)
{
	uint64_t each = p->place_count * (p->options->is_all_addresses ? RESOLVER_MAX_ADDRESSES : 1);
	uint64_t targets;

	return __builtin_mul_overflow(p->hosts.target_count, each, &targets) ? UINT64_MAX : targets;
}

/* How many attempts may be remembered at once: those waiting, held, and watched on. Each may be asked again. */
static uint32_t attempts_needed(const struct pipeline *p)
{
	const struct options *options = p->options;
	uint64_t alive_ns = options->timeout_ns + p->hold_ns + WATCH_ON_NS + SECOND_NS;
	uint64_t interval_ns = options->interval_ns > MILLISECOND_NS ? options->interval_ns : MILLISECOND_NS;
	uint64_t each = alive_ns / interval_ns + 1, all;

	if (options->count && options->count < each)
		each = options->count;
	if (__builtin_mul_overflow(2 * each, targets_known(p), &all))
		all = ATTEMPTS_MAX;
	return all < 64 ? 64 : (uint32_t)min_ns(all, ATTEMPTS_MAX);
}

static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static int open_observer(struct pipeline *p, struct error *error)
{
	uint32_t attempts = attempts_needed(p);
	uint64_t ring_bytes = p->options->ring_bytes;
	bool has_path = p->options->verbosity > 0;
	struct program_sizes sizes;

	if (!ring_bytes) {
		ring_bytes = (uint64_t)attempts * (ATTEMPT_RING_BYTES + (has_path ? PATH_RING_BYTES : 0));
		ring_bytes = ring_bytes < RING_BYTES_MIN ? RING_BYTES_MIN : min_ns(ring_bytes, RING_BYTES_MAX);
	}
	sizes = (struct program_sizes){
		.ring_bytes = ring_bytes,
		.rings = 1,
		.attempts = attempts,
		.has_path = has_path,
		.may_rest = p->options->count != 1 && p->options->interval_ns > REST_NS,
		.netns = pipeline_only_netns(p),
	};
	p->may_rest = sizes.may_rest;
	p->observer = observer_new(&sizes, error);
	if (!p->observer)
		return -EPERM;
	p->ring = observer_ring(p->observer, 0);
	p->correlator = correlator_new(attempts, WATCH_ON_NS);
	if (!p->correlator || probe_table_init(&p->probes, attempts) < 0)
		return error_set(error, -ENOMEM, "out of memory for %u connection attempts", attempts);
	return 0;
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

	p->hold_ns = options->hold_ns == HALF_OPEN ? 0 : options->hold_ns;
	if (options->rate != RATE_BY_DISTANCE)
		p->pace = pace_make((double)options->rate);
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
	p->signal_fd = signals_open(0);
	if (p->signal_fd < 0 || hosts_start(&p->hosts) < 0)
		return error_set(error, -errno, "cannot start: %s", strerror(errno));
	hosts_read_ahead(&p->hosts);
	return check_descriptors(p, error);
}

int pipeline_open_probes(struct pipeline *p, struct error *error)
{
	int result;

	set_plan(p);
	result = open_observer(p, error);
	return result < 0 ? result : check_descriptors(p, error);
}

void pipeline_begin(struct pipeline *p)
{
	prctl(PR_SET_TIMERSLACK, 1); /* sleep exactly as long as the interval says */
	set_times(p);
	if (p->renderer->begin)
		p->renderer->begin(p->out, &p->style);
	note_output(p);
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
