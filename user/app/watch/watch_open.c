// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Put the parts of a watch together, and take them apart. */
#include "user/app/watch/watch_open.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/app/signals.h"
#include "user/app/watch/watch_feed.h"
#include "user/app/watch/watch_lookup.h"
#include "user/app/watch/watch_signals.h"
#include "user/io/clock.h"
#include "user/io/net/netns.h"
#include "user/io/pidfd.h"
#include "user/io/process/process.h"

/* So many of the kernel side's places are for connects that user space has not heard of yet. */
#define ATTEMPTS_UNHEARD 16384u
/* 25 records of 120 to 260 bytes a connect, 20,000 connects a second: a fifth of a second. */
#define RING_BYTES (16u << 20)

static int open_output(struct watch *w, struct error *error)
{
	struct output *output = &w->output;
	int result = output_open(output, w->options, w->options->command ? stderr : stdout, error);

	if (result < 0)
		return result;
	w->outlet = (struct outlet){.fd = fileno(output->file),
				    .wake_fd = -1,
				    .may_wait = watch_take_signals,
				    .context = w};
	output->out = outlet_open(&w->outlet);
	if (!output->out)
		return error_set(error, -errno, "out of memory");
	setvbuf(output->out, NULL, _IONBF, 0); /* an outbox is that already */
	output->is_by_line = w->options->command && !w->options->output_path;
	w->outbox.output = output;
	return 0;
}

static int find_netns(const char *name, uint32_t *ret_inode, struct error *error)
{
	struct error cause;
	struct stat namespace;
	int fd = netns_open(name, &cause);

	if (fd < 0)
		return error_set(error, fd, "--netns %.60s: %s", name, cause.text);
	if (fstat(fd, &namespace) < 0) {
		close(fd);
		return error_set(error, -errno, "--netns %.60s cannot be looked at: %s", name,
				 strerror(errno));
	}
	*ret_inode = (uint32_t) namespace.st_ino;
	close(fd);
	return 0;
}

static int set_filter(struct watch *w, struct error *error)
{
	const struct options *options = w->options;
	struct observer_filter *filter = &w->filter;
	int result = 0;

	filter->follows_children = options->follows_children || options->command;
	filter->has_tasks = options->pid_count || options->command;
	filter->looks_back = options->pid_count;
	snprintf(filter->comm, sizeof(filter->comm), "%s", options->comm ? options->comm : "");
	if (options->cgroup)
		result = cgroup_find(options->cgroup, &filter->cgroup, error);
	if (result == 0 && options->netns)
		result = find_netns(options->netns, &filter->netns, error);
	return result;
}

static int open_processes(struct watch *w, struct error *error)
{
	const struct options *options = w->options;

	w->pid_fds = calloc(options->pid_count + 1, sizeof(*w->pid_fds));
	if (!w->pid_fds)
		return error_set(error, -ENOMEM, "out of memory");
	for (size_t i = 0; i < options->pid_count; i++)
		w->pid_fds[i] = -1;
	for (size_t i = 0; i < options->pid_count; i++) {
		int fd = pidfd_of(options->pids[i]);

		if (fd == -EINVAL)
			return error_set(
				error, fd,
				"-p %d is a thread, not a process; give the number of its process",
				options->pids[i]);
		if (fd < 0)
			return error_set(error, fd, "-p %d cannot be watched: %s%s",
					 options->pids[i], strerror(-fd),
					 fd == -ESRCH ? "; it has ended, or never was" : "");
		w->pid_fds[i] = fd;
		w->pids_left++;
		w->connections_before += process_connections(options->pids[i]);
	}
	return 0;
}

/* Each thread group found is one more to be watched. */
static bool watch_task(void *context, pid_t pid)
{
	struct watch *w = context;

	return observer_watch(w->intake.observer, (uint32_t)pid, process_has_ring(pid)) == 0;
}

static int watch_processes(struct watch *w, struct error *error)
{
	const struct options *options = w->options;
	bool is_watched = !w->launch.pid || watch_task(w, w->launch.pid);

	for (size_t i = 0; i < options->pid_count; i++) {
		is_watched &= watch_task(w, options->pids[i]);
		if (options->follows_children)
			process_descendants(options->pids[i], watch_task, w);
	}
	return is_watched ? 0
			  : error_set(error, -errno, "cannot watch so many processes: %s",
				      strerror(errno));
}

