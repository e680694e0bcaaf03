/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Many connects at once, as an event loop makes them, without fault: epoll, then SO_ERROR, and who
 * has not answered in time is given up.
 *
 * Usage: epoll-client [-w MS] ROUNDS HOST PORT... It connects to each port in each round, and
 * prints how many were open.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "tests/lab/liars/target.h"

#define WAVE 64 /* at once */

struct wave {
	int epoll_fd;
	int fds[WAVE]; /* -1: over */
	unsigned started, pending, open;
};

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void finish(struct wave *wave, unsigned number, int error)
{
	close(wave->fds[number]);
	wave->fds[number] = -1;
	wave->pending--;
	wave->open += error == 0;
}

static void start(struct wave *wave, const struct target *target)
{
	unsigned number = wave->started++;
	struct epoll_event event = {.events = EPOLLOUT, .data.u32 = number};
	int fd = target_socket(target, SOCK_NONBLOCK), error = target_connect(target, fd);

	wave->fds[number] = fd;
	wave->pending++;
	if (error != EINPROGRESS)
		finish(wave, number, error);
	else
		epoll_ctl(wave->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

static void take(struct wave *wave, const struct epoll_event *event)
{
	int error = 0;
	socklen_t length = sizeof(error);

	if (getsockopt(wave->fds[event->data.u32], SOL_SOCKET, SO_ERROR, &error, &length) < 0)
		error = errno;
	finish(wave, event->data.u32, error);
}

/* Returns how many were open. */
static unsigned end(struct wave *wave, long patience_ms)
{
	long deadline_ms = now_ms() + patience_ms, left_ms = patience_ms;

	for (; wave->pending && left_ms > 0; left_ms = deadline_ms - now_ms()) {
		struct epoll_event events[WAVE];
		int count = epoll_wait(wave->epoll_fd, events, WAVE, (int)left_ms);

		for (int i = 0; i < count; i++)
			take(wave, &events[i]);
	}
	for (unsigned i = 0; i < wave->started; i++)
		if (wave->fds[i] >= 0)
			finish(wave, i, ETIMEDOUT);
	wave->started = 0;
	return wave->open;
}

int main(int argc, char **argv)
{
	struct wave wave = {.epoll_fd = epoll_create1(EPOLL_CLOEXEC)};
	long patience_ms = 1200, rounds;
	int first_port;

	if (getopt(argc, argv, "+w:") == 'w')
		patience_ms = strtol(optarg, NULL, 10);
	first_port = optind + 2;
	if (argc <= first_port)
		return 2;
	rounds = strtol(argv[optind], NULL, 10);
	for (long round = 0; round < rounds; round++) {
		for (int i = first_port; i < argc; i++) {
			char *names[] = {argv[0], argv[optind + 1], argv[i]};
			struct target target = target_of(3, names);

			start(&wave, &target);
			if (wave.started == WAVE)
				end(&wave, patience_ms);
		}
	}
	printf("%u open\n", end(&wave, patience_ms));
	return 0;
}
