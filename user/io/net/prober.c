// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* socket(), SO_COOKIE, options, bind(), route, connect(); then route, poll(), SO_ERROR; then close(). What counts is an event. */
#include "user/io/net/prober.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "user/io/clock.h"
#include "user/io/net/socket_info.h"

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
		.netns = origin_netns(socket->origin),
		.key = socket->key,
		.app = {.call = call, .phase = phase, .is_ours = true},
	};
}

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
 * The cookie is asked for before connect(): so the kernel side finds it in the socket on every kernel, and knows ours from the resolver's.
 */
static int open_socket(const struct probe_request *request, struct probe_socket *probe)
{
	socklen_t length = sizeof(probe->key.cookie);
	int error;

	probe->fd = origin_open_socket(probe->origin, probe->destination.family);
	if (probe->fd < 0)
		return probe->fd;
	if (getsockopt(probe->fd, SOL_SOCKET, SO_COOKIE, &probe->key.cookie, &length) < 0 ||
	    (!request->skip_route && set_reset(probe->fd) < 0) || (request->is_half_open && put_off_ack(probe->fd) < 0)) {
		error = errno;
		close(probe->fd);
		return -error;
	}
	probe->key.number = 1;
	return 0;
}

static void tell_route(const struct probe_socket *probe, const struct route_event *route, struct prober_sink sink)
{
	struct event event = {.kind = EVENT_ROUTE, .key = probe->key, .time_ns = clock_now_ns(), .route = *route};

	tell(sink, &event);
}

/* Returns 0 or -errno: a device, address or port that is not to be had, or an option that is not allowed. */
static int bind_socket(const struct probe_request *request, const struct probe_socket *probe)
{
	int result = origin_set_options(probe->origin, probe->fd, probe->destination.family);

	return result < 0 ? result : origin_bind(probe->origin, probe->fd, probe->destination.family, request->source_port);
}

static void tell_enter(const struct probe_request *request, struct probe_socket *probe, struct prober_sink sink)
{
	struct event event = app_event(probe, APP_CONNECT, APP_ENTER);

	event.app.address = request->destination;
	event.app.probe = request->number;
	event.app.target = request->target;
	event.app.sequence = request->sequence;
	probe->began_ns = event.time_ns;
	tell(sink, &event);
}

static void tell_unbound(const struct probe_request *request, const struct probe_socket *probe, int error, struct prober_sink sink)
{
	const struct source *source = origin_source(probe->origin);
	struct event event = app_event(probe, APP_BIND, APP_RETURN);

	event.app.result = -1;
	event.app.error = error;
	event.app.address = request->destination.family == AF_INET ? source->v4 : source->v6;
	if (request->source_port && !address_is_set(&event.app.address))
		event.app.address.family = request->destination.family;
	event.app.address.port = request->source_port;
	tell(sink, &event);
}

static void connect_socket(const struct probe_socket *probe, struct prober_sink sink)
{
	struct sockaddr_storage sockaddr;
	socklen_t length = (socklen_t)address_to_sockaddr(&probe->destination, &sockaddr);
	int result = connect(probe->fd, (struct sockaddr *)&sockaddr, length), error = result < 0 ? errno : 0;
	struct event event = app_event(probe, APP_CONNECT, APP_RETURN);

	event.app.result = result;
	event.app.error = error;
	tell(sink, &event);
}

/* The socket's own, as far as it has one: by bind(), by connect(), or by a program of a cgroup. */
static struct address chosen_source(const struct probe_socket *probe)
{
	struct sockaddr_storage sockaddr;
	socklen_t length = sizeof(sockaddr);
	struct address source = {0};

	if (getsockname(probe->fd, (struct sockaddr *)&sockaddr, &length) < 0 || address_from_sockaddr(&sockaddr, &source) < 0)
		return (struct address){0};
	if (source.family == AF_INET6 && !probe->source_port) /* it was chosen after the way */
		source.port = 0;
	return source;
}

/* Before connect(). */
static int ask_first(const struct probe_socket *probe, bool is_bound, struct route_event *ret_route)
{
	struct address source = chosen_source(probe);

	if (!is_bound || source.family != probe->destination.family)
		return origin_route(probe->origin, &probe->destination, ret_route, NULL);
	return origin_route_from(probe->origin, &source, NULL, &probe->destination, ret_route, NULL);
}

