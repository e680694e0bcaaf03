/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The source of what we did: makes a connect(), tells every step as an event, answers the core's question, and closes with a RST.
 *
 * A probe's socket is never waited for: what became of it, the kernel side reports.
 */
#ifndef IO_PROBER_H
#define IO_PROBER_H

#include "user/core/event.h"
#include "user/io/routes.h"

struct prober_sink {
	void (*take)(void *context, const struct event *event);
	void *context;
};

struct probe_socket {
	int fd; /* -1: closed */
	struct attempt_key key;
	struct address destination;
	uint32_t ifindex;	/* the route's device; 0: unknown */
	struct address gateway; /* the route's; none: on link */
};

/*
 * Ask for the route, then connect() without waiting. number: the caller's own, handed back with findings. A connect() that fails is an event, not a failure.
 * Returns 0, or -errno when there is no socket to try with (-EMFILE, -ENFILE, -ENOBUFS, -ENOMEM: our own limit, nothing was tried).
 */
int prober_connect(struct routes *routes, const struct address *destination, uint32_t number, struct prober_sink sink,
		   struct probe_socket *ret_socket);

/* What was the application told? And with needs_path: what would the kernel do now? Ends with APP_SO_ERROR. */
void prober_ask(struct routes *routes, const struct probe_socket *socket, bool needs_path, struct prober_sink sink);

/* Nobody waits for it any more (^C). */
void prober_abandon(const struct probe_socket *socket, struct prober_sink sink);

/* With a RST: no TIME_WAIT piles up here, and the server forgets us. Harmless when closed already. */
void prober_close(struct probe_socket *socket, struct prober_sink sink);

#endif
