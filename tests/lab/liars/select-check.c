/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A port check that takes "writable" for success: select() wakes up for a socket that has failed as
 * well, and SO_ERROR is never asked.
 */
#include <errno.h>
#include <sys/select.h>
#include <sys/time.h>
#include <unistd.h>

#include "tests/lab/liars/target.h"

#define TIMEOUT_MS 5000

static int is_writable(int fd)
{
	struct timeval timeout = {.tv_sec = TIMEOUT_MS / 1000};
	fd_set writable;

	FD_ZERO(&writable);
	FD_SET(fd, &writable);
	return select(fd + 1, NULL, &writable, NULL, &timeout) > 0 && FD_ISSET(fd, &writable);
}

int main(int argc, char **argv)
{
	struct target target = target_of(argc, argv);
	int fd = target_socket(&target, SOCK_NONBLOCK), error = target_connect(&target, fd);
	int is_open = error == 0 || (error == EINPROGRESS && is_writable(fd));

	close(fd);
	return target_say(&target, is_open);
}