int prober_connect(const struct probe_request *request, struct prober_sink sink, struct probe_socket *ret_socket)
{
	struct probe_socket probe = {.origin = request->origin, .destination = request->destination, .source_port = request->source_port};
	struct route_event route;
	int result = open_socket(request, &probe);

	if (result < 0)
		return result;
	result = bind_socket(request, &probe);
	if (result == -EADDRINUSE && request->source_port && !request->is_last_try) {
		close(probe.fd);
		return result;
	}
	if (!request->skip_route && ask_first(&probe, result == 0, &route) == 0)
		tell_route(&probe, &route, sink);
	tell_enter(request, &probe, sink);
	if (result < 0)
		tell_unbound(request, &probe, -result, sink);
	else
		connect_socket(&probe, sink);
	*ret_socket = probe;
	return 0;
}

/* The socket remembers its device by number: another one of that name would not help. */
static bool has_lost_device(const struct probe_socket *probe)
{
	char name[EVENT_NAME_MAX];
	socklen_t length = sizeof(name);

	return getsockopt(probe->fd, SOL_SOCKET, SO_BINDTODEVICE, name, &length) < 0 && errno == ENODEV;
}

/* A whole network may be this host's (AnyIP): a local route, and no device has the addresses. */
static bool is_local(const struct origin *origin, const struct address *address)
{
	struct address host = *address;
	struct route_event route = {0};

	host.port = 0;
	return origin_route(origin, &host, &route, NULL) == 0 && route.kind == ROUTE_LOCAL;
}

/*
 * An address that is gone, that never was this host's (ip_nonlocal_bind), or that speaks to this host only. A route may lead out of a VRF, or into one: then the
 * source is none that such a socket could be bound to, but nothing is lost.
 */
static bool has_lost_source(const struct probe_socket *probe)
{
	struct address source = chosen_source(probe);

	if (!address_is_set(&source) || address_is_unspecified(&source))
		return false;
	if (address_is_loopback(&source) && !address_is_loopback(&probe->destination))
		return !is_local(probe->origin, &probe->destination);
	if (origin_has_address(probe->origin, &source) != 0)
		return false;
	return origin_try_address(probe->origin, &source) == -EADDRNOTAVAIL || !is_local(probe->origin, &source);
}

static bool is_way(const struct route_event *route)
{
	return route->kind == ROUTE_UNICAST || route->kind == ROUTE_LOCAL;
}

/* For what the packets are. Where that has no way, its source may have gone, too, and then the way without it says more. Returns 0 or -errno. */
static int ask_way(const struct probe_socket *probe, const struct address *destination, struct route_event *ret_route)
{
	struct address source = chosen_source(probe);

	if (source.family == destination->family && origin_route_from(probe->origin, &source, NULL, destination, ret_route, NULL) == 0 &&
	    (is_way(ret_route) || (!address_is_unspecified(&source) && origin_has_address(probe->origin, &source) == 1)))
		return 0;
	return origin_route(probe->origin, destination, ret_route, NULL);
}

/* A program of a cgroup may have sent the socket elsewhere. To this very host: then it says nothing of where the target is. */
static int ask_way_of(const struct probe_socket *probe, const struct attempt *attempt, struct route_event *ret_route)
{
	bool is_rewritten = attempt && address_is_set(&attempt->destination) && !address_is_unspecified(&probe->destination) &&
			    !address_same_host(&attempt->destination, &probe->destination);

	if (is_rewritten && ask_way(probe, &attempt->destination, ret_route) == 0 && ret_route->kind != ROUTE_LOCAL)
		return 0;
	return ask_way(probe, &probe->destination, ret_route);
}

/*
 * What the kernel would do now. A route that is gone explains a source that went with it, unless the source was asked for: then it is what
 * the route depends on.
 */
static struct route_event ask_route(const struct probe_socket *probe, const struct attempt *attempt, struct prober_sink sink)
{
	const struct source *source = origin_source(probe->origin);
	bool is_source_given = address_is_set(probe->destination.family == AF_INET ? &source->v4 : &source->v6);
	struct route_event route = {0};
	int result = ask_way_of(probe, attempt, &route);

	if (has_lost_device(probe))
		route = (struct route_event){.kind = ROUTE_NO_DEVICE};
	else if (((result == 0 && is_way(&route)) || is_source_given) && has_lost_source(probe))
		route.kind = ROUTE_NO_SOURCE;
	else if (result < 0)
		return route;
	tell_route(probe, &route, sink);
	return route;
}

