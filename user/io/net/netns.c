// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* open(), setns() and the sentences for what may be wrong with a name. */
#include "user/io/net/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/*
 * Where iproute2 keeps them; the second is the older way to say it, and not everywhere a link to
 * the first.
 */
static const char *const folders[] = {"/run/netns", "/var/run/netns"};

/* A FIFO must not keep us waiting before it is looked at. */
static int open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static const char *kind_of_namespace(int type)
{
	switch (type) {
	case CLONE_NEWNS:
		return "a mount namespace";
	case CLONE_NEWUTS:
		return "a UTS namespace";
	case CLONE_NEWIPC:
		return "an IPC namespace";
	case CLONE_NEWPID:
		return "a PID namespace";
	case CLONE_NEWUSER:
		return "a user namespace";
	case CLONE_NEWCGROUP:
		return "a cgroup namespace";
	}
	return "another kind of namespace";
}

static const char *kind_of_file(int fd)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return "something else";
	if (S_ISDIR(status.st_mode))
		return "a directory";
	if (S_ISREG(status.st_mode)) /* what is left of a name whose mount is gone, too */
		return status.st_size ? "an ordinary file" : "an empty file";
	return "a special file";
}

/* Returns NULL for a network namespace, else what it is. */
static const char *what_else(int fd)
{
	struct statfs file_system;
	int type;

	if (fstatfs(fd, &file_system) < 0 || file_system.f_type != NSFS_MAGIC)
		return kind_of_file(fd);
	type = ioctl(fd, NS_GET_NSTYPE);
	return type == CLONE_NEWNET ? NULL : kind_of_namespace(type);
}

static int check(int fd, const char *path, struct error *ret_error)
{
	const char *kind = what_else(fd);

	if (!kind)
		return fd;
	error_set(ret_error, -EINVAL,
		  "%s is no network namespace, but %s; ip netns list shows those with a name", path,
		  kind);
	close(fd);
	return -EINVAL;
}

static bool is_number(const char *name)
{
	return *name && !name[strspn(name, "0123456789")];
}

static int open_path(const char *path, struct error *ret_error)
{
	int fd = open_file(path);

	if (fd < 0)
		return error_set(ret_error, fd, "%s cannot be opened as a network namespace: %s",
				 path, strerror(-fd));
	return check(fd, path, ret_error);
}

static int open_process(const char *pid, struct error *ret_error)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/ns/net", pid);
	fd = open_file(path);
	if (fd == -ENOENT || fd == -ENAMETOOLONG)
		return error_set(ret_error, -ENOENT,
				 "there is neither a network namespace of that name (ip netns "
				 "list) nor a process with that PID");
	if (fd == -EACCES || fd == -EPERM)
		return error_set(
			ret_error, fd,
			"the namespace of that process may not be looked at (%s); run as root",
			strerror(-fd));
	if (fd < 0)
		return error_set(ret_error, fd, "%s cannot be opened: %s", path, strerror(-fd));
	return check(fd, path, ret_error);
}

int netns_open(const char *name, struct error *ret_error)
{
	char path[PATH_MAX];

	if (strchr(name, '/'))
		return open_path(name, ret_error);
	if (!*name)
		return error_set(ret_error, -EINVAL,
				 "an empty name is no network namespace; ip netns list shows those "
				 "there are");
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		int fd;

		if ((size_t)snprintf(path, sizeof(path), "%s/%s", folders[i], name) >= sizeof(path))
			continue;
		fd = open_file(path);
		if (fd >= 0)
			return check(fd, path, ret_error);
		if (fd != -ENOENT && fd != -ENAMETOOLONG)
			return error_set(ret_error, fd, "%s cannot be opened: %s", path,
					 strerror(-fd));
	}
	if (is_number(name))
		return open_process(name, ret_error);
	return error_set(
		ret_error, -ENOENT,
		"there is no network namespace of that name; ip netns list shows those there are");
}

static bool find_named(const char *name, char *path, size_t size)
{
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]) && !strchr(name, '/'); i++)
		if ((size_t)snprintf(path, size, "%s/%s", folders[i], name) < size &&
		    access(path, F_OK) == 0)
			return true;
	return false;
}

char *netns_path(const char *name, char *text, size_t size)
{
	if (strchr(name, '/'))
		snprintf(text, size, "%s", name);
	else if (!find_named(name, text, size))
		snprintf(text, size, "/proc/%s/ns/net", name);
	return text;
}

char *netns_command(const char *name, const char *command, char *text, size_t size)
{
	char path[PATH_MAX];

	if (strchr(name, '/'))
		snprintf(text, size, "nsenter --net=%s %s", name, command);
	else if (find_named(name, path, sizeof(path)))
		snprintf(text, size, "ip netns exec %s %s", name, command);
	else
		snprintf(text, size, "nsenter -n -t %s %s", name, command);
	return text;
}

int netns_open_own(struct error *ret_error)
{
	static const char path[] = "/proc/thread-self/ns/net";
	int fd = open_file(path);

	if (fd < 0)
		return error_set(ret_error, fd,
				 "the own network namespace cannot be opened (%s): %s", path,
				 strerror(-fd));
	return fd;
}

int netns_is_same(int a_fd, int b_fd)
{
	struct stat a, b;

	if (fstat(a_fd, &a) < 0 || fstat(b_fd, &b) < 0)
		return -errno;
	return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

uint32_t netns_inode(void)
{
	struct stat status;

	return stat("/proc/thread-self/ns/net", &status) < 0 ? 0 : (uint32_t)status.st_ino;
}

uint32_t netns_inode_of(int fd)
{
	struct stat status;

	return fstat(fd, &status) < 0 ? 0 : (uint32_t)status.st_ino;
}

int netns_enter(int fd)
{
	return setns(fd, CLONE_NEWNET) < 0 ? -errno : 0;
}

void netns_leave(int own_fd)
{
	int error = errno;

	if (setns(own_fd, CLONE_NEWNET) < 0) {
		perror("ktcping: cannot return to the own network namespace");
		abort();
	}
	errno = error;
}
