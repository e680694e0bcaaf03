/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Plain sockets against the lab: what an application without the program is told. */
#include "tests/scenarios/plain.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "user/base/address.h"

int plain_connect(struct lab *lab, const char *host, uint16_t port)
{
	struct sockaddr_storage name;
	struct address address;
	size_t length;
	int fd;

	cr_assert_eq(address_parse(host, &address), 0);
	address.port = port;
	length = address_to_sockaddr(&address, &name);
	fd = lab_socket(lab, LAB_CLIENT, address.family, SOCK_STREAM | SOCK_NONBLOCK);
	cr_assert(fd >= 0);
	errno = 0;
	connect(fd, (struct sockaddr *)&name, (socklen_t)length);
	return fd;
}

static int outcome(struct lab *lab, const char *host, uint16_t port, int timeout_ms)
{
	int fd = plain_connect(lab, host, port), error = errno;
	struct pollfd writable = {.fd = fd, .events = POLLOUT};
	socklen_t length = sizeof(error);

	if (error == EINPROGRESS && poll(&writable, 1, timeout_ms) == 1)
		cr_assert_eq(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length), 0);
	close(fd);
	return error;
}

void expect_told(struct lab *lab, const char *host, uint16_t port, int timeout_ms, int wanted)
{
	int told = outcome(lab, host, port, timeout_ms);

	cr_assert_eq(told, wanted, "%s port %u: told %s, wanted %s", host, port, strerror(told), strerror(wanted));
}
