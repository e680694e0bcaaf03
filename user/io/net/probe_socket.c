// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Events with the time at which they are made. */
#include "user/io/net/probe_socket.h"

#include <sys/socket.h>

#include "user/io/clock.h"

void prober_tell(struct prober_sink sink, const struct event *event)
{
	sink.take(sink.context, event);
}

struct event probe_socket_event(const struct probe_socket *socket, enum event_kind kind)
{
	return (struct event){.time_ns = clock_now_ns(), .kind = kind, .key = socket->key};
}

struct event probe_socket_call(const struct probe_socket *socket, enum app_call call,
			       enum app_phase phase)
{
	struct event event = probe_socket_event(socket, EVENT_APP);

	event.netns = origin_netns(socket->origin);
	event.app = (struct app_event){.call = call, .phase = phase, .is_ours = true};
	return event;
}

struct address probe_socket_source(const struct probe_socket *socket)
{
	struct sockaddr_storage sockaddr;
	socklen_t length = sizeof(sockaddr);
	struct address source = {0};

	if (getsockname(socket->fd, (struct sockaddr *)&sockaddr, &length) < 0 ||
	    address_from_sockaddr(&sockaddr, &source) < 0)
		return (struct address){0};
	if (source.family == AF_INET6 && !socket->source_port) /* it was chosen after the way */
		source.port = 0;
	return source;
}
