/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who else has the socket: another descriptor, a thread, a child, a stranger. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lab/liars/way.h"

#define HIGH_FD 100

static int go_dup(const struct target *target)
{
	int fd = way_begin(target), other = fcntl(fd, F_DUPFD_CLOEXEC, HIGH_FD), error;

	close(fd);
	error = way_poll(other);
	close(other);
	return error;
}

/* What the child ends with. */
static int wait_for(pid_t pid)
{
	int status = 0;

	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		_exit(2);
	return WEXITSTATUS(status);
}

/* The parent connects and closes, the child asks. */
static int go_fork(const struct target *target)
{
	int fd = way_begin(target);
	pid_t pid = fork();

	if (pid == 0)
		_exit(way_poll(fd));
	close(fd);
	return wait_for(pid);
}

static void give(int channel, int fd)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {.header = {.cmsg_len = CMSG_LEN(sizeof(int)),
				.cmsg_level = SOL_SOCKET,
				.cmsg_type = SCM_RIGHTS}};
	struct iovec part = {"", 1};
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = &control,
				 .msg_controllen = sizeof(control)};

	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	if (sendmsg(channel, &message, 0) != 1)
		_exit(2);
}

static int take(int channel)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec part = {&byte, 1};
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = &control,
				 .msg_controllen = sizeof(control)};
	int fd;

	if (recvmsg(channel, &message, 0) != 1 || message.msg_controllen < CMSG_LEN(sizeof(int)))
		_exit(2);
	memcpy(&fd, CMSG_DATA(&control.header), sizeof(fd));
	return fd;
}

/* The child connects and ends, the parent asks. */
static int go_pass(const struct target *target)
{
	int channel[2], fd, error;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, channel) < 0)
		_exit(2);
	pid = fork();
	if (pid == 0) {
		give(channel[1], way_begin(target));
		_exit(0);
	}
	fd = take(channel[0]);
	wait_for(pid);
	error = way_poll(fd);
	close(fd);
	return error;
}

/*
 * A child that was there before, and never connected, is given the socket, asks, and closes it
 * first.
 */
static int go_lend(const struct target *target)
{
	int channel[2], fd, error;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, channel) < 0)
		_exit(2);
	pid = fork();
	if (pid == 0)
		_exit(way_poll(take(channel[0])));
	fd = way_begin(target);
	give(channel[1], fd);
	error = wait_for(pid);
	close(fd);
	return error;
}

struct question {
	int fd, error;
};

static void *ask(void *data)
{
	struct question *question = data;

	question->error = way_poll(question->fd);
	return NULL;
}

static int go_thread(const struct target *target)
{
	struct question question = {.fd = way_begin(target)};
	pthread_t thread;

	if (pthread_create(&thread, NULL, ask, &question) != 0)
		_exit(2);
	pthread_join(thread, NULL);
	close(question.fd);
	return question.error;
}

const struct way sharing_ways[] = {
	{"dup", go_dup, "asks by a second descriptor, the first one is closed"},
	{"fork", go_fork, "connects; its child asks"},
	{"pass", go_pass, "its child connects, passes the descriptor on and ends"},
	{"lend", go_lend, "connects; a child that was there before asks, and closes first"},
	{"thread", go_thread, "connects; another thread asks"},
	{NULL, NULL, NULL},
};
