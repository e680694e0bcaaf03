/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A real TCP server in a process of its own. */
#include "tests/lab/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/lab/child.h"
#include "user/base/error.h"

#define LISTENING_FD 3
#define PIECES	     16
#define PIECE_BYTES  1000
#define PAUSE_US     100

static int bind_and_listen(int fd, int family, uint16_t port, int backlog)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	int on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (family == AF_INET6 && (setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) < 0 ||
				   bind(fd, (struct sockaddr *)&v6, sizeof(v6)) < 0))
		return -errno;
	if (family == AF_INET && bind(fd, (struct sockaddr *)&v4, sizeof(v4)) < 0)
		return -errno;
	return listen(fd, backlog) < 0 ? -errno : 0;
}

static void watch(int epoll_fd, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

	epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

/* Closing a socket that lingers for no time resets the connection. */
static void end(int connection, enum listener_manner manner)
{
	struct linger at_once = {.l_onoff = 1};

	if (manner == LISTENER_RESETS)
		setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	close(connection);
}

/* Each piece is a packet of its own, and is read by a call of its own. */
static void send_page(int connection)
{
	char piece[PIECE_BYTES];
	int on = 1;

	setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	memset(piece, 'x', sizeof(piece));
	dprintf(connection, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n",
		PIECES * PIECE_BYTES);
	for (int i = 0; i < PIECES; i++) {
		send(connection, piece, sizeof(piece), MSG_NOSIGNAL);
		usleep(PAUSE_US);
	}
}

/* Returns false when the connection is over. */
static bool take(int connection, enum listener_manner manner)
{
	char buffer[16384];

	if (read(connection, buffer, sizeof(buffer)) <= 0)
		return false;
	if (manner == LISTENER_SERVES)
		send_page(connection);
	return manner != LISTENER_SERVES;
}

/* Accept; read until the client closes or resets, where that is the manner; close. */
static _Noreturn void serve(enum listener_manner manner)
{
	int epoll_fd = epoll_create1(0);
	struct epoll_event event;
	int connection;

	watch(epoll_fd, LISTENING_FD);
	for (;;) {
		if (epoll_wait(epoll_fd, &event, 1, -1) != 1)
			continue;
		if (event.data.fd != LISTENING_FD) {
			if (!take(event.data.fd, manner))
				close(event.data.fd);
			continue;
		}
		connection = accept(LISTENING_FD, NULL, NULL);
		if (connection >= 0 && (manner == LISTENER_READS || manner == LISTENER_SERVES))
			watch(epoll_fd, connection);
		else if (connection >= 0)
			end(connection, manner);
	}
}

pid_t listener_start(int fd, int family, uint16_t port, int backlog, enum listener_manner manner,
		     struct error *ret_error)
{
	int result = bind_and_listen(fd, family, port, backlog);
	pid_t pid;

	if (result < 0)
		return error_set(ret_error, result, "cannot listen at port %u: %s", port,
				 strerror(-result));
	pid = child_fork("ktcping-listen", SIGKILL, fd);
	if (pid == 0 && manner != LISTENER_IGNORES)
		serve(manner);
	while (pid == 0)
		pause();
	return pid < 0 ? error_set(ret_error, -errno, "cannot start a listener: %s",
				   strerror(errno))
		       : pid;
}
