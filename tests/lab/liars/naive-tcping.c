/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A ping for TCP ports that takes EINPROGRESS for success: connect() of a non-blocking socket "did
 * not fail".
 *
 * Usage: naive-tcping [-c COUNT] [-i SECONDS] HOST PORT
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "tests/lab/liars/target.h"

struct ping {
	struct target target;
	long count;
	double interval_s;
};

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int is_port_open(int fd, const struct target *target)
{
	int error = target_connect(target, fd);

	return error == 0 || error == EINPROGRESS;
}

/*
 * The socket is kept until the next one is due, so that the server does not see a flood of short
 * connections.
 */
static int ping_once(const struct ping *ping)
{
	int fd = target_socket(&ping->target, SOCK_NONBLOCK);
	double began_ms = now_ms();
	int is_open = is_port_open(fd, &ping->target);

	printf("Probing %s:%s/tcp - Port is %s - time=%.3fms\n", ping->target.host,
	       ping->target.port, is_open ? "open" : "closed", now_ms() - began_ms);
	fflush(stdout);
	usleep((useconds_t)(ping->interval_s * 1e6));
	close(fd);
	return is_open;
}

int main(int argc, char **argv)
{
	struct ping ping = {.count = 4, .interval_s = 1};
	long open_count = 0;
	int option;

	while ((option = getopt(argc, argv, "c:i:")) != -1) {
		if (option == 'c')
			ping.count = strtol(optarg, NULL, 10);
		else if (option == 'i')
			ping.interval_s = strtod(optarg, NULL);
		else
			return 2;
	}
	ping.target = target_of(argc, argv);
	for (long i = 0; i < ping.count; i++)
		open_count += ping_once(&ping);
	printf("%ld probes sent, %ld successful, %ld failed.\n", ping.count, open_count,
	       ping.count - open_count);
	return open_count == 0;
}
