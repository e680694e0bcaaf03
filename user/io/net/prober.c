// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* socket(), SO_COOKIE, options, bind(), route, connect(); then close(). What counts is an event. */
#include "user/io/net/prober.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "user/io/clock.h"
#include "user/io/net/origin_socket.h"
#include "user/io/net/probe_way.h"

#ifndef SO_COOKIE
#define SO_COOKIE 57
#endif

static int set_reset(int fd)
{
	struct linger reset_on_close = {.l_onoff = 1, .l_linger = 0};

	return setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset_on_close, sizeof(reset_on_close));
}

/* tcp_rcv_synsent_state_process() puts off its ACK for a socket in pingpong mode. */
static int put_off_ack(int fd)
{
	int is_quick = 0;

	return setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &is_quick, sizeof(is_quick));
}

/*
 * The cookie is asked for before connect(): so the kernel side finds it in the socket on every
 * kernel, and knows ours from the resolver's.
 */
static int open_socket(const struct probe_request *request, struct probe_socket *probe)
{
	socklen_t length = sizeof(probe->key.cookie);
	int error;

	probe->fd = origin_open_socket(probe->origin, probe->destination.family);
	if (probe->fd < 0)
		return probe->fd;
	if (getsockopt(probe->fd, SOL_SOCKET, SO_COOKIE, &probe->key.cookie, &length) < 0 ||
	    (!request->skip_route && set_reset(probe->fd) < 0) ||
	    (request->is_half_open && put_off_ack(probe->fd) < 0)) {
		error = errno;
		close(probe->fd);
		return -error;
	}
	probe->key.number = 1;
	return 0;
}

/*
 * Returns 0 or -errno: a device, address or port that is not to be had, or an option that is not
 * allowed. -ENOENT: it may not be in the namespace that was asked for, which was deleted.
 */
static int bind_socket(const struct probe_request *request, const struct probe_socket *probe)
{
	int result;

	if (!origin_is_still(probe->origin, probe->netns))
		return -ENOENT;
	result = origin_set_options(probe->origin, probe->fd, probe->destination.family);
	if (result == 0)
		result = origin_set_ttl(probe->fd, probe->destination.family, request->ttl);
	return result < 0 ? result
			  : origin_bind(probe->origin, probe->fd, probe->destination.family,
					request->source_port);
}

static void tell_enter(const struct probe_request *request, struct probe_socket *probe,
		       struct prober_sink sink)
{
	struct event event = probe_socket_call(probe, APP_CONNECT, APP_ENTER);

	event.app.address = request->destination;
	event.app.probe = request->number;
	event.app.target = request->target;
	event.app.sequence = request->sequence;
	probe->began_ns = event.time_ns;
	prober_tell(sink, &event);
}

static void tell_unbound(const struct probe_request *request, const struct probe_socket *probe,
			 int error, struct prober_sink sink)
{
	const struct source *source = origin_source(probe->origin);
	struct event event = probe_socket_call(probe, APP_BIND, APP_RETURN);

	event.app.result = -1;
	event.app.error = error;
	event.app.address = request->destination.family == AF_INET ? source->v4 : source->v6;
	if (request->source_port && !address_is_set(&event.app.address))
		event.app.address.family = request->destination.family;
	event.app.address.port = request->source_port;
	prober_tell(sink, &event);
}

static void connect_socket(const struct probe_socket *probe, struct prober_sink sink)
{
	struct sockaddr_storage sockaddr;
	socklen_t length = (socklen_t)address_to_sockaddr(&probe->destination, &sockaddr);
	int result = connect(probe->fd, (struct sockaddr *)&sockaddr, length),
	    error = result < 0 ? errno : 0;
	struct event event = probe_socket_call(probe, APP_CONNECT, APP_RETURN);

	event.app.result = result;
	event.app.error = error;
	prober_tell(sink, &event);
}

static void tell_way(const struct probe_socket *probe, bool is_bound, struct prober_sink sink)
{
	struct event event = probe_socket_event(probe, EVENT_ROUTE);

	if (probe_way_first(probe, is_bound, &event.route) < 0)
		return;
	event.time_ns = clock_now_ns();
	prober_tell(sink, &event);
}

int prober_connect(const struct probe_request *request, struct prober_sink sink,
		   struct probe_socket *ret_socket)
{
	struct probe_socket probe = {.origin = request->origin,
				     .netns = origin_netns(request->origin),
				     .destination = request->destination,
				     .source_port = request->source_port};
	int result = open_socket(request, &probe);

	if (result < 0)
		return result;
	result = bind_socket(request, &probe);
	if (result == -EADDRINUSE && request->source_port && !request->is_last_try) {
		close(probe.fd);
		return result;
	}
	if (!request->skip_route)
		tell_way(&probe, result == 0, sink);
	tell_enter(request, &probe, sink);
	if (result < 0)
		tell_unbound(request, &probe, -result, sink);
	else
		connect_socket(&probe, sink);
	*ret_socket = probe;
	return 0;
}

void prober_abandon(const struct probe_socket *socket, enum abandon_cause cause,
		    struct prober_sink sink)
{
	struct event event = probe_socket_call(socket, APP_ABANDON, APP_ENTER);

	event.app.result = (int32_t)cause;
	prober_tell(sink, &event);
}

void prober_reset(const struct probe_socket *socket)
{
	set_reset(socket->fd);
}

void prober_close(struct probe_socket *socket, struct prober_sink sink)
{
	struct event event;

	if (socket->fd < 0)
		return;
	event = probe_socket_call(socket, APP_CLOSE, APP_ENTER);
	prober_tell(sink, &event);
	close(socket->fd);
	socket->fd = -1;
}
