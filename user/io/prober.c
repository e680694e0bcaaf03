// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* socket(), SO_COOKIE, route, connect(); then poll(), SO_ERROR; then close(). Each step is an event. */
#include "user/io/prober.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "user/io/clock.h"

#ifndef SO_COOKIE
#define SO_COOKIE 57
#endif

static void tell(struct prober_sink sink, const struct event *event)
{
	sink.take(sink.context, event);
}

static struct event app_event(const struct probe_socket *socket, enum app_call call, enum app_phase phase)
{
	return (struct event){
		.time_ns = clock_now_ns(),
		.kind = EVENT_APP,
		.key = socket->key,
		.app = {.call = call, .phase = phase, .is_ours = true},
	};
}

/*
 * The cookie is asked for before connect(): so the kernel side finds it in the socket on every kernel, and knows ours from the resolver's.
 * IPPROTO_TCP by name: where MPTCP is the default for TCP sockets, SYNs would come from a subflow that is not this socket.
 */
static int open_socket(int family, struct probe_socket *probe)
{
	struct linger reset_on_close = {.l_onoff = 1, .l_linger = 0};
	socklen_t length = sizeof(probe->key.cookie);
	int error;

	probe->fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
	if (probe->fd < 0)
		return -errno;
	if (getsockopt(probe->fd, SOL_SOCKET, SO_COOKIE, &probe->key.cookie, &length) < 0 ||
	    setsockopt(probe->fd, SOL_SOCKET, SO_LINGER, &reset_on_close, sizeof(reset_on_close)) < 0) {
		error = errno;
		close(probe->fd);
		return -error;
	}
	probe->key.number = 1;
	return 0;
}

static void tell_route(struct routes *routes, struct probe_socket *probe, struct prober_sink sink)
{
	struct event event = {.kind = EVENT_ROUTE, .key = probe->key};

	if (routes_ask(routes, &probe->destination, NULL, 0, 0, &event.route, NULL) < 0)
		return;
	event.time_ns = clock_now_ns();
	probe->ifindex = event.route.ifindex;
	probe->gateway = event.route.gateway;
	tell(sink, &event);
}

int prober_connect(struct routes *routes, const struct address *destination, uint32_t number, struct prober_sink sink,
		   struct probe_socket *ret_socket)
{
	struct probe_socket probe = {.destination = *destination};
	struct sockaddr_storage sockaddr;
	socklen_t length = (socklen_t)address_to_sockaddr(destination, &sockaddr);
	int result = open_socket(destination->family, &probe);
	struct event event;

	if (result < 0)
		return result;
	tell_route(routes, &probe, sink);
	event = app_event(&probe, APP_CONNECT, APP_ENTER);
	event.app.address = *destination;
	event.app.probe = number;
	tell(sink, &event);
	result = connect(probe.fd, (struct sockaddr *)&sockaddr, length);
	event = app_event(&probe, APP_CONNECT, APP_RETURN);
	event.app.result = result;
	event.app.error = result < 0 ? errno : 0;
	tell(sink, &event);
	*ret_socket = probe;
	return 0;
}

static void tell_neighbour(struct routes *routes, const struct probe_socket *probe, struct prober_sink sink)
{
	struct address next_hop = address_is_set(&probe->gateway) ? probe->gateway : probe->destination;
	struct event event = {.kind = EVENT_NEIGHBOUR, .key = probe->key};

	if (!probe->ifindex)
		return;
	next_hop.port = 0;
	if (routes_neighbour(routes, &next_hop, probe->ifindex, &event.neighbour) < 0)
		return;
	event.time_ns = clock_now_ns();
	tell(sink, &event);
}

static void tell_poll(const struct probe_socket *probe, struct prober_sink sink)
{
	struct pollfd waiting = {.fd = probe->fd, .events = POLLIN | POLLOUT};
	struct event event;
	int result = poll(&waiting, 1, 0);

	event = app_event(probe, APP_POLL, APP_RETURN);
	event.app.result = result < 0 ? result : waiting.revents;
	event.app.error = result < 0 ? errno : 0;
	tell(sink, &event);
}

/* An independent witness: the kernel's own count of retransmits, and its state, must fit what was seen. */
static void tell_info(const struct probe_socket *probe, struct prober_sink sink)
{
	struct event event = {.kind = EVENT_SOCKET_INFO, .key = probe->key};
	struct tcp_info info;
	socklen_t length = sizeof(info);

	if (getsockopt(probe->fd, IPPROTO_TCP, TCP_INFO, &info, &length) < 0)
		return;
	event.time_ns = clock_now_ns();
	event.info.state = info.tcpi_state;
	event.info.retransmits = info.tcpi_total_retrans;
	tell(sink, &event);
}

static void tell_so_error(const struct probe_socket *probe, struct prober_sink sink)
{
	struct event event;
	int error = 0;
	socklen_t length = sizeof(error);

	if (getsockopt(probe->fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0)
		error = errno;
	event = app_event(probe, APP_SO_ERROR, APP_RETURN);
	event.app.result = error;
	tell(sink, &event);
}

void prober_ask(struct routes *routes, const struct probe_socket *socket, bool needs_path, struct prober_sink sink)
{
	struct probe_socket probe = *socket;

	if (needs_path) {
		tell_route(routes, &probe, sink);
		tell_neighbour(routes, &probe, sink);
	}
	tell_info(&probe, sink);
	tell_poll(&probe, sink);
	tell_so_error(&probe, sink);
}

void prober_abandon(const struct probe_socket *socket, struct prober_sink sink)
{
	struct event event = app_event(socket, APP_ABANDON, APP_ENTER);

	tell(sink, &event);
}

void prober_close(struct probe_socket *socket, struct prober_sink sink)
{
	struct event event;

	if (socket->fd < 0)
		return;
	event = app_event(socket, APP_CLOSE, APP_ENTER);
	tell(sink, &event);
	close(socket->fd);
	socket->fd = -1;
}
