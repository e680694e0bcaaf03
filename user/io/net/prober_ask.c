// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Routes, neighbours, devices and this host by netlink and /proc; the outcome by poll(), TCP_INFO
 * and SO_ERROR.
 */
#include "user/io/net/prober_ask.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "user/io/clock.h"
#include "user/io/net/probe_way.h"
#include "user/io/net/socket_info.h"

/* Of the one that the SYN waits for, else of the route's next hop. */
static void tell_neighbour(const struct probe_socket *probe, const struct attempt *attempt,
			   const struct route_event *route, struct prober_sink sink)
{
	const struct entry *waits_for = attempt ? attempt_waits_for(attempt) : NULL;
	struct address next_hop =
		address_is_set(&route->gateway) ? route->gateway : probe->destination;
	struct event event = probe_socket_event(probe, EVENT_NEIGHBOUR);
	uint32_t ifindex = route->ifindex;

	if (waits_for) {
		next_hop =
			address_make(waits_for->neighbour.family, waits_for->neighbour.address, 0);
		ifindex = waits_for->ifindex;
	}
	next_hop.port = 0;
	if (!ifindex || origin_neighbour(probe->origin, &next_hop, ifindex, &event.neighbour) < 0)
		return;
	event.time_ns = clock_now_ns();
	prober_tell(sink, &event);
}

static void tell_link(const struct probe_socket *probe, uint32_t ifindex, struct prober_sink sink)
{
	struct event event = probe_socket_event(probe, EVENT_LINK);

	if (!ifindex || origin_link(probe->origin, ifindex, &event.link) < 0)
		return;
	event.time_ns = clock_now_ns();
	prober_tell(sink, &event);
}

static void tell_host(const struct probe_socket *probe, struct prober_sink sink)
{
	struct event event = probe_socket_event(probe, EVENT_HOST);

	if (!origin_is_still(probe->origin, probe->netns) ||
	    origin_host(probe->origin, &probe->destination, &event.host) < 0)
		return;
	event.time_ns = clock_now_ns();
	prober_tell(sink, &event);
}

static struct event ask_poll(const struct probe_socket *probe)
{
	struct pollfd waiting = {.fd = probe->fd, .events = POLLIN | POLLOUT};
	struct event event;
	int result = poll(&waiting, 1, 0);

	event = probe_socket_call(probe, APP_POLL, APP_RETURN);
	event.app.result = result < 0 ? result : waiting.revents;
	event.app.error = result < 0 ? errno : 0;
	return event;
}

/*
 * An independent witness: the kernel's own count of retransmits, and its state, must fit what was
 * seen.
 */
static void tell_info(const struct probe_socket *probe, struct prober_sink sink)
{
	struct event event = probe_socket_event(probe, EVENT_SOCKET_INFO);
	struct socket_info info;

	if (socket_info_read(probe->fd, &info) < 0)
		return;
	event.time_ns = clock_now_ns();
	event.info = (struct info_event){.state = info.state,
					 .retransmits = info.retransmits,
					 .sent = info.sent,
					 .received = info.received};
	prober_tell(sink, &event);
}

static struct event ask_so_error(const struct probe_socket *probe)
{
	struct event event;
	int error = 0;
	socklen_t length = sizeof(error);

	if (getsockopt(probe->fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0)
		error = errno;
	event = probe_socket_call(probe, APP_SO_ERROR, APP_RETURN);
	event.app.result = error;
	return event;
}

/* Asking for the error clears it: poll() comes before. */
static void tell_outcome(const struct probe_socket *probe, struct prober_sink sink)
{
	struct event event = ask_poll(probe);

	prober_tell(sink, &event);
	event = ask_so_error(probe);
	prober_tell(sink, &event);
}

/* Where there is an error, poll() has nothing to add. */
static void tell_outcome_briefly(const struct probe_socket *probe, struct prober_sink sink)
{
	struct event error = ask_so_error(probe), poll;

	if (!error.app.result) {
		poll = ask_poll(probe);
		prober_tell(sink, &poll);
		error.time_ns = poll.time_ns; /* it is the last word */
	}
	prober_tell(sink, &error);
}

static void tell_path(const struct probe_socket *probe, const struct prober_question *question,
		      struct prober_sink sink)
{
	struct event event = probe_socket_event(probe, EVENT_ROUTE);

	if (probe_way_now(probe, question->attempt, &event.route) == 0) {
		event.time_ns = clock_now_ns();
		prober_tell(sink, &event);
	}
	if (!origin_is_still(probe->origin, probe->netns)) /* another one's say nothing of it */
		return;
	tell_neighbour(probe, question->attempt, &event.route, sink);
	tell_link(probe, question->left_by ? question->left_by : event.route.ifindex, sink);
}

void prober_ask(const struct probe_socket *socket, const struct prober_question *question,
		struct prober_sink sink)
{
	if (question->needs_path)
		tell_path(socket, question, sink);
	if (question->needs_host)
		tell_host(socket, sink);
	if (question->skip_tcp_info) {
		tell_outcome_briefly(socket, sink);
		return;
	}
	tell_info(socket, sink);
	tell_outcome(socket, sink);
}
