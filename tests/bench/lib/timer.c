/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Connects with a stopwatch: blocking ones, or an epoll loop around non-blocking ones. */
#include "tests/bench/lib/timer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/lab/child.h"
#include "user/base/error.h"

#define NETNS_FD    3 /* where child_fork() leaves the one that is kept */
#define EVENTS_MAX  64
#define SPARE_FILES 64
#define BATCH	    64 /* starts between two looks at what has ended */

struct pending {
	int fd;
	uint64_t began_ns;
};

struct loop {
	struct timer_sample *samples;
	struct pending *pending; /* by the sample's number */
	const struct timer_plan *plan;
	size_t started, ended;
	int epoll_fd;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void finish(struct loop *loop, size_t number, uint64_t time_ns)
{
	struct pending *pending = &loop->pending[number];
	struct timer_sample *sample = &loop->samples[number];
	struct tcp_info info = {0};
	int error = 0;
	socklen_t length = sizeof(error), info_length = sizeof(info);

	getsockopt(pending->fd, SOL_SOCKET, SO_ERROR, &error, &length);
	getsockopt(pending->fd, IPPROTO_TCP, TCP_INFO, &info, &info_length);
	if (error == 0) {
		sample->elapsed_us = (double)(time_ns - pending->began_ns) / 1e3;
		sample->tcp_info_us = info.tcpi_rtt;
	}
	close(pending->fd);
	loop->ended++;
}

static void start(struct loop *loop)
{
	size_t number = loop->started++;
	struct timer_sample *sample = &loop->samples[number];
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)(loop->plan->first_port + number % loop->plan->ports))};
	struct epoll_event event = {.events = EPOLLOUT, .data.u64 = number};
	struct linger reset_on_close = {.l_onoff = 1, .l_linger = 0};
	struct pending *pending = &loop->pending[number];
	socklen_t length = sizeof(address);
	uint64_t ended_ns;

	inet_pton(AF_INET, LAB_PEER4, &address.sin_addr);
	sample->port = ntohs(address.sin_port);
	pending->fd =
		socket(AF_INET, SOCK_STREAM | (loop->plan->is_blocking ? 0 : SOCK_NONBLOCK), 0);
	setsockopt(pending->fd, SOL_SOCKET, SO_LINGER, &reset_on_close, sizeof(reset_on_close));
	pending->began_ns = now_ns();
	if (pending->fd < 0 ||
	    (connect(pending->fd, (struct sockaddr *)&address, length) < 0 && errno != EINPROGRESS))
		_exit(1);
	ended_ns = now_ns();
	getsockname(pending->fd, (struct sockaddr *)&address, &length);
	sample->client_port = ntohs(address.sin_port);
	if (loop->plan->is_blocking)
		finish(loop, number, ended_ns);
	else
		epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, pending->fd, &event);
}

static void wait_until(struct loop *loop, uint64_t due_ns)
{
	struct epoll_event events[EVENTS_MAX];
	uint64_t time_ns = now_ns();
	int timeout_ms = loop->started == loop->plan->count ? -1
			 : due_ns <= time_ns		    ? 0
					     : (int)((due_ns - time_ns) / 1000000 + 1);
	int count = epoll_wait(loop->epoll_fd, events, EVENTS_MAX, timeout_ms);

	time_ns = now_ns();
	for (int i = 0; i < count; i++)
		finish(loop, events[i].data.u64, time_ns);
}

static _Noreturn void run(struct loop *loop)
{
	const struct timer_plan *plan = loop->plan;
	struct rlimit files = {plan->count + SPARE_FILES, plan->count + SPARE_FILES};
	uint64_t due_ns = now_ns();

	loop->epoll_fd = epoll_create1(0);
	loop->pending = calloc(plan->count, sizeof(*loop->pending));
	if (setns(NETNS_FD, CLONE_NEWNET) < 0 || setrlimit(RLIMIT_NOFILE, &files) < 0 ||
	    loop->epoll_fd < 0 || !loop->pending)
		_exit(1);
	while (loop->ended < plan->count) {
		for (int i = 0; i < BATCH && loop->started < plan->count && due_ns <= now_ns();
		     i++, due_ns += plan->interval_ns)
			start(loop);
		if (loop->ended < plan->count)
			wait_until(loop, due_ns);
	}
	_exit(0);
}

int timer_start(struct lab *lab, const struct timer_plan *plan, struct timer *ret_timer,
		struct error *ret_error)
{
	size_t bytes = plan->count * sizeof(struct timer_sample);
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct loop loop = {.samples = memory, .plan = plan};

	if (memory == MAP_FAILED)
		return error_set(ret_error, -errno, "no memory for the connect() timer: %s",
				 strerror(errno));
	*ret_timer = (struct timer){.samples = memory, .count = plan->count};
	ret_timer->pid = child_fork("ktcping-timer", SIGKILL, lab->hosts[LAB_CLIENT].netns_fd);
	if (ret_timer->pid == 0)
		run(&loop);
	return ret_timer->pid < 0
		       ? error_set(ret_error, -errno, "cannot start the connect() timer: %s",
				   strerror(errno))
		       : 0;
}

int timer_wait(struct timer *timer)
{
	int status = 1;

	while (waitpid(timer->pid, &status, 0) < 0 && errno == EINTR)
		;
	return status == 0 ? 0 : -EIO;
}

void timer_release(struct timer *timer)
{
	if (timer->samples)
		munmap(timer->samples, timer->count * sizeof(*timer->samples));
	*timer = (struct timer){0};
}
