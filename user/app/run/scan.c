// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A scan's run: how many threads, how many connects at once, signals and the deadline; the threads do the rest. */
#include "user/app/run/scan.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "user/app/run/scan_parts.h"
#include "user/app/terminal.h"
#include "user/app/xalloc.h"
#include "user/io/clock.h"
#include "user/io/proc_text.h"

#define TICK_NS		    (100 * MILLISECOND_NS)
#define SHARD_WORTH_TARGETS 2048 /* a thread more is worth it for so many targets more */
#define INFLIGHT_MAX	    16384u
#define DESCRIPTORS_SPARED  64u		/* for everything but connects */
#define LEAST_MEMORY	    (64u << 20) /* where it cannot be told */
#define CONNECT_BYTES	    10240u	/* of a connect under way: some 6 KiB of the kernel's, the rest is ours */
/* Of each thread. Connects wait while it is crowded; SYNs that the kernel repeats by its timers do not, and some 8 ms of them come at once. */
#define RING_BYTES (4u << 20)

/* What a scan has no place for: all that is about several probes of a target, or about what comes after a verdict. */
static bool has_other_wishes(const struct options *options)
{
	return options->hold_ns != HALF_OPEN || options->until >= 0 || options->give_up_after || options->resolve_every ||
	       options->is_changes_only || options->is_reporting_outstanding || options->report_every_ns || options->is_audible ||
	       options->source.first_port || options->format == FORMAT_FPING;
}

bool scan_is_meant(const struct pipeline *p)
{
	const struct options *options = p->options;
	uint64_t targets = p->hosts.target_count;
	bool is_many = __builtin_mul_overflow(targets, p->place_count, &targets) || targets > SCAN_ABOVE_TARGETS;

	if (options->is_count_given && options->count != 1)
		return false;
	return (is_many || options->is_shuffled || options->is_open_only) && !has_other_wishes(options);
}

static unsigned processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}

/* A trace is one stream of events. */
static unsigned shards_for(const struct pipeline *p)
{
	uint64_t worth = p->hosts.target_count / SHARD_WORTH_TARGETS + 1;
	unsigned most = processors() < PROGRAM_RINGS_MAX ? processors() : PROGRAM_RINGS_MAX;

	if (p->options->inflight && most > p->options->inflight)
		most = p->options->inflight;
	return p->trace || worth < 2 ? 1 : worth < most ? (unsigned)worth : most;
}

/* 0: it cannot be told. What only caches files is available. */
static uint64_t available_memory(void)
{
	char kib[32];

	return proc_read_field("/proc/meminfo", "MemAvailable", kib, sizeof(kib)) == 0 ? strtoull(kib, NULL, 10) * 1024 : 0;
}

static uint32_t inflight_for(const struct pipeline *p, unsigned shards)
{
	const struct options *options = p->options;
	uint64_t most = options->inflight ? options->inflight : INFLIGHT_MAX, targets = p->hosts.target_count;
	uint64_t memory = available_memory();
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur > 2 * DESCRIPTORS_SPARED)
		most = min_ns(most, files.rlim_cur - DESCRIPTORS_SPARED);
	if (!options->inflight)
		most = min_ns(most, (memory ? memory : LEAST_MEMORY) / 4 / CONNECT_BYTES + 64);
	most /= shards; /* more would be more than was asked for */
	if (!__builtin_mul_overflow(targets, p->place_count, &targets))
		most = min_ns(most, targets); /* of each shard: one may be quicker, and take more of them than its share */
	return (uint32_t)most;
}

static int open_observer(struct scan *scan, struct error *error)
{
	const struct options *options = scan->p->options;
	struct program_sizes sizes = {
		.ring_bytes = options->ring_bytes ? options->ring_bytes : RING_BYTES,
		.rings = scan->shard_count,
		.attempts = (scan->inflight + 1024) * scan->shard_count,
		.has_path = options->verbosity > 0,
		.forgets_at_close = true,
		.netns = pipeline_only_netns(scan->p),
	};
	scan->p->observer = observer_new(&sizes, error);
	return scan->p->observer ? 0 : -EPERM;
}

static int open_scan(struct scan *scan, struct error *error)
{
	int result;

	scan->shard_count = shards_for(scan->p);
	scan->inflight = inflight_for(scan->p, scan->shard_count);
	result = open_observer(scan, error);
	if (result < 0)
		return result;
	scan->shards = must(calloc(scan->shard_count, sizeof(*scan->shards)));
	for (unsigned i = 0; i < scan->shard_count; i++) {
		result = shard_open(&scan->shards[i], scan, i, error);
		if (result < 0)
			return result;
	}
	return 0;
}

static void end_scan(struct scan *scan, enum abandon_cause cause)
{
	scan->cause = cause;
	__atomic_store_n(&scan->is_ended, true, __ATOMIC_RELEASE);
	scan_source_end(&scan->source);
}

static void take_signal(struct scan *scan, uint32_t signal)
{
	struct pipeline *p = scan->p;

	if (signal == SIGQUIT) {
		if (terminal_is_live(stderr))
			fputc('\n', stderr);	   /* below the terminal's own ^\ */
		observer_note_misses(p->observer); /* the threads hear of it when they drain next */
		scan_show_tally(scan, &text_renderer, stderr, false);
	} else if (scan->is_ended) {
		__atomic_store_n(&scan->is_impatient, true, __ATOMIC_RELEASE);
	} else {
		if (p->is_live)
			fputc('\n', p->out); /* below the terminal's own ^C */
		end_scan(scan, ABANDON_INTERRUPTED);
	}
}

