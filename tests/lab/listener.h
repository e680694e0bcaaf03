/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A real TCP server in a process of its own. */
#ifndef LAB_LISTENER_H
#define LAB_LISTENER_H

#include <stdint.h>
#include <sys/types.h>

struct error;

/* What it does with its connections. */
enum listener_manner {
	LISTENER_IGNORES, /* accepts none */
	LISTENER_READS,	  /* until the client closes */
	LISTENER_CLOSES,  /* at once */
	LISTENER_RESETS,  /* at once */
	LISTENER_SERVES,  /* a page over HTTP, piece by piece, and closes */
};

/*
 * Listen at every address on the given socket, which stays the caller's. Returns the server's pid,
 * or -errno with the sentence.
 */
pid_t listener_start(int fd, int family, uint16_t port, int backlog, enum listener_manner manner,
		     struct error *ret_error);

#endif
