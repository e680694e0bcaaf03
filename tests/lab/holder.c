/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The process in which a lab host's network namespace lives. */
#include "tests/lab/holder.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lab/child.h"
#include "user/base/error.h"

#define OUTCOME_FD 3
#define MAX_LOOKS  100

struct setting {
	const char *name; /* below /proc/sys/net */
	const char *value;
};

/* A missing one is no failure: some kernels are older, some were built without. */
static const struct setting host_settings[] = {
	/* An address must be usable at once. */
	{"ipv6/conf/all/accept_dad", "0"},
	{"ipv6/conf/default/accept_dad", "0"},
	{"ipv6/conf/all/disable_ipv6", "0"},
	{"ipv6/conf/default/disable_ipv6", "0"},
	{"ipv6/conf/default/accept_ra", "0"},
	{"ipv6/conf/default/router_solicitations", "0"},
	/*
	 * `all` would win over the interface's own where it is larger, and a scenario sets
	 * rp_filter by itself.
	 */
	{"ipv4/conf/all/rp_filter", "0"},
	{"ipv4/conf/default/rp_filter", "0"},
	/* Each refusal is wanted. */
	{"ipv4/icmp_ratelimit", "0"},
	{"ipv4/icmp_msgs_per_sec", "1000000"},
	{"ipv4/icmp_msgs_burst", "1000000"},
	{"ipv6/icmp/ratelimit", "0"},
	{"ipv4/ping_group_range", "0 2147483647"},
};

static const struct setting router_settings[] = {
	{"ipv4/ip_forward", "1"},
	{"ipv6/conf/all/forwarding", "1"},
	{"ipv6/conf/default/forwarding", "1"},
};

static void apply(const struct setting *settings, size_t count)
{
	char path[256];
	int fd;

	for (size_t i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "/proc/sys/net/%s", settings[i].name);
		fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (write(fd, settings[i].value, strlen(settings[i].value)) < 0)
			dprintf(STDERR_FILENO, "lab: %s cannot be %s: %s\n", settings[i].name,
				settings[i].value, strerror(errno));
		close(fd);
	}
}

static ino_t namespace_of(const char *pid)
{
	struct stat status;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%.20s/ns/net", pid);
	return stat(path, &status) == 0 ? status.st_ino : 0;
}

/* One look at every process. Returns how many were killed. */
static unsigned kill_inhabitants(ino_t own)
{
	DIR *processes = opendir("/proc");
	struct dirent *entry;
	unsigned killed = 0;

	while (processes && (entry = readdir(processes))) {
		if (!isdigit((unsigned char)entry->d_name[0]) || atoi(entry->d_name) == getpid() ||
		    namespace_of(entry->d_name) != own)
			continue;
		kill(atoi(entry->d_name), SIGKILL);
		killed++;
	}
	if (processes)
		closedir(processes);
	return killed;
}

/*
 * What runs in the background of a test would keep the namespace alive. It may fork while we look:
 * look again until nobody is there.
 */
static void clear_namespace(void)
{
	ino_t own = namespace_of("self");

	for (int looks = 0; own && looks < MAX_LOOKS && kill_inhabitants(own); looks++)
		usleep(1000);
}

static _Noreturn void hold(const char *host_name, pid_t owner, bool is_router)
{
	char unique_name[64];
	int outcome, number;
	sigset_t end;

	sigemptyset(&end);
	sigaddset(&end, SIGTERM);
	sigprocmask(SIG_BLOCK, &end, NULL);
	outcome = unshare(CLONE_NEWNET | CLONE_NEWUTS) < 0 ? -errno : 0;
	if (outcome == 0) {
		snprintf(unique_name, sizeof(unique_name), "ktcping-%d-%d-%s", owner, getpid(),
			 host_name);
		sethostname(unique_name, strlen(unique_name));
		apply(host_settings, sizeof(host_settings) / sizeof(host_settings[0]));
		if (is_router)
			apply(router_settings,
			      sizeof(router_settings) / sizeof(router_settings[0]));
	}
	if (write(OUTCOME_FD, &outcome, sizeof(outcome)) < 0 || outcome < 0)
		_exit(1);
	close(OUTCOME_FD);
	sigwait(&end, &number);
	clear_namespace();
	_exit(0);
}

pid_t holder_start(const char *host_name, bool is_router, struct error *ret_error)
{
	char process_name[16];
	pid_t owner = getpid(), pid;
	int outcome = -EIO, fds[2]; /* EIO: it died without a word */

	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_set(ret_error, -errno, "cannot make a pipe: %s", strerror(errno));
	snprintf(process_name, sizeof(process_name), "ktcping-%x%c", (unsigned)owner, host_name[0]);
	pid = child_fork(process_name, SIGTERM, fds[1]);
	if (pid == 0)
		hold(host_name, owner, is_router);
	close(fds[1]);
	if (pid < 0 || read(fds[0], &outcome, sizeof(outcome)) < 0)
		outcome = -errno;
	close(fds[0]);
	if (outcome == 0)
		return pid;
	child_stop(pid, SIGKILL);
	return error_set(ret_error, outcome, "cannot make a network namespace: %s",
			 strerror(-outcome));
}
