/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A port check that waits by the clock, and then asks SO_ERROR, once: 0 is what a socket says that
 * still waits. No call has told it to wait.
 */
#include <errno.h>
#include <unistd.h>

#include "tests/lab/liars/target.h"

#define PAUSE_MS 300

static int is_without_error(int fd)
{
	int error = 0;
	socklen_t length = sizeof(error);

	usleep(PAUSE_MS * 1000);
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error == 0;
}

int main(int argc, char **argv)
{
	struct target target = target_of(argc, argv);
	int fd = target_socket(&target, SOCK_NONBLOCK), error = target_connect(&target, fd);
	int is_open = error == 0 || (error == EINPROGRESS && is_without_error(fd));

	close(fd);
	return target_say(&target, is_open);
}
