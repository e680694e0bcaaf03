// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* By file handles where cgroup2 is mounted, else by what /proc says of the process. */
#include "user/io/process/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* FILEID_KERNFS of include/linux/exportfs.h: the handle is the id itself. */
#define KERNFS_HANDLE 0xfe

static const char *const mounts[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};

struct cgroups {
	const char *mount; /* NULL: there is none here */
	int mount_fd;
};

static bool is_cgroup2(const char *path)
{
	struct statfs file_system;

	return statfs(path, &file_system) == 0 && file_system.f_type == CGROUP2_SUPER_MAGIC;
}

static const char *mount_here(void)
{
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++)
		if (is_cgroup2(mounts[i]))
			return mounts[i];
	return NULL;
}

int cgroup_find(const char *path, uint64_t *ret_id, struct error *ret_error)
{
	const char *mount = mount_here();
	char joined[PATH_MAX], real[PATH_MAX];
	struct stat directory;

	if (!realpath(path, real) || !is_cgroup2(real)) {
		snprintf(joined, sizeof(joined), "%s/%s", mount ? mount : mounts[0], path);
		if (!realpath(joined, real) || !is_cgroup2(real))
			return error_set(ret_error, -ENOENT,
					 "--cgroup %s is no cgroup of the unified hierarchy; give "
					 "its path below %s",
					 path, mount ? mount : mounts[0]);
	}
	if (stat(real, &directory) < 0)
		return error_set(ret_error, -errno, "--cgroup %s cannot be looked at: %s", path,
				 strerror(errno));
	*ret_id = directory.st_ino;
	return 0;
}

struct cgroups *cgroups_new(void)
{
	struct cgroups *cgroups = calloc(1, sizeof(*cgroups));

	if (!cgroups)
		return NULL;
	cgroups->mount = mount_here();
	cgroups->mount_fd =
		cgroups->mount ? open(cgroups->mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	return cgroups;
}

void cgroups_free(struct cgroups *cgroups)
{
	if (!cgroups)
		return;
	if (cgroups->mount_fd >= 0)
		close(cgroups->mount_fd);
	free(cgroups);
}

/* Of an open directory, below the mount. Returns a new string, or NULL. */
static char *path_of(const char *mount, int fd)
{
	char link[64], path[PATH_MAX];
	size_t below = strlen(mount);
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, path, sizeof(path) - 1);
	if (length < (ssize_t)below)
		return NULL;
	path[length] = '\0';
	return strdup(path[below] ? path + below : "/");
}

static char *ask_handle(const struct cgroups *cgroups, uint64_t id)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + sizeof(id)];
	} file = {.handle = {.handle_bytes = sizeof(id), .handle_type = KERNFS_HANDLE}};
	char *path;
	int fd;

	memcpy(file.handle.f_handle, &id, sizeof(id));
	fd = open_by_handle_at(cgroups->mount_fd, &file.handle, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	path = path_of(cgroups->mount, fd);
	close(fd);
	return path;
}

/* The line of the unified hierarchy begins with "0::". */
static char *ask_process(uint32_t pid)
{
	char name[64], line[PATH_MAX], *path = NULL;
	FILE *file;

	snprintf(name, sizeof(name), "/proc/%u/cgroup", pid);
	file = fopen(name, "re");
	while (file && !path && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "0::", 3) == 0)
			path = strdup(line + 3);
	}
	if (file)
		fclose(file);
	return path;
}

char *cgroups_path(const struct cgroups *cgroups, uint64_t id, uint32_t pid)
{
	char *path = cgroups->mount_fd >= 0 ? ask_handle(cgroups, id) : NULL;

	return path ? path : ask_process(pid);
}
