// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Put the parts of a run together, and take them apart. */
#include "user/app/run/open.h"

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "user/app/run/arguments.h"
#include "user/app/run/turns.h"
#include "user/app/signals.h"
#include "user/app/xalloc.h"
#include "user/io/proc_text.h"

#define ATTEMPT_RING_BYTES 4096 /* some 15 records */
#define PATH_RING_BYTES	   2048 /* and the most that its path can have */
#define RING_BYTES_MIN	   (1u << 20)
#define RING_BYTES_MAX	   (16u << 20)
/*
 * Where connects wait while the ring is crowded; SYNs that the kernel repeats by its timers do not,
 * and some 8 ms of them come at once.
 */
#define TALLY_RING_BYTES_MAX (4u << 20)
#define DESCRIPTORS_SPARED   64u	 /* for everything but connects */
#define LEAST_MEMORY	     (64u << 20) /* where it cannot be told */
/* Of a connect under way: some 6 KiB of the kernel's, the rest is ours */
#define CONNECT_BYTES 10240u
/*
 * of each lane: those that the kernel has released and user space has not, or the other way
 * round
 */
#define UNHEARD		 1024u
#define IPV4_LABEL_WIDTH 21 /* 255.255.255.255:65535 */

static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static unsigned processors(void)
{
	cpu_set_t set;
	unsigned count =
		sched_getaffinity(0, sizeof(set), &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;

	return count < OBSERVER_RINGS_MAX ? count : OBSERVER_RINGS_MAX;
}

/* 0: it cannot be told. What only caches files is available. */
static uint64_t available_memory(void)
{
	char kib[32];

	return proc_read_field("/proc/meminfo", "MemAvailable", kib, sizeof(kib)) == 0
		       ? strtoull(kib, NULL, 10) * 1024
		       : 0;
}

static uint64_t descriptors_spared(const struct run *run)
{
	return DESCRIPTORS_SPARED + origin_descriptors(run->options->namespace_count, processors());
}

static uint64_t descriptors(const struct run *run)
{
	uint64_t spared = descriptors_spared(run);
	struct rlimit files;
	bool is_known = getrlimit(RLIMIT_NOFILE, &files) == 0 &&
			files.rlim_cur > spared + DESCRIPTORS_SPARED;

	return is_known ? files.rlim_cur - spared : UINT64_MAX;
}

/* Each namespace keeps one: what cannot be enough for all of them is said before any is opened. */
static int check_namespaces(const struct run *run, struct error *error)
{
	uint64_t needed = descriptors_spared(run);
	struct rlimit files;

	if (run->options->namespace_count < 2 || getrlimit(RLIMIT_NOFILE, &files) < 0 ||
	    files.rlim_cur >= needed)
		return 0;
	return error_set(error, -EMFILE,
			 "%zu network namespaces (-N) need up to %" PRIu64
			 " file descriptors, and the limit is %" PRIu64
			 "; raise the limit (ulimit -n %" PRIu64 "), or name fewer at once",
			 run->options->namespace_count, needed, (uint64_t)files.rlim_cur, needed);
}

/* At all origins and, as far as one can tell, with all addresses. */
static uint64_t targets_known(const struct run *run)
{
	uint64_t each =
		run->origin_count * (run->options->is_all_addresses ? LOOKUP_MAX_ADDRESSES : 1);
	uint64_t targets;

	return __builtin_mul_overflow(run->hosts.target_count, each, &targets) ? UINT64_MAX
									       : targets;
}

static void set_policy(struct run *run)
{
	const struct options *options = run->options;
	uint64_t memory = available_memory();
	struct policy_request request = {
		.count = options->count,
		.asks_many = options->asks_many,
		.wants_row = format_has(options->format, FORMAT_HAS_ROWS),
		.is_held = options->hold_ns != HALF_OPEN,
		.is_shown_whole = options->verbosity > 0,
		.needs_series = run->output.trace || options->source.first_port ||
				options->resolve_every || options->until >= 0,
		.targets = targets_known(run),
		.interval_ns = options->interval_ns,
		.processors = processors(),
		.inflight = options->inflight,
		.descriptors = descriptors(run),
		.connects_in_memory = (memory ? memory : LEAST_MEMORY) / 4 / CONNECT_BYTES + 64,
	};

	run->hold_ns = request.is_held ? options->hold_ns : 0;
	request.alive_ns = options->timeout_ns + run->hold_ns + WATCH_ON_NS + SECOND_NS;
	run->policy = policy_for(&request);
	run->source.is_shared = run->policy.lanes > 1;
}

static size_t ring_bytes(const struct run *run)
{
	size_t each = ATTEMPT_RING_BYTES + (run->options->verbosity > 0 ? PATH_RING_BYTES : 0);
	size_t most = run->policy.keeps_targets ? RING_BYTES_MAX : TALLY_RING_BYTES_MAX,
	       bytes = run->policy.attempts * each;

	if (run->options->ring_bytes)
		return run->options->ring_bytes;
	return bytes < RING_BYTES_MIN ? RING_BYTES_MIN : min_ns(bytes, most);
}

static int open_observer(struct run *run, struct error *error)
{
	const struct options *options = run->options;
	struct observer_config config = {
		.ring_bytes = ring_bytes(run),
		.rings = run->policy.lanes,
		.attempts = run->policy.attempts * run->policy.lanes,
		.has_path = options->verbosity > 0,
		.may_detach = options->count != 1 && options->interval_ns > REST_NS,
		.forgets_at_close = run->policy.kernel_forgets,
		.netns = run->origin_count == 1 ? origin_netns(run->origins[0]) : 0,
	};

	if (run->policy.kernel_forgets)
		config.attempts += UNHEARD * run->policy.lanes;
	run->observer = observer_new(&config, error);
	return run->observer ? 0 : -EPERM;
}

static int open_lanes(struct run *run, struct error *error)
{
	run->lanes = must(calloc(run->policy.lanes, sizeof(*run->lanes)));
	while (run->lane_count < run->policy.lanes) {
		unsigned index = run->lane_count++;
		int result = lane_open(&run->lanes[index], run, index, error);

		if (result < 0)
			return result;
	}
	return 0;
}

/*
 * So that lines are in columns from the first one on: for the longest name on the command line;
 * what a file has is not known.
 */
static size_t longest_label(const struct run *run)
{
	const struct host_list *hosts = &run->options->hosts;
	size_t longest = run->options->file ? IPV4_LABEL_WIDTH : 0;
	char label[TARGET_LABEL_MAX];

	for (size_t i = 0; i < hosts->count; i++) {
		const struct host *host = &hosts->hosts[i];
		const struct port_range *last = &host->ports.ranges[host->ports.count - 1];
		bool is_network = host->free_bits && host->literal.family == AF_INET;
		size_t length = is_network ? IPV4_LABEL_WIDTH
					   : strlen(target_label(host->name, last->last, label));

		if (length > longest)
			longest = length;
	}
	return longest;
}

static void set_columns(struct run *run)
{
	run->label_width = longest_label(run);
	if (run->policy.keeps_targets)
		return; /* by their titles, as they come */
	run->output.style.label_width = run->label_width;
	run->output.style.sequence_width = 0;
}

/* Fewer than wished for are waited for; with none at all no probe would ever start. */
static int check_descriptors(const struct run *run, struct error *error)
{
	int fd = dup(run->signal_fd);

	if (fd < 0)
		return error_set(
			error, -errno,
			"no file descriptors left for probes (%s); raise the limit (ulimit -n)",
			strerror(errno));
	close(fd);
	return 0;
}

int run_open(struct run *run, struct error *error)
{
	int result;

	raise_file_limit();
	result = check_namespaces(run, error);
	if (result == 0)
		result = run_open_arguments(run, error);
	if (result < 0)
		return result;
	run->signal_fd = signals_open(0);
	run->over_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (run->signal_fd < 0 || hosts_start(&run->hosts) < 0)
		return error_set(error, -errno, "cannot start: %s", strerror(errno));
	hosts_read_ahead(&run->hosts);
	set_policy(run);
	set_columns(run);
	result = check_descriptors(run, error);
	if (result == 0)
		result = open_observer(run, error);
	if (result == 0)
		result = open_lanes(run, error);
	return result == 0 ? check_descriptors(run, error) : result;
}

void run_close(struct run *run)
{
	for (unsigned i = 0; i < run->lane_count; i++)
		lane_close(&run->lanes[i]);
	free(run->lanes);
	target_source_release(&run->source);
	session_release(&run->session);
	observer_free(run->observer);
	hosts_release(&run->hosts);
	for (size_t i = 0; i < run->origin_count; i++)
		origin_free(run->origins[i]);
	free(run->origins);
	if (run->signal_fd >= 0)
		close(run->signal_fd);
	if (run->over_fd >= 0)
		close(run->over_fd);
	output_close(&run->output);
}
