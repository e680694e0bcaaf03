/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * tcping.exe's way, ported: poll with a send() of no bytes until it does not say "not connected"
 * any more. Winsock says WSAENOTCONN so long; Linux says EAGAIN, which the port takes for a
 * connection whose buffer is full.
 */
#include <errno.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/lab/liars/target.h"

#define TRIES_MAX 100000

static int is_connected(int fd)
{
	for (int i = 0; i < TRIES_MAX; i++) {
		if (send(fd, "", 0, MSG_NOSIGNAL) == 0 || errno == EWOULDBLOCK)
			return 1;
		if (errno != ENOTCONN)
			return 0;
		sched_yield();
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct target target = target_of(argc, argv);
	int fd = target_socket(&target, SOCK_NONBLOCK), error = target_connect(&target, fd);
	int is_open = error == 0 || (error == EINPROGRESS && is_connected(fd));

	close(fd);
	return target_say(&target, is_open);
}
