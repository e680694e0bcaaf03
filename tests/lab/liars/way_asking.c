/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How it asks for the outcome: each of these is a right way. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lab/liars/way.h"

#define STEP_MS 10
#define STOP_MS 100

static int go_blocking(const struct target *target)
{
	int fd = target_socket(target, 0), error = target_connect(target, fd);

	close(fd);
	return error;
}

static int go_poll(const struct target *target)
{
	int fd = way_begin(target), error = way_poll(fd);

	close(fd);
	return error;
}

/*
 * It is stopped and continued while it waits, as by ^Z and fg: the kernel goes on with the same
 * poll(), whose events are all that it asks for.
 */
static int go_stopped(const struct target *target)
{
	struct pollfd wanted = {.fd = way_begin(target), .events = POLLOUT};
	pid_t self = getpid(), other = fork();
	int count;

	if (other == 0) {
		usleep(STOP_MS * 1000);
		kill(self, SIGSTOP);
		usleep(STOP_MS * 1000);
		kill(self, SIGCONT);
		_exit(0);
	}
	count = poll(&wanted, 1, way_patience_ms);
	close(wanted.fd);
	waitpid(other, NULL, 0);
	if (count != 1)
		return ETIMEDOUT;
	return wanted.revents & (POLLERR | POLLHUP) ? ECONNREFUSED : 0;
}

/* The error that has come is read with the packet that brought it, which clears it. */
static int go_error_queue(const struct target *target)
{
	struct pollfd wanted = {.fd = way_begin(target), .events = POLLOUT};
	char packet[64];
	int error = ETIMEDOUT;

	if (poll(&wanted, 1, way_patience_ms) == 1)
		error = wanted.revents & POLLERR &&
					recv(wanted.fd, packet, sizeof(packet), MSG_ERRQUEUE) >= 0
				? EHOSTUNREACH
				: way_error(wanted.fd);
	close(wanted.fd);
	return error;
}

/* The address ends where memory does. */
static int go_edge(const struct target *target)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *pages =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *address = pages + page - target->length;
	int fd = target_socket(target, SOCK_NONBLOCK), error = 0;

	if (pages == MAP_FAILED || munmap(pages + page, page) < 0)
		_exit(2);
	memcpy(address, &target->address, target->length);
	if (connect(fd, address, target->length) < 0)
		error = errno == EINPROGRESS ? way_poll(fd) : errno;
	close(fd);
	return error;
}

static int go_ppoll(const struct target *target)
{
	int fd = way_begin(target), error;
	struct timespec patience = {way_patience_ms / 1000, way_patience_ms % 1000 * 1000000L};
	struct pollfd wanted = {.fd = fd, .events = POLLOUT};

	error = ppoll(&wanted, 1, &patience, NULL) == 1 ? way_error(fd) : ETIMEDOUT;
	close(fd);
	return error;
}

static int go_select(const struct target *target)
{
	int fd = way_begin(target), error;
	struct timeval patience = {way_patience_ms / 1000, way_patience_ms % 1000 * 1000L};
	fd_set writable;

	FD_ZERO(&writable);
	FD_SET(fd, &writable);
	error = select(fd + 1, NULL, &writable, NULL, &patience) == 1 ? way_error(fd) : ETIMEDOUT;
	close(fd);
	return error;
}

static int go_pselect(const struct target *target)
{
	int fd = way_begin(target), error;
	struct timespec patience = {way_patience_ms / 1000, way_patience_ms % 1000 * 1000000L};
	fd_set writable;

	FD_ZERO(&writable);
	FD_SET(fd, &writable);
	error = pselect(fd + 1, NULL, &writable, NULL, &patience, NULL) == 1 ? way_error(fd)
									     : ETIMEDOUT;
	close(fd);
	return error;
}

static int wait_by_epoll(int fd, uint32_t events)
{
	int epoll_fd = epoll_create1(0), count;
	struct epoll_event event = {.events = events,
				    .data.ptr = &way_patience_ms}; /* what is no descriptor */

	epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
	count = epoll_wait(epoll_fd, &event, 1, way_patience_ms);
	close(epoll_fd);
	return count == 1 ? way_error(fd) : ETIMEDOUT;
}

static int go_epoll(const struct target *target)
{
	int fd = way_begin(target), error = wait_by_epoll(fd, EPOLLOUT);

	close(fd);
	return error;
}

static int go_epoll_edge(const struct target *target)
{
	int fd = way_begin(target), error = wait_by_epoll(fd, EPOLLIN | EPOLLOUT | EPOLLET);

	close(fd);
	return error;
}

