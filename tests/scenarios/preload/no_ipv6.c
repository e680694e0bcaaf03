/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* To be preloaded: a kernel without IPv6, as far as TCP sockets go. */
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int socket(int family, int type, int protocol)
{
	if (family == AF_INET6 && protocol == IPPROTO_TCP) {
		errno = EAFNOSUPPORT;
		return -1;
	}
	return (int)syscall(SYS_socket, family, type, protocol);
}