/* Of the one that the SYN waits for, else of the route's next hop. */
static void tell_neighbour(const struct probe_socket *probe, const struct attempt *attempt, const struct route_event *route,
			   struct prober_sink sink)
{
	const struct entry *waits_for = attempt ? attempt_waits_for(attempt) : NULL;
	struct address next_hop = address_is_set(&route->gateway) ? route->gateway : probe->destination;
	struct event event = {.kind = EVENT_NEIGHBOUR, .key = probe->key};
	uint32_t ifindex = route->ifindex;

	if (waits_for) {
		next_hop = address_make(waits_for->neighbour.family, waits_for->neighbour.address, 0);
		ifindex = waits_for->ifindex;
	}
	next_hop.port = 0;
	if (!ifindex || origin_neighbour(probe->origin, &next_hop, ifindex, &event.neighbour) < 0)
		return;
	event.time_ns = clock_now_ns();
	tell(sink, &event);
}

static void tell_link(const struct probe_socket *probe, uint32_t ifindex, struct prober_sink sink)
{
	struct event event = {.kind = EVENT_LINK, .key = probe->key};

	if (!ifindex || origin_link(probe->origin, ifindex, &event.link) < 0)
		return;
	event.time_ns = clock_now_ns();
	tell(sink, &event);
}

static void tell_host(const struct probe_socket *probe, struct prober_sink sink)
{
	struct event event = {.kind = EVENT_HOST, .key = probe->key};

	if (origin_host(probe->origin, &probe->destination, &event.host) < 0)
		return;
	event.time_ns = clock_now_ns();
	tell(sink, &event);
}

static struct event ask_poll(const struct probe_socket *probe)
{
	struct pollfd waiting = {.fd = probe->fd, .events = POLLIN | POLLOUT};
	struct event event;
	int result = poll(&waiting, 1, 0);

	event = app_event(probe, APP_POLL, APP_RETURN);
	event.app.result = result < 0 ? result : waiting.revents;
	event.app.error = result < 0 ? errno : 0;
	return event;
}

/* An independent witness: the kernel's own count of retransmits, and its state, must fit what was seen. */
static void tell_info(const struct probe_socket *probe, struct prober_sink sink)
{
	struct event event = {.kind = EVENT_SOCKET_INFO, .key = probe->key};
	struct socket_info info;

	if (socket_info_read(probe->fd, &info) < 0)
		return;
	event.time_ns = clock_now_ns();
	event.info = (struct info_event){.state = info.state, .retransmits = info.retransmits, .sent = info.sent};
	tell(sink, &event);
}

static struct event ask_so_error(const struct probe_socket *probe)
{
	struct event event;
	int error = 0;
	socklen_t length = sizeof(error);

	if (getsockopt(probe->fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0)
		error = errno;
	event = app_event(probe, APP_SO_ERROR, APP_RETURN);
	event.app.result = error;
	return event;
}

/* Asking for the error clears it: poll() comes before. */
static void tell_outcome(const struct probe_socket *probe, struct prober_sink sink)
{
	struct event event = ask_poll(probe);

	tell(sink, &event);
	event = ask_so_error(probe);
	tell(sink, &event);
}

/* Where there is an error, poll() has nothing to add. */
static void tell_outcome_briefly(const struct probe_socket *probe, struct prober_sink sink)
{
	struct event error = ask_so_error(probe), poll;

	if (!error.app.result) {
		poll = ask_poll(probe);
		tell(sink, &poll);
		error.time_ns = poll.time_ns; /* it is the last word */
	}
	tell(sink, &error);
}

void prober_ask(const struct probe_socket *socket, const struct prober_question *question, struct prober_sink sink)
{
	struct route_event route;

	if (question->needs_path) {
		route = ask_route(socket, question->attempt, sink);
		tell_neighbour(socket, question->attempt, &route, sink);
		tell_link(socket, question->left_by ? question->left_by : route.ifindex, sink);
	}
	if (question->needs_host)
		tell_host(socket, sink);
	if (question->skip_tcp_info) {
		tell_outcome_briefly(socket, sink);
		return;
	}
	tell_info(socket, sink);
	tell_outcome(socket, sink);
}

void prober_abandon(const struct probe_socket *socket, enum abandon_cause cause, struct prober_sink sink)
{
	struct event event = app_event(socket, APP_ABANDON, APP_ENTER);

	event.app.result = (int32_t)cause;
	tell(sink, &event);
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
	event = app_event(socket, APP_CLOSE, APP_ENTER);
	tell(sink, &event);
	close(socket->fd);
	socket->fd = -1;
}
