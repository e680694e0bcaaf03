/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A port check that looks for POLLOUT and overlooks the POLLERR that stands beside it. */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "tests/lab/liars/target.h"

#define TIMEOUT_MS 5000

static int is_ready(int fd)
{
	struct pollfd wanted = {.fd = fd, .events = POLLOUT};

	return poll(&wanted, 1, TIMEOUT_MS) == 1 && wanted.revents & POLLOUT;
}

int main(int argc, char **argv)
{
	struct target target = target_of(argc, argv);
	int fd = target_socket(&target, SOCK_NONBLOCK), error = target_connect(&target, fd);
	int is_open = error == 0 || (error == EINPROGRESS && is_ready(fd));

	close(fd);
	return target_say(&target, is_open);
}
