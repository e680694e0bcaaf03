// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Read line by line. */
#include "user/io/process/process.h"

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
#include <unistd.h>

#include "user/io/proc_text.h"

#define DEPTH_MAX	 32
#define ESTABLISHED	 1
#define SYN_SENT	 2
#define TIMER_RETRANSMIT 1
#define TICKS_A_SECOND	 100 /* USER_HZ */
#define SOCKETS_MAX	 4096

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

/* Its descriptors as /proc words them ("socket:[4711]"); take says whether to go on. */
static void walk_descriptors(pid_t pid, bool (*take)(void *context, const char *target),
			     void *context)
{
	char path[64], link[PATH_MAX], target[64];
	bool goes_on = true;
	struct dirent *fd;
	DIR *fds;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	fds = opendir(path);
	while (fds && goes_on && (fd = readdir(fds))) {
		ssize_t length;

		snprintf(link, sizeof(link), "%s/%s", path, fd->d_name);
		length = readlink(link, target, sizeof(target) - 1);
		if (length <= 0)
			continue;
		target[length] = '\0';
		goes_on = take(context, target);
	}
	if (fds)
		closedir(fds);
}

static bool take_ring(void *context, const char *target)
{
	bool *has_ring = context;

	*has_ring = strcmp(target, "anon_inode:[io_uring]") == 0;
	return !*has_ring;
}

bool process_has_ring(pid_t pid)
{
	bool has_ring = false;

	walk_descriptors(pid, take_ring, &has_ring);
	return has_ring;
}

struct sockets {
	uint64_t *inodes;
	size_t count;
};

static bool take_socket(void *context, const char *target)
{
	struct sockets *sockets = context;

	sockets->count +=
		sscanf(target, "socket:[%" SCNu64 "]", &sockets->inodes[sockets->count]) == 1;
	return sockets->count < SOCKETS_MAX;
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

static bool has_inode(const struct sockets *sockets, uint64_t inode)
{
	for (size_t i = 0; i < sockets->count; i++)
		if (sockets->inodes[i] == inode)
			return true;
	return false;
}

static bool read_socket(const char *line, int family, unsigned wanted_state,
			struct process_connect *connect, uint64_t *ret_inode)
{
	unsigned local_port, remote_port, state, uid, timer, ticks;
	char local[40], remote[40];

	if (sscanf(line, " %*u: %32[0-9A-F]:%x %32[0-9A-F]:%x %x %*s %x:%x %*s %u %*u %" SCNu64,
		   local, &local_port, remote, &remote_port, &state, &timer, &ticks, &uid,
		   ret_inode) != 9 ||
	    state != wanted_state)
		return false;
	*connect = (struct process_connect){
		address_of(local, local_port, family), address_of(remote, remote_port, family), uid,
		timer == TIMER_RETRANSMIT, ticks * (1000 / TICKS_A_SECOND)};
	return true;
}

/* Those in that state; connects may be NULL: then they are only counted. */
static size_t read_sockets(pid_t pid, const char *name, int family, unsigned state,
			   const struct sockets *sockets, struct process_connect *connects,
			   size_t room)
{
	char path[64], line[512];
	struct process_connect connect;
	size_t count = 0;
	uint64_t inode;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/net/%s", pid, name);
	file = fopen(path, "re");
	while (file && count < room && fgets(line, sizeof(line), file)) {
		if (!read_socket(line, family, state, &connect, &inode) ||
		    !has_inode(sockets, inode))
			continue;
		if (connects)
			connects[count] = connect;
		count++;
	}
	if (file)
		fclose(file);
	return count;
}

static size_t find_sockets(pid_t pid, unsigned state, struct process_connect *connects, size_t room)
{
	struct sockets sockets = {.inodes = calloc(SOCKETS_MAX, sizeof(*sockets.inodes))};
	size_t count = 0;

	if (sockets.inodes)
		walk_descriptors(pid, take_socket, &sockets);
	if (sockets.count) {
		count = read_sockets(pid, "tcp", AF_INET, state, &sockets, connects, room);
		count += read_sockets(pid, "tcp6", AF_INET6, state, &sockets,
				      connects ? connects + count : NULL, room - count);
	}
	free(sockets.inodes);
	return count;
}

size_t process_connects(pid_t pid, struct process_connect *connects, size_t room)
{
	return find_sockets(pid, SYN_SENT, connects, room);
}

size_t process_connections(pid_t pid)
{
	return find_sockets(pid, ESTABLISHED, NULL, SIZE_MAX);
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
