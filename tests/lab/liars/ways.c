/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One connect, in the way that is asked for by name. Usage: ways [-w MS] WAY HOST PORT; without
 * arguments it lists the ways.
 *
 * It prints the way and what it learned ("poll: ECONNREFUSED"), and ends with 0 when that is
 * "connected", else with 1.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/lab/liars/way.h"

#define WAY_FROM_END 3 /* WAY HOST PORT */

int way_patience_ms = 500;

static const struct way *const groups[] = {asking_ways, option_ways, sharing_ways, ending_ways,
					   ring_ways};
static const size_t group_count = sizeof(groups) / sizeof(groups[0]);

int way_error(int fd)
{
	int error = 0;
	socklen_t length = sizeof(error);

	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0 ? errno : error;
}

int way_poll(int fd)
{
	struct pollfd wanted = {.fd = fd, .events = POLLOUT};

	return poll(&wanted, 1, way_patience_ms) == 1 ? way_error(fd) : ETIMEDOUT;
}

int way_begin(const struct target *target)
{
	int fd = target_socket(target, SOCK_NONBLOCK);
	int error = target_connect(target, fd);

	if (error && error != EINPROGRESS)
		fprintf(stderr, "connect: %s\n", strerrorname_np(error));
	return fd;
}

static const struct way *find(const char *name)
{
	for (size_t i = 0; i < group_count; i++)
		for (const struct way *way = groups[i]; way->name; way++)
			if (strcmp(way->name, name) == 0)
				return way;
	return NULL;
}

static int usage(void)
{
	fputs("usage: ways [-w MS] WAY HOST PORT, where WAY is one of\n", stderr);
	for (size_t i = 0; i < group_count; i++)
		for (const struct way *way = groups[i]; way->name; way++)
			fprintf(stderr, "  %-18s %s\n", way->name, way->what);
	return 2;
}

int main(int argc, char **argv)
{
	const struct way *way = argc > WAY_FROM_END ? find(argv[argc - WAY_FROM_END]) : NULL;
	struct target target;
	int error;

	if (!way)
		return usage();
	if (getopt(argc, argv, "+w:") == 'w')
		way_patience_ms = (int)strtol(optarg, NULL, 10);
	target = target_of(argc, argv);
	error = way->go(&target);
	printf("%s: %s\n", way->name, error ? strerrorname_np(error) : "connected");
	return error != 0;
}
