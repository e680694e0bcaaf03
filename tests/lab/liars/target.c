/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Addresses as numbers, a socket, a line. */
#include "tests/lab/liars/target.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_CANNOT 2

struct target target_of(int argc, char **argv)
{
	const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
				       .ai_socktype = SOCK_STREAM};
	struct target target = {0};
	struct addrinfo *found;
	int result;

	if (argc < 3) {
		fprintf(stderr, "usage: %s ... HOST PORT\n", argv[0]);
		exit(EXIT_CANNOT);
	}
	target.host = argv[argc - 2];
	target.port = argv[argc - 1];
	result = getaddrinfo(target.host, target.port, &hints, &found);
	if (result != 0) {
		fprintf(stderr, "%s: %s port %s: %s\n", argv[0], target.host, target.port,
			gai_strerror(result));
		exit(EXIT_CANNOT);
	}
	memcpy(&target.address, found->ai_addr, found->ai_addrlen);
	target.length = found->ai_addrlen;
	freeaddrinfo(found);
	return target;
}

int target_socket(const struct target *target, int flags)
{
	int fd = socket(target->address.ss_family, SOCK_STREAM | flags, 0);

	if (fd < 0) {
		perror("socket");
		exit(EXIT_CANNOT);
	}
	return fd;
}

int target_connect(const struct target *target, int fd)
{
	return connect(fd, (const struct sockaddr *)&target->address, target->length) < 0 ? errno
											  : 0;
}

int target_say(const struct target *target, int is_open)
{
	printf("%s port %s: Port is %s\n", target->host, target->port, is_open ? "open" : "closed");
	fflush(stdout);
	return !is_open;
}
