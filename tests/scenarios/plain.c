/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Plain sockets against the lab: what an application without the program is told. */
#include "tests/scenarios/plain.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "user/base/address.h"

static int connect_from(struct lab *lab, enum lab_host from, const char *host, uint16_t port)
{
	struct sockaddr_storage name;
	struct address address;
	size_t length;
	int fd;

	cr_assert_eq(address_parse(host, &address), 0);
	address.port = port;
	length = address_to_sockaddr(&address, &name);
	fd = lab_socket(lab, from, address.family, SOCK_STREAM | SOCK_NONBLOCK);
	cr_assert(fd >= 0);
	errno = 0;
	connect(fd, (struct sockaddr *)&name, (socklen_t)length);
	return fd;
}

int plain_connect(struct lab *lab, const char *host, uint16_t port)
{
	return connect_from(lab, LAB_CLIENT, host, port);
}

static int outcome(int fd, int error, int timeout_ms)
{
	struct pollfd writable = {.fd = fd, .events = POLLOUT};
	socklen_t length = sizeof(error);

	if (error == EINPROGRESS && poll(&writable, 1, timeout_ms) == 1)
		cr_assert_eq(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length), 0);
	return error;
}

int plain_connected(struct lab *lab, enum lab_host from, const char *host, uint16_t port)
{
	int fd = connect_from(lab, from, host, port), error = outcome(fd, errno, PLAIN_PATIENCE_MS);

	cr_assert_eq(error, 0, "%s port %u: %s", host, port, strerror(error));
	return fd;
}

void expect_told(struct lab *lab, const char *host, uint16_t port, int timeout_ms, int wanted)
{
	int fd = plain_connect(lab, host, port), told = outcome(fd, errno, timeout_ms);

	close(fd);
	cr_assert_eq(told, wanted, "%s port %u: told %s, wanted %s", host, port, strerror(told),
		     strerror(wanted));
}
