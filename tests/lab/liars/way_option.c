/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What it asks of the socket before it connects. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/time.h>
#include <unistd.h>

#include "tests/lab/liars/way.h"

#define SYN_COUNT	    1
#define USER_TIMEOUT_MS	    1500
#define WITHOUT_COOKIE	    34	/* TCP_FASTOPEN_NO_COOKIE, which the C library may not know */
#define PROTOCOL_MPTCP	    262 /* IPPROTO_MPTCP, likewise */
#define BYTES		    "hello\n"
#define BYTE_COUNT	    6
#define SEND_TIMEOUT_SHARES 1000

static void set(int fd, int option, int value)
{
	if (setsockopt(fd, IPPROTO_TCP, option, &value, sizeof(value)) < 0)
		_exit(2);
}

/* A kernel that limits the time says so by EINPROGRESS: still under way. */
static int connect_for_a_while(const struct target *target, int fd)
{
	struct timeval limit = {way_patience_ms / SEND_TIMEOUT_SHARES,
				way_patience_ms % SEND_TIMEOUT_SHARES * 1000L};

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	return target_connect(target, fd);
}

static int go_send_timeout(const struct target *target)
{
	int fd = target_socket(target, 0), error = connect_for_a_while(target, fd);

	close(fd);
	return error == EINPROGRESS ? ETIMEDOUT : error;
}

/* The lie: EINPROGRESS is "no error" of non-blocking sockets, it has heard; this one blocks. */
static int go_send_timeout_lie(const struct target *target)
{
	int fd = target_socket(target, 0), error = connect_for_a_while(target, fd);

	close(fd);
	return error == EINPROGRESS ? 0 : error;
}

static void go_on_blocking(int fd, int option)
{
	const struct timeval limit = {way_patience_ms / SEND_TIMEOUT_SHARES,
				      way_patience_ms % SEND_TIMEOUT_SHARES * 1000L};

	fcntl(fd, F_SETFL, 0);
	setsockopt(fd, SOL_SOCKET, option, &limit, sizeof(limit));
}

/* A transfer waits for the connection; EAGAIN: its time was over. */
static int go_send_waits(const struct target *target)
{
	int fd = way_begin(target), error;

	go_on_blocking(fd, SO_SNDTIMEO);
	error = send(fd, BYTES, BYTE_COUNT, MSG_NOSIGNAL) < 0 ? errno : 0;
	close(fd);
	return error;
}

/* Does not wait at all: EAGAIN, and it gives up. */
static int go_send_once(const struct target *target)
{
	int fd = way_begin(target), error;

	usleep((useconds_t)way_patience_ms * 1000);
	error = send(fd, BYTES, BYTE_COUNT, MSG_NOSIGNAL) < 0 ? errno : 0;
	close(fd);
	return error;
}

static int go_receive_waits(const struct target *target)
{
	char byte;
	int fd = way_begin(target), error;

	go_on_blocking(fd, SO_RCVTIMEO);
	error = recv(fd, &byte, 1, 0) < 0 ? errno : 0;
	close(fd);
	return error;
}

static int go_user_timeout(const struct target *target)
{
	int fd = target_socket(target, 0), error;

	set(fd, TCP_USER_TIMEOUT, USER_TIMEOUT_MS);
	error = target_connect(target, fd);
	close(fd);
	return error;
}

static int go_syn_count(const struct target *target)
{
	int fd = target_socket(target, 0), error;

	set(fd, TCP_SYNCNT, SYN_COUNT);
	error = target_connect(target, fd);
	close(fd);
	return error;
}

static int fastopen_socket(const struct target *target)
{
	int fd = target_socket(target, 0);

	set(fd, WITHOUT_COOKIE, 1);
	set(fd, TCP_FASTOPEN_CONNECT, 1);
	return fd;
}

/* The lie: connect() = 0, before there is a SYN. */
static int go_fastopen(const struct target *target)
{
	int fd = fastopen_socket(target), error = target_connect(target, fd);

	usleep((useconds_t)way_patience_ms * 1000);
	close(fd);
	return error;
}

/* What the option is for: the SYN carries the first data. */
static int go_fastopen_send(const struct target *target)
{
	struct timeval limit = {way_patience_ms / SEND_TIMEOUT_SHARES,
				way_patience_ms % SEND_TIMEOUT_SHARES * 1000L};
	int fd = fastopen_socket(target), error = target_connect(target, fd);

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (!error && send(fd, BYTES, BYTE_COUNT, MSG_NOSIGNAL) < 0)
		error = errno;
	if (!error)
		error = way_poll(fd);
	close(fd);
	return error;
}

/* Without connect() at all. */
static int go_fastopen_sendto(const struct target *target)
{
	int fd = target_socket(target, SOCK_NONBLOCK), error = 0;

	set(fd, WITHOUT_COOKIE, 1);
	if (sendto(fd, BYTES, BYTE_COUNT, MSG_FASTOPEN | MSG_NOSIGNAL,
		   (const struct sockaddr *)&target->address, target->length) < 0)
		error = errno;
	if (!error || error == EINPROGRESS)
		error = way_poll(fd);
	close(fd);
	return error;
}

static int mptcp_socket(const struct target *target, int flags)
{
	int fd = socket(target->address.ss_family, SOCK_STREAM | flags, PROTOCOL_MPTCP);

	if (fd < 0)
		_exit(2);
	return fd;
}

static int go_mptcp(const struct target *target)
{
	int fd = mptcp_socket(target, 0), error = target_connect(target, fd);

	close(fd);
	return error;
}

static int go_mptcp_poll(const struct target *target)
{
	int fd = mptcp_socket(target, SOCK_NONBLOCK), error = target_connect(target, fd);

	if (error == EINPROGRESS)
		error = way_poll(fd);
	close(fd);
	return error;
}

const struct way option_ways[] = {
	{"send-timeout", go_send_timeout, "SO_SNDTIMEO: EINPROGRESS when it is over"},
	{"send-timeout-lie", go_send_timeout_lie, "the same, which it takes for success"},
	{"send-waits", go_send_waits, "then send(), which waits as long as SO_SNDTIMEO"},
	{"send-once", go_send_once, "then send(), once"},
	{"receive-waits", go_receive_waits, "then recv(), which waits as long as SO_RCVTIMEO"},
	{"user-timeout", go_user_timeout, "TCP_USER_TIMEOUT of 1.5 s"},
	{"syn-count", go_syn_count, "TCP_SYNCNT of 1"},
	{"fastopen", go_fastopen, "TCP_FASTOPEN_CONNECT, and nothing to send"},
	{"fastopen-send", go_fastopen_send, "TCP_FASTOPEN_CONNECT, send(), poll(), SO_ERROR"},
	{"fastopen-sendto", go_fastopen_sendto, "sendto(MSG_FASTOPEN), poll(), SO_ERROR"},
	{"mptcp", go_mptcp, "an MPTCP socket, connect() that waits"},
	{"mptcp-poll", go_mptcp_poll, "an MPTCP socket, poll(), SO_ERROR"},
	{NULL, NULL, NULL},
};