/* The socket is known to epoll before connect() is called, as in many event loops. */
static int go_epoll_before(const struct target *target)
{
	int fd = target_socket(target, SOCK_NONBLOCK), epoll_fd = epoll_create1(0), error;
	struct epoll_event event = {.events = EPOLLOUT | EPOLLET, .data.u64 = 1};

	epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
	epoll_wait(epoll_fd, &event, 1, 0); /* a fresh socket is POLLOUT | POLLHUP */
	error = target_connect(target, fd);
	if (error == EINPROGRESS)
		error = epoll_wait(epoll_fd, &event, 1, way_patience_ms) == 1 ? way_error(fd)
									      : ETIMEDOUT;
	close(epoll_fd);
	close(fd);
	return error;
}

/* One more socket, to the next port, has the same data in the same epoll descriptor. */
static int go_epoll_alike(const struct target *target)
{
	struct target next = *target;
	struct sockaddr_in *address = (struct sockaddr_in *)&next.address; /* v6: likewise */
	int fd = way_begin(target), other, epoll_fd = epoll_create1(0), error;
	struct epoll_event event = {.events = EPOLLOUT, .data.u64 = 1};

	address->sin_port = htons((uint16_t)(ntohs(address->sin_port) + 1));
	other = way_begin(&next);
	epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
	epoll_ctl(epoll_fd, EPOLL_CTL_ADD, other, &event);
	error = epoll_wait(epoll_fd, &event, 1, way_patience_ms) == 1 ? way_error(fd) : ETIMEDOUT;
	close(epoll_fd);
	close(other);
	close(fd);
	return error;
}

/* EINPROGRESS, EALREADY ..., and in the end EISCONN or the error. */
static int go_again(const struct target *target)
{
	int fd = way_begin(target), error = EALREADY;

	for (int waited_ms = 0; error == EALREADY && waited_ms < way_patience_ms;
	     waited_ms += STEP_MS) {
		usleep(STEP_MS * 1000);
		error = target_connect(target, fd);
	}
	close(fd);
	return error == EISCONN ? 0 : error == EALREADY ? ETIMEDOUT : error;
}

/*
 * As D. J. Bernstein's page on the subject has it: no peer's name, no connection; then read() one
 * byte for the reason.
 */
static int go_peername(const struct target *target)
{
	struct pollfd wanted = {.fd = way_begin(target), .events = POLLOUT};
	struct sockaddr_storage name;
	socklen_t length = sizeof(name);
	int error = ETIMEDOUT;
	char byte;

	if (poll(&wanted, 1, way_patience_ms) == 1)
		error = getpeername(wanted.fd, (struct sockaddr *)&name, &length) == 0 ? 0
			: read(wanted.fd, &byte, 1) < 0				       ? errno
										       : 0;
	close(wanted.fd);
	return error;
}

/*
 * Who has a peer is connected, it has heard. That holds but for the rare case in which both ends
 * connect at once.
 */
static int go_peername_only(const struct target *target)
{
	int fd = way_begin(target), error = ENOTCONN;
	struct sockaddr_storage name;
	socklen_t length = sizeof(name);

	for (int waited_ms = 0; error == ENOTCONN && waited_ms < way_patience_ms;
	     waited_ms += STEP_MS) {
		usleep(STEP_MS * 1000);
		error = getpeername(fd, (struct sockaddr *)&name, &length) == 0 ? 0 : errno;
	}
	close(fd);
	return error == ENOTCONN ? ETIMEDOUT : error;
}

/* No question but the first thing that there is to say. */
static int go_send(const struct target *target)
{
	struct pollfd wanted = {.fd = way_begin(target), .events = POLLOUT};
	int error = ETIMEDOUT;

	if (poll(&wanted, 1, way_patience_ms) == 1)
		error = send(wanted.fd, "\n", 1, MSG_NOSIGNAL) == 1 ? 0 : errno;
	close(wanted.fd);
	return error;
}

/*
 * Perl's IO::Socket with a Timeout: connect() again tells, by EISCONN or the error; or by EALREADY
 * that it is under way still.
 */
static int go_select_connect(const struct target *target)
{
	int fd = way_begin(target), error = ETIMEDOUT;
	struct timeval patience = {way_patience_ms / 1000, way_patience_ms % 1000 * 1000L};
	fd_set writable;

	FD_ZERO(&writable);
	FD_SET(fd, &writable);
	if (select(fd + 1, NULL, &writable, NULL, &patience) == 1)
		error = target_connect(target, fd);
	close(fd);
	return error == EISCONN ? 0 : error;
}