/* The first thread's work is not done here: it has a thread like all others, and this one only waits. */
static void watch(struct scan *scan)
{
	struct pipeline *p = scan->p;
	struct pollfd fds[] = {{.fd = p->signal_fd, .events = POLLIN}, {.fd = scan->over_fd, .events = POLLIN}};
	struct timespec tick = {.tv_nsec = (long)TICK_NS};
	struct signalfd_siginfo info;
	uint64_t now_ns;

	while (__atomic_load_n(&scan->running, __ATOMIC_ACQUIRE)) {
		ppoll(fds, 2, &tick, NULL);
		while (read(p->signal_fd, &info, sizeof(info)) == sizeof(info))
			take_signal(scan, info.ssi_signo);
		now_ns = clock_now_ns();
		if ((now_ns >= p->deadline_ns || __atomic_load_n(&scan->is_starved, __ATOMIC_RELAXED)) && !scan->is_ended)
			end_scan(scan, ABANDON_DEADLINE);
		scan_show_progress(scan, now_ns);
	}
}

static void *run_shard(void *context)
{
	struct scan_shard *shard = context;

	prctl(PR_SET_TIMERSLACK, 1); /* of this thread */
	shard_run(shard);
	if (__atomic_sub_fetch(&shard->scan->running, 1, __ATOMIC_ACQ_REL) == 0)
		eventfd_write(shard->scan->over_fd, 1);
	return NULL;
}

#define IPV4_LABEL_WIDTH 21 /* 255.255.255.255:65535 */

/* Lines are in columns for the longest name on the command line; what a file has is not known. */
static size_t label_width(const struct pipeline *p)
{
	const struct host_list *hosts = &p->options->hosts;
	size_t width = p->options->file ? IPV4_LABEL_WIDTH : 0;
	char label[TARGET_LABEL_MAX];

	for (size_t i = 0; i < hosts->count; i++) {
		const struct host *host = &hosts->hosts[i];
		const struct port_range *last = &host->ports.ranges[host->ports.count - 1];
		size_t length = host->free_bits && host->literal.family == AF_INET ? IPV4_LABEL_WIDTH
										   : strlen(target_label(host->name, last->last, label));

		if (length > width)
			width = length;
	}
	return width;
}

/* Returns 0, or -errno when there is no thread to be had at all. */
static int start_shards(struct scan *scan, struct error *error)
{
	scan->running = scan->shard_count;
	for (unsigned i = 0; i < scan->shard_count; i++) {
		int result = pthread_create(&scan->shards[i].thread, NULL, run_shard, &scan->shards[i]);

		if (result == 0) {
			scan->started++;
			continue;
		}
		__atomic_sub_fetch(&scan->running, scan->shard_count - i, __ATOMIC_ACQ_REL);
		return i ? 0 : error_set(error, -result, "cannot start a thread: %s", strerror(result));
	}
	return 0;
}

/* Some that were given out may never have had their turn. */
static bool has_begun_all(struct scan *scan, const struct tally *total)
{
	return scan_source_has_given_all(&scan->source) && total->targets == scan->source.taken;
}

static void say_unbegun(struct scan *scan)
{
	struct tally total = scan_total(scan);

	if (scan->is_ended && !has_begun_all(scan, &total))
		fputs("ktcping: the run ended before all targets were begun with: some are neither probed nor summarised\n", stderr);
	tally_release(&total);
}

/* By DESIGN's order. */
static enum exit_code exit_code_of(struct scan *scan)
{
	struct tally total = scan_total(scan);
	uint64_t incomplete = tally_status(&total, STATUS_INCOMPLETE), unresolved = scan->unresolved;
	bool is_all = total.stats.expected == total.targets && has_begun_all(scan, &total);

	tally_release(&total);
	return scan->p->hosts.has_failed ? EXIT_USAGE
	       : incomplete		 ? EXIT_UNOBSERVED
	       : scan->is_starved	 ? EXIT_UNOBSERVED
	       : unresolved		 ? EXIT_UNRESOLVED
	       : is_all			 ? EXIT_EXPECTED
					 : EXIT_UNEXPECTED;
}

static enum exit_code run_scan(struct scan *scan)
{
	struct pipeline *p = scan->p;
	struct error error;
	int result = open_scan(scan, &error);

	if (result == 0) {
		p->style.label_width = label_width(p);
		p->style.sequence_width = 0;
		pipeline_begin(p);
		result = start_shards(scan, &error);
	}
	if (result < 0) {
		fprintf(stderr, "ktcping: %s\n", error.text);
		return EXIT_UNOBSERVED;
	}
	watch(scan);
	for (unsigned i = 0; i < scan->started; i++)
		pthread_join(scan->shards[i].thread, NULL);
	if (scan->is_ended)
		hosts_say_unanswered(&p->hosts);
	observer_note_misses(p->observer);
	for (unsigned i = 0; i < scan->started; i++)
		shard_drain(&scan->shards[i]);
	scan_show_tally(scan, p->renderer, p->out, true);
	say_unbegun(scan);
	return exit_code_of(scan);
}

enum exit_code scan_run(struct pipeline *p)
{
	struct scan scan = {.p = p, .over_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
	enum exit_code code;

	pthread_mutex_init(&scan.out_lock, NULL);
	scan_source_init(&scan.source, &p->hosts, p->options);
	code = run_scan(&scan);
	for (unsigned i = 0; scan.shards && i < scan.shard_count; i++)
		shard_close(&scan.shards[i]);
	free(scan.shards);
	scan_source_release(&scan.source);
	pthread_mutex_destroy(&scan.out_lock);
	if (scan.over_fd >= 0)
		close(scan.over_fd);
	return code;
}
