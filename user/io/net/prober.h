/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The source of what we did: makes a connect(), tells every step as an event, and closes with a
 * RST. prober_ask.h answers questions.
 *
 * A probe's socket is never waited for: what became of it, the kernel side reports.
 */
#ifndef IO_PROBER_H
#define IO_PROBER_H

#include "user/io/net/probe_socket.h"

struct probe_request {
	const struct origin *origin;
	struct address destination;
	uint32_t number; /* the caller's own, handed back with notices */
	uint32_t target; /* for the event of its connect(): see app_event */
	uint64_t sequence;
	uint16_t source_port; /* 0: the kernel's choice */
	uint8_t ttl;	      /* or hop limit; likewise */
	/* A source port in use is no longer waited for: it is the probe's outcome */
	bool is_last_try;
	/*
	 * The route is not asked for first, and the socket does not reset by itself when closed:
	 * see prober_reset()
	 */
	bool skip_route;
	/*
	 * Our ACK of the SYN-ACK is put off (TCP_QUICKACK off, TCP_DELACK_MAX: 200 ms): closed
	 * before, the server never accepts
	 */
	bool is_half_open;
};

/*
 * The namespace is the origin's of now, as origin_follow() has left it; deleted, that is the bind()
 * that fails.
 *
 * Make a socket, ask for the route, bind() if need be, then connect() without waiting. A bind() or
 * connect() that fails is an event, not a failure. Returns 0, or -errno when nothing was tried and
 * nothing told: -EADDRINUSE when the source port is in use (unless is_last_try), and when there is
 * no socket to try with -EMFILE, -ENFILE, -ENOBUFS or -ENOMEM (our own limit).
 */
int prober_connect(const struct probe_request *request, struct prober_sink sink,
		   struct probe_socket *ret_socket);

enum abandon_cause {
	ABANDON_INTERRUPTED, /* ^C */
	ABANDON_DEADLINE,    /* of the whole run */
	ABANDON_REACHED,     /* another probe of the target showed what was waited for */
};

/* It is waited for no more. */
void prober_abandon(const struct probe_socket *socket, enum abandon_cause cause,
		    struct prober_sink sink);

/* It is to be closed with a RST, as it would be unless made with skip_route. */
void prober_reset(const struct probe_socket *socket);

/*
 * With a RST: no TIME_WAIT piles up here, and the server forgets us. Harmless when closed already.
 */
void prober_close(struct probe_socket *socket, struct prober_sink sink);

#endif