/* Rust's connect_timeout(): no error among the events, and no further question. */
static int go_ready(const struct target *target)
{
	struct pollfd wanted = {.fd = way_begin(target), .events = POLLOUT};
	int count = poll(&wanted, 1, way_patience_ms);

	close(wanted.fd);
	if (count != 1)
		return ETIMEDOUT;
	return wanted.revents & (POLLERR | POLLHUP) ? ECONNREFUSED : 0;
}

/*
 * As libmemcached: when nothing came of poll(), SO_ERROR is asked all the same, and 0 is a timeout.
 */
static int go_poll_error(const struct target *target)
{
	struct pollfd wanted = {.fd = way_begin(target), .events = POLLOUT};
	int count = poll(&wanted, 1, way_patience_ms), error = way_error(wanted.fd);

	close(wanted.fd);
	return error || count == 1 ? error : ETIMEDOUT;
}

/* Data is to go from the socket to a pipe, without a copy. */
static int go_splice(const struct target *target)
{
	int fd = way_begin(target), pipes[2];
	ssize_t bytes = -1;

	if (pipe(pipes) < 0)
		_exit(2);
	for (int i = 0; i < 2 && bytes < 0; i++) {
		usleep((useconds_t)way_patience_ms * 1000 / 2);
		bytes = splice(fd, NULL, pipes[1], NULL, 1, SPLICE_F_NONBLOCK);
	}
	close(fd);
	return bytes < 0 ? errno : 0;
}

/* How much is there to be read? */
static int go_ioctl(const struct target *target)
{
	int fd = way_begin(target), bytes = 0, error;

	usleep((useconds_t)way_patience_ms * 1000);
	error = ioctl(fd, FIONREAD, &bytes) < 0 ? errno : 0;
	close(fd);
	return error || !bytes ? ETIMEDOUT : 0;
}

/*
 * What is not connected cannot be shut down, and says so; what connects still is given up by that.
 */
static int go_shutdown(const struct target *target)
{
	int fd = way_begin(target), error;

	usleep((useconds_t)way_patience_ms * 1000);
	error = shutdown(fd, SHUT_RDWR) < 0 ? errno : ETIMEDOUT;
	close(fd);
	return error;
}

/* mtr --tcp: the SYN is to expire, and a raw socket hears of that; this one is only waited for. */
static int go_trace(const struct target *target)
{
	int fd = target_socket(target, SOCK_NONBLOCK), hops = 1;
	bool is_ipv4 = target->address.ss_family == AF_INET;
	struct timeval patience = {way_patience_ms / 1000, way_patience_ms % 1000 * 1000L};
	fd_set writable;

	setsockopt(fd, is_ipv4 ? IPPROTO_IP : IPPROTO_IPV6, is_ipv4 ? IP_TTL : IPV6_UNICAST_HOPS,
		   &hops, sizeof(hops));
	target_connect(target, fd);
	FD_ZERO(&writable);
	FD_SET(fd, &writable);
	select(fd + 1, NULL, &writable, NULL, &patience);
	close(fd);
	return EHOSTUNREACH;
}

const struct way asking_ways[] = {
	{"blocking", go_blocking, "connect() that waits"},
	{"poll", go_poll, "poll(), SO_ERROR"},
	{"stopped", go_stopped,
	 "is stopped and continued in poll(), whose events are all it asks for"},
	{"error-queue", go_error_queue, "poll(), recv(MSG_ERRQUEUE)"},
	{"edge", go_edge, "poll(), SO_ERROR; the address is at the end of memory"},
	{"ppoll", go_ppoll, "ppoll(), SO_ERROR"},
	{"select", go_select, "select(), SO_ERROR"},
	{"pselect", go_pselect, "pselect(), SO_ERROR"},
	{"epoll", go_epoll, "epoll_wait(), SO_ERROR"},
	{"epoll-edge", go_epoll_edge, "epoll_wait() by edge, SO_ERROR"},
	{"epoll-before", go_epoll_before, "the same, added before connect()"},
	{"epoll-alike", go_epoll_alike, "the same, beside another socket with the same data"},
	{"again", go_again, "connect() until it is not EALREADY"},
	{"peername", go_peername, "poll(), getpeername(), read()"},
	{"peername-only", go_peername_only, "getpeername() until there is one"},
	{"send", go_send, "poll(), send()"},
	{"select-connect", go_select_connect, "select(), connect() again"},
	{"ready", go_ready, "poll(), whose events are all it asks for"},
	{"poll-error", go_poll_error, "poll(), SO_ERROR whatever came of that"},
	{"splice", go_splice, "splice() to a pipe, twice"},
	{"ioctl", go_ioctl, "ioctl(FIONREAD)"},
	{"shutdown", go_shutdown, "shutdown()"},
	{"trace", go_trace, "a TTL of 1, select()"},
	{NULL, NULL, NULL},
};
