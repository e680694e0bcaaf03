/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The socket of one probe, and events about it. */
#ifndef IO_PROBE_SOCKET_H
#define IO_PROBE_SOCKET_H

#include "user/io/clock.h"
#include "user/io/net/origin.h"

struct probe_socket {
	int fd; /* -1: closed */
	struct attempt_key key;
	const struct origin *origin;
	uint32_t netns; /* of the origin when it was made: it stays there */
	struct address destination;
	/* Right before connect(), or the bind() that failed: from here on the timeout counts */
	uint64_t began_ns;
	uint16_t source_port; /* as bound; 0: the kernel's choice */
};

/* Who gets the events, one by one. */
struct prober_sink {
	void (*take)(void *context, const struct event *event);
	void *context;
};

void prober_tell(struct prober_sink sink, const struct event *event);

/*
 * Of now: kind, time and the socket's key are set. Inline: events are large, and made for each
 * call.
 */
static inline struct event probe_socket_event(const struct probe_socket *socket,
					      enum event_kind kind)
{
	return (struct event){.time_ns = clock_now_ns(), .kind = kind, .key = socket->key};
}

/* Likewise, of a call that we make. */
static inline struct event probe_socket_call(const struct probe_socket *socket, enum app_call call,
					     enum app_phase phase)
{
	return (struct event){
		.time_ns = clock_now_ns(),
		.kind = EVENT_APP,
		.netns = socket->netns,
		.key = socket->key,
		.app = {.call = call, .phase = phase, .is_ours = true},
	};
}

/*
 * The socket's own source, as far as it has one: by bind(), by connect(), or by a program of a
 * cgroup.
 */
struct address probe_socket_source(const struct probe_socket *socket);

#endif
