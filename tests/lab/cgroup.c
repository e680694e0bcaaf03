/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A cgroup that does not outlive the test that made it, however it ends. */
#include "tests/lab/cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/types.h>
#include <unistd.h>

#include "tests/lab/child.h"
#include "user/base/error.h"

#define HIERARCHY  "/mnt"
#define OUTCOME_FD 3
#define MAX_TRIES  2000

/* What the guardian says once. */
struct outcome {
	int result;
	char path[CGROUP_PATH_MAX];
};

/* A test may have made cgroups in it; those have none. */
static bool remove_with_children(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;

	while (directory && (entry = readdir(directory)))
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
			unlinkat(dirfd(directory), entry->d_name, AT_REMOVEDIR);
	if (directory)
		closedir(directory);
	return rmdir(path) == 0;
}

/* Killing takes effect a little later. */
static void remove_cgroup(const char *path)
{
	char file[CGROUP_PATH_MAX + 16];
	int fd;

	snprintf(file, sizeof(file), "%s/cgroup.kill", path);
	fd = open(file, O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		if (write(fd, "1", 1) != 1)
			dprintf(STDERR_FILENO, "lab: %s: %s\n", file, strerror(errno));
		close(fd);
	}
	for (int tries = 0; tries < MAX_TRIES && !remove_with_children(path) && errno == EBUSY;
	     tries++)
		usleep(1000);
}

/* It makes the cgroup itself: there is no instant at which there is one and nobody to remove it. */
static _Noreturn void guard(void)
{
	struct outcome outcome = {.path = HIERARCHY "/ktcping-XXXXXX"};
	sigset_t end;
	int number;

	sigemptyset(&end);
	sigaddset(&end, SIGTERM);
	sigprocmask(SIG_BLOCK, &end, NULL);
	outcome.result = mkdtemp(outcome.path) ? 0 : -errno;
	if (write(OUTCOME_FD, &outcome, sizeof(outcome)) == (ssize_t)sizeof(outcome) &&
	    outcome.result == 0) {
		close(OUTCOME_FD);
		sigwait(&end, &number);
	}
	if (outcome.result == 0)
		remove_cgroup(outcome.path);
	_exit(0);
}

static int mount_hierarchy(struct error *ret_error)
{
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return error_set(ret_error, -errno, "cannot make a mount namespace: %s",
				 strerror(errno));
	if (mount("none", HIERARCHY, "cgroup2", 0, NULL) < 0)
		return error_set(ret_error, -errno, "cannot mount cgroup2 at " HIERARCHY ": %s",
				 strerror(errno));
	return 0;
}

int cgroup_new(char *ret_path, struct error *ret_error)
{
	struct outcome outcome = {.result = -EIO}; /* it died without a word */
	int fds[2], result = mount_hierarchy(ret_error);
	pid_t pid;

	if (result < 0)
		return result;
	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_set(ret_error, -errno, "cannot make a pipe: %s", strerror(errno));
	pid = child_fork("ktcping-cgroup", SIGTERM, fds[1]);
	if (pid == 0)
		guard();
	close(fds[1]);
	if (pid < 0 || read(fds[0], &outcome, sizeof(outcome)) < 0)
		outcome.result = -errno;
	close(fds[0]);
	if (outcome.result < 0)
		return error_set(ret_error, outcome.result, "cannot make a cgroup: %s",
				 strerror(-outcome.result));
	memcpy(ret_path, outcome.path, CGROUP_PATH_MAX);
	return 0;
}
