/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * To be preloaded: a stand-in for the network that somebody's test suite left behind. Every TCP
 * connect "works", and the kernel is never asked.
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <sys/socket.h>

static bool is_tcp(int fd, const struct sockaddr *address)
{
	socklen_t length = sizeof(int);
	int type = 0;

	return (address->sa_family == AF_INET || address->sa_family == AF_INET6) &&
	       getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_STREAM;
}

int connect(int fd, const struct sockaddr *address, socklen_t length)
{
	int (*next)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "connect");

	if (is_tcp(fd, address))
		return 0;
	return next(fd, address, length);
}
