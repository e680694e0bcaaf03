/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How it gives up, is interrupted, or begins anew. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <unistd.h>

#include "tests/lab/liars/way.h"

#define INTERRUPT_MS 100

/* Before anything can have come back. */
static int go_close(const struct target *target)
{
	int fd = way_begin(target);

	close(fd);
	return ECANCELED;
}

/* It ends, and leaves the closing to the kernel. */
static int go_exit(const struct target *target)
{
	way_begin(target);
	usleep((useconds_t)way_patience_ms * 1000);
	_exit(1);
}

static int go_killed(const struct target *target)
{
	way_begin(target);
	usleep((useconds_t)way_patience_ms * 1000);
	raise(SIGKILL);
	return 0;
}

static void do_nothing(int number)
{
	(void)number;
}

/* What handlers call is theirs, and not the call that they interrupt. */
static void do_calls(int number)
{
	struct winsize size;

	(void)number;
	fcntl(STDERR_FILENO, F_GETFL);
	ioctl(STDERR_FILENO, TIOCGWINSZ, &size);
}

/* A signal without SA_RESTART, as an alarm for something else. Returns what connect() says. */
static int connect_interrupted(const struct target *target, int fd)
{
	const struct sigaction action = {.sa_handler = do_nothing};
	const struct itimerval once = {.it_value = {.tv_usec = INTERRUPT_MS * 1000}};

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &once, NULL);
	return target_connect(target, fd);
}

/* As POSIX has it: the connect goes on, to be waited for. */
static int go_interrupted(const struct target *target)
{
	int fd = target_socket(target, 0), error = connect_interrupted(target, fd);

	if (error == EINTR)
		error = way_poll(fd);
	close(fd);
	return error;
}

/*
 * The signal's handler restarts system calls: connect() is entered again by the kernel, and goes
 * on.
 */
static int go_restarted(const struct target *target)
{
	const struct sigaction action = {.sa_handler = do_calls, .sa_flags = SA_RESTART};
	const struct itimerval often = {{.tv_usec = INTERRUPT_MS * 1000},
					{.tv_usec = INTERRUPT_MS * 1000}};
	int fd = target_socket(target, 0), error;

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	error = target_connect(target, fd);
	close(fd);
	return error;
}

/*
 * Refused, it tries once more with the same socket. The first connect() after a refusal that
 * SO_ERROR has told only says ECONNABORTED.
 */
static int go_reconnect(const struct target *target)
{
	int fd = way_begin(target), error = way_poll(fd);

	if (error == ECONNREFUSED && target_connect(target, fd) == ECONNABORTED) {
		error = target_connect(target, fd);
		if (error == EINPROGRESS)
			error = way_poll(fd);
	}
	close(fd);
	return error;
}

/*
 * Refused, it tries a multicast address with the same socket, which fails before anything is sent.
 */
static int go_elsewhere(const struct target *target)
{
	struct target nowhere = *target;
	int fd = target_socket(target, 0), error = target_connect(target, fd);

	inet_pton(AF_INET, "224.0.0.9", &((struct sockaddr_in *)&nowhere.address)->sin_addr);
	if (nowhere.address.ss_family == AF_INET6)
		inet_pton(AF_INET6, "ff0e::9",
			  &((struct sockaddr_in6 *)&nowhere.address)->sin6_addr);
	if (error)
		error = target_connect(&nowhere, fd);
	close(fd);
	return error;
}

/* Refused, it waits for others with the same socket. */
static int go_listen(const struct target *target)
{
	int fd = way_begin(target), error = way_poll(fd);

	listen(fd, 1);
	close(fd);
	return error;
}

/* Becomes another program, which has the socket no more. */
static int go_exec(const struct target *target)
{
	int fd = way_begin(target);

	fcntl(fd, F_SETFD, FD_CLOEXEC);
	usleep((useconds_t)way_patience_ms * 1000);
	execl("/bin/sh", "sh", "-c", ":", NULL);
	_exit(2);
}

/* Given up by AF_UNSPEC, and begun anew: one socket, two attempts. */
static int go_disconnect(const struct target *target)
{
	const struct sockaddr nothing = {.sa_family = AF_UNSPEC};
	int fd = way_begin(target), error = way_poll(fd);

	connect(fd, &nothing, sizeof(nothing));
	error = target_connect(target, fd);
	if (error == EINPROGRESS)
		error = way_poll(fd);
	close(fd);
	return error;
}

const struct way ending_ways[] = {
	{"close", go_close, "closes right after connect(), and claims nothing"},
	{"exit", go_exit, "ends while it connects"},
	{"killed", go_killed, "is killed while it connects"},
	{"interrupted", go_interrupted, "connect() is interrupted, poll(), SO_ERROR"},
	{"restarted", go_restarted, "connect() is interrupted and restarted, again and again"},
	{"reconnect", go_reconnect, "refused, connects again with the same socket"},
	{"elsewhere", go_elsewhere,
	 "refused, connects to a multicast address with the same socket"},
	{"listen", go_listen, "refused, listens with the same socket"},
	{"exec", go_exec, "becomes another program while it connects"},
	{"disconnect", go_disconnect,
	 "connects, gives up by AF_UNSPEC, connects again with the same socket"},
	{NULL, NULL, NULL},
};
