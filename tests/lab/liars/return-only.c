/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A port check that asks SO_ERROR and looks at what getsockopt() returns, not at what it wrote: it
 * was told, and did not listen.
 */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "tests/lab/liars/target.h"

#define TIMEOUT_MS 5000

static int is_connected(int fd)
{
	struct pollfd wanted = {.fd = fd, .events = POLLOUT};
	int error = 0;
	socklen_t length = sizeof(error);

	if (poll(&wanted, 1, TIMEOUT_MS) != 1)
		return 0;
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0;
}

int main(int argc, char **argv)
{
	struct target target = target_of(argc, argv);
	int fd = target_socket(&target, SOCK_NONBLOCK), error = target_connect(&target, fd);
	int is_open = error == 0 || (error == EINPROGRESS && is_connected(fd));

	close(fd);
	return target_say(&target, is_open);
}
