/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The source of what we did: makes a connect(), tells every step as an event, answers the core's question, and closes with a RST.
 *
 * A probe's socket is never waited for: what became of it, the kernel side reports.
 */
#ifndef IO_PROBER_H
#define IO_PROBER_H

#include "user/core/attempt/attempt.h"
#include "user/io/net/origin.h"

struct prober_sink {
	void (*take)(void *context, const struct event *event);
	void *context;
};

struct probe_request {
	const struct origin *origin;
	struct address destination;
	uint32_t number; /* the caller's own, handed back with notices */
	uint32_t target; /* for the event of its connect(): see app_event */
	uint64_t sequence;
	uint16_t source_port; /* 0: the kernel's choice */
	bool is_last_try;     /* a source port in use is no longer waited for: it is the probe's outcome */
	bool skip_route; /* the route is not asked for first, and the socket does not reset by itself when closed: see prober_reset() */
	bool is_half_open; /* our ACK of the SYN-ACK is put off (TCP_QUICKACK off, TCP_DELACK_MAX: 200 ms): closed before, the server never accepts */
};

struct probe_socket {
	int fd; /* -1: closed */
	struct attempt_key key;
	const struct origin *origin;
	struct address destination;
	uint64_t began_ns;    /* right before connect(), or the bind() that failed: from here on the timeout counts */
	uint16_t source_port; /* as bound; 0: the kernel's choice */
};

/*
 * Make a socket, ask for the route, bind() if need be, then connect() without waiting. A bind() or connect() that fails is an event, not a failure.
 * Returns 0, or -errno when nothing was tried and nothing told: -EADDRINUSE when the source port is in use (unless is_last_try), and when there is no socket to
 * try with -EMFILE, -ENFILE, -ENOBUFS or -ENOMEM (our own limit).
 */
int prober_connect(const struct probe_request *request, struct prober_sink sink, struct probe_socket *ret_socket);

struct prober_question {
	const struct attempt *attempt; /* what was seen of it so far: where it really goes, and whom it waits for; NULL: nothing */
	bool needs_path;    /* what would the kernel do now, and in what state is the device by which SYNs left, or would leave? */
	bool needs_host;    /* what of this host's own state may have dropped or refused it? */
	uint32_t left_by;   /* that device; 0: no SYN left */
	bool skip_tcp_info; /* poll() is not asked where SO_ERROR says it all, nor TCP_INFO: no SYN can have been sent twice yet */
};

/* What was the application told? Ends with APP_SO_ERROR. */
void prober_ask(const struct probe_socket *socket, const struct prober_question *question, struct prober_sink sink);

enum abandon_cause {
	ABANDON_INTERRUPTED, /* ^C */
	ABANDON_DEADLINE,    /* of the whole run */
	ABANDON_REACHED,     /* another probe of the target showed what was waited for */
};

/* It is waited for no more. */
void prober_abandon(const struct probe_socket *socket, enum abandon_cause cause, struct prober_sink sink);

/* It is to be closed with a RST, as it would be unless made in haste. */
void prober_reset(const struct probe_socket *socket);

/* With a RST: no TIME_WAIT piles up here, and the server forgets us. Harmless when closed already. */
void prober_close(struct probe_socket *socket, struct prober_sink sink);

#endif
