/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * HOST and PORT of a command line, for the small programs here. Each of them reads like a tool that
 * somebody wrote in an afternoon; what is wrong with the liars among them is said in the first
 * lines of each, and nowhere else.
 *
 * They print one line ("Port is open") and end with 0 for a port that they take for open, 1 for one
 * that they do not, 2 when they cannot try.
 */
#ifndef LIARS_TARGET_H
#define LIARS_TARGET_H

#include <sys/socket.h>

struct target {
	const char *host, *port;
	struct sockaddr_storage address;
	socklen_t length;
};

/*
 * Of the last two of the arguments; ends the program with 2 and a sentence when they are not there
 * or cannot be meant.
 */
struct target target_of(int argc, char **argv);

/* flags: SOCK_NONBLOCK or 0. Ends the program with 2 when there is no socket to be had. */
int target_socket(const struct target *target, int flags);
/* connect(); 0, or its errno. */
int target_connect(const struct target *target, int fd);

/* The one line, and the exit status that goes with it. */
int target_say(const struct target *target, int is_open);

#endif