/*
 * Where they are now; 0: in several namespaces, or not known. The kernel side looks further as soon
 * as one of them connects from elsewhere.
 */
static uint32_t common_netns(const struct watch *w)
{
	const struct options *options = w->options;
	uint32_t netns = w->launch.pid ? process_netns(w->launch.pid) : 0;

	if (w->filter.netns || !w->filter.has_tasks)
		return w->filter.netns;
	for (size_t i = 0; i < options->pid_count; i++) {
		uint32_t next = process_netns(options->pids[i]);

		if (!next || (netns && next != netns))
			return 0;
		netns = next;
	}
	return netns;
}

static int open_observer(struct watch *w, struct error *error)
{
	struct intake *intake = &w->intake;
	struct observer_config config = {
		.ring_bytes = w->options->ring_bytes ? w->options->ring_bytes : RING_BYTES,
		.rings = 1,
		.attempts = correlator_room((size_t)WATCH_TABLE_MIB << 20) + ATTEMPTS_UNHEARD,
		.netns = common_netns(w),
		.filter = &w->filter,
	};

	intake->session = &w->session;
	intake->trace = w->output.trace;
	intake->recorder = w->output.recorder;
	intake->observer = observer_new(&config, error);
	if (!intake->observer)
		return -EPERM;
	intake->ring = observer_ring(intake->observer, 0);
	ring_bound(intake->ring);
	intake->correlator =
		correlator_new(observer_attempts(intake->observer) - ATTEMPTS_UNHEARD, WATCH_ON_NS);
	w->cgroups = cgroups_new();
	if (!intake->correlator || !w->cgroups)
		return error_set(error, -ENOMEM, "out of memory");
	return watch_processes(w, error);
}

static void name_subject(struct watch *w)
{
	const struct options *options = w->options;
	size_t room = sizeof(w->subject), used = 0;
	const struct {
		const char *what;
		const char *name;
	} choices[] = {
		{"comm", options->comm}, {"cgroup", options->cgroup}, {"netns", options->netns}};

	if (options->command)
		used += (size_t)snprintf(w->subject, room, "%s (pid %d)", options->command[0],
					 w->launch.pid);
	for (size_t i = 0; i < options->pid_count && used < room; i++)
		used += (size_t)snprintf(w->subject + used, room - used, "%s%d", i ? "," : "pid ",
					 options->pids[i]);
	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]) && used < room; i++)
		if (choices[i].name)
			used += (size_t)snprintf(w->subject + used, room - used, "%s%s %s",
						 used ? ", " : "", choices[i].what,
						 choices[i].name);
	if (!used)
		snprintf(w->subject, room, "everybody");
}

int watch_open(struct watch *w, struct error *error)
{
	int result = set_filter(w, error);

	if (result == 0)
		result = open_processes(w, error);
	if (result < 0)
		w->failure = EXIT_USAGE;
	if (result == 0)
		result = open_output(w, error);
	if (result < 0)
		return result;
	if (w->options->pid_count) /* they may have ended before the first turn */
		watch_look_for_preload(w, clock_now_ns());
	w->signal_fd = signals_open(SIGCHLD);
	if (w->signal_fd < 0)
		return error_set(error, -errno, "cannot start: %s", strerror(errno));
	w->outlet.wake_fd = w->signal_fd;
	name_subject(w);
	w->intake.sink = (struct ring_sink){watch_feed, w};
	w->intake.take = watch_take;
	return open_observer(w, error);
}

void watch_close(struct watch *w)
{
	launch_abandon(&w->launch);
	for (size_t i = 0; w->pid_fds && i < w->options->pid_count; i++)
		if (w->pid_fds[i] >= 0)
			close(w->pid_fds[i]);
	free(w->pid_fds);
	correlator_free(w->intake.correlator);
	observer_free(w->intake.observer);
	session_release(&w->session);
	cgroups_free(w->cgroups);
	origin_free(w->origin);
	watch_rows_release(&w->rows);
	if (w->output.out && w->output.out != w->output.file)
		fclose(w->output.out);
	output_close(&w->output);
	if (w->signal_fd >= 0)
		close(w->signal_fd);
}
