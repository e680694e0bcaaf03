/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A port check that reads SO_ERROR twice: once for its log, and then to decide. The first read
 * clears it, the second one says 0.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/lab/liars/target.h"

#define TIMEOUT_MS 5000

static int socket_error(int fd)
{
	int error = 0;
	socklen_t length = sizeof(error);

	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0 ? errno : error;
}

static int is_connected(int fd)
{
	struct pollfd wanted = {.fd = fd, .events = POLLOUT};

	if (poll(&wanted, 1, TIMEOUT_MS) != 1)
		return 0;
	fprintf(stderr, "debug: ready, error %s\n", strerrorname_np(socket_error(fd)));
	return socket_error(fd) == 0;
}

int main(int argc, char **argv)
{
	struct target target = target_of(argc, argv);
	int fd = target_socket(&target, SOCK_NONBLOCK), error = target_connect(&target, fd);
	int is_open = error == 0 || (error == EINPROGRESS && is_connected(fd));

	close(fd);
	return target_say(&target, is_open);
}
