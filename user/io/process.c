// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Read line by line. */
#include "user/io/process.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "user/io/proc_text.h"

#define DEPTH_MAX   32
#define SYN_SENT    2
#define SOCKETS_MAX 4096

int process_open(pid_t pid)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	return fd < 0 ? -errno : fd;
}

struct walk {
	bool (*take)(void *context, pid_t child);
	void *context;
	bool is_over;
};

static void walk_children(struct walk *walk, pid_t pid, int depth);

static void walk_task(struct walk *walk, pid_t pid, const char *tid, int depth)
{
	char path[PATH_MAX];
	long child;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%s/children", pid, tid);
	file = fopen(path, "re");
	while (file && !walk->is_over && fscanf(file, "%ld", &child) == 1) {
		walk->is_over = !walk->take(walk->context, (pid_t)child);
		walk_children(walk, (pid_t)child, depth + 1);
	}
	if (file)
		fclose(file);
}

static void walk_children(struct walk *walk, pid_t pid, int depth)
{
	char path[64];
	struct dirent *task;
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	tasks = depth < DEPTH_MAX ? opendir(path) : NULL;
	while (tasks && !walk->is_over && (task = readdir(tasks)))
		if (isdigit((unsigned char)task->d_name[0]))
			walk_task(walk, pid, task->d_name, depth);
	if (tasks)
		closedir(tasks);
}

void process_descendants(pid_t pid, bool (*take)(void *context, pid_t child), void *context)
{
	struct walk walk = {.take = take, .context = context};

	walk_children(&walk, pid, 0);
}

/* The inodes of its sockets. Returns how many. */
static size_t socket_inodes(pid_t pid, uint64_t *inodes, size_t room)
{
	char path[64], link[PATH_MAX], target[64];
	struct dirent *fd;
	size_t count = 0;
	DIR *fds;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	fds = opendir(path);
	while (fds && count < room && (fd = readdir(fds))) {
		ssize_t length;

		snprintf(link, sizeof(link), "%s/%s", path, fd->d_name);
		length = readlink(link, target, sizeof(target) - 1);
		if (length <= 0)
			continue;
		target[length] = '\0';
		count += sscanf(target, "socket:[%" SCNu64 "]", &inodes[count]) == 1;
	}
	if (fds)
		closedir(fds);
	return count;
}

/* "0100007F:0050": words in this machine's own byte order. */
static struct address address_of(const char *hex, unsigned port, int family)
{
	uint32_t words[4] = {0};
	struct address address;

	for (int i = 0; i < (family == AF_INET ? 1 : 4); i++)
		sscanf(hex + 8 * i, "%8" SCNx32, &words[i]);
	address = address_make(family, words, (uint16_t)port);
	return address_unmapped(&address);
}

static bool has_inode(const uint64_t *inodes, size_t count, uint64_t inode)
{
	for (size_t i = 0; i < count; i++)
		if (inodes[i] == inode)
			return true;
	return false;
}

static bool read_socket(const char *line, int family, struct process_connect *connect, uint64_t *ret_inode)
{
	char local[40], remote[40];
	unsigned local_port, remote_port, state, uid;

	if (sscanf(line, " %*u: %32[0-9A-F]:%x %32[0-9A-F]:%x %x %*s %*s %*s %u %*u %" SCNu64, local, &local_port, remote, &remote_port,
		   &state, &uid, ret_inode) != 7 ||
	    state != SYN_SENT)
		return false;
	*connect = (struct process_connect){address_of(local, local_port, family), address_of(remote, remote_port, family), uid};
	return true;
}

static size_t read_sockets(pid_t pid, const char *name, int family, const uint64_t *inodes, size_t inode_count,
			   struct process_connect *connects, size_t room)
{
	char path[64], line[512];
	size_t count = 0;
	uint64_t inode;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/net/%s", pid, name);
	file = fopen(path, "re");
	while (file && count < room && fgets(line, sizeof(line), file))
		if (read_socket(line, family, &connects[count], &inode) && has_inode(inodes, inode_count, inode))
			count++;
	if (file)
		fclose(file);
	return count;
}

size_t process_connects(pid_t pid, struct process_connect *connects, size_t room)
{
	uint64_t *inodes = calloc(SOCKETS_MAX, sizeof(*inodes));
	size_t inode_count = inodes ? socket_inodes(pid, inodes, SOCKETS_MAX) : 0, count = 0;

	if (inode_count) {
		count = read_sockets(pid, "tcp", AF_INET, inodes, inode_count, connects, room);
		count += read_sockets(pid, "tcp6", AF_INET6, inodes, inode_count, connects + count, room - count);
	}
	free(inodes);
	return count;
}

char *process_comm(pid_t pid, char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	if (proc_read_line(path, name, 16) < 0)
		memcpy(name, "?", 2);
	return name;
}

uint32_t process_netns(pid_t pid)
{
	struct stat namespace;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	return stat(path, &namespace) == 0 ? (uint32_t) namespace.st_ino : 0;
}
