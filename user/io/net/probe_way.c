// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The kernel is asked as for a packet of the socket; what is gone meanwhile is found by asking
 * without it.
 */
#include "user/io/net/probe_way.h"

#include <errno.h>
#include <sys/socket.h>

#include "user/io/net/origin_socket.h"

int probe_way_first(const struct probe_socket *probe, bool is_bound, struct route_event *ret_route)
{
	struct address source = probe_socket_source(probe);

	if (!is_bound || source.family != probe->destination.family)
		return origin_route(probe->origin, &probe->destination, ret_route, NULL);
	return origin_route_from(probe->origin, &source, NULL, &probe->destination, ret_route,
				 NULL);
}

/* The socket remembers its device by number: another one of that name would not help. */
static bool has_lost_device(const struct probe_socket *probe)
{
	char name[EVENT_NAME_MAX];
	socklen_t length = sizeof(name);

	return getsockopt(probe->fd, SOL_SOCKET, SO_BINDTODEVICE, name, &length) < 0 &&
	       errno == ENODEV;
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
 * An address that is gone, that never was this host's (ip_nonlocal_bind), or that speaks to this
 * host only. A route may lead out of a VRF, or into one: then the source is none that such a socket
 * could be bound to, but nothing is lost.
 */
static bool has_lost_source(const struct probe_socket *probe)
{
	struct address source = probe_socket_source(probe);

	if (!address_is_set(&source) || address_is_unspecified(&source))
		return false;
	if (address_is_loopback(&source) && !address_is_loopback(&probe->destination))
		return !is_local(probe->origin, &probe->destination);
	if (origin_has_address(probe->origin, &source) != 0)
		return false;
	return origin_try_address(probe->origin, &source) == -EADDRNOTAVAIL ||
	       !is_local(probe->origin, &source);
}

static bool is_way(const struct route_event *route)
{
	return route->kind == ROUTE_UNICAST || route->kind == ROUTE_LOCAL;
}

/*
 * For what the packets are. Where that has no way, its source may have gone, too, and then the way
 * without it says more. Returns 0 or -errno.
 */
static int ask_way_as_it_is(const struct probe_socket *probe, const struct address *source,
			    const struct address *destination, struct route_event *ret_route,
			    struct address *ret_chosen)
{
	if (source->family == destination->family &&
	    origin_route_from(probe->origin, source, NULL, destination, ret_route, ret_chosen) ==
		    0 &&
	    (is_way(ret_route) ||
	     (!address_is_unspecified(source) && origin_has_address(probe->origin, source) == 1)))
		return 0;
	return origin_route(probe->origin, destination, ret_route, ret_chosen);
}

/*
 * Without a source the kernel looks the way up twice: the second time from the address that it has
 * chosen, by which a rule may refuse it (ip_route_connect()).
 */
static int ask_way(const struct probe_socket *probe, const struct address *destination,
		   struct route_event *ret_route)
{
	struct address source = probe_socket_source(probe), chosen = {0};
	struct route_event from_chosen;
	int result = ask_way_as_it_is(probe, &source, destination, ret_route, &chosen);

	if (result < 0 || !is_way(ret_route) || !address_is_set(&chosen) ||
	    (address_is_set(&source) && !address_is_unspecified(&source)))
		return result;
	chosen.port = source.port;
	if (origin_route_from(probe->origin, &chosen, NULL, destination, &from_chosen, NULL) == 0 &&
	    !is_way(&from_chosen))
		*ret_route = from_chosen;
	return 0;
}

/*
 * A program of a cgroup may have sent the socket elsewhere. To this very host: then it says nothing
 * of where the target is.
 */
static int ask_way_of(const struct probe_socket *probe, const struct attempt *attempt,
		      struct route_event *ret_route)
{
	bool is_rewritten = attempt && address_is_set(&attempt->destination) &&
			    !address_is_unspecified(&probe->destination) &&
			    !address_same_host(&attempt->destination, &probe->destination);

	if (is_rewritten && ask_way(probe, &attempt->destination, ret_route) == 0 &&
	    ret_route->kind != ROUTE_LOCAL)
		return 0;
	return ask_way(probe, &probe->destination, ret_route);
}

static int way_now(const struct probe_socket *probe, const struct attempt *attempt,
		   struct route_event *ret_route)
{
	const struct source *source = origin_source(probe->origin);
	bool is_source_given =
		address_is_set(probe->destination.family == AF_INET ? &source->v4 : &source->v6);
	struct route_event route = {0};
	int result = ask_way_of(probe, attempt, &route);

	if (has_lost_device(probe))
		route = (struct route_event){.kind = ROUTE_NO_DEVICE};
	else if (((result == 0 && is_way(&route)) || is_source_given) && has_lost_source(probe))
		route.kind = ROUTE_NO_SOURCE;
	else if (result < 0)
		return result;
	*ret_route = route;
	return 0;
}

int probe_way_now(const struct probe_socket *probe, const struct attempt *attempt,
		  struct route_event *ret_route)
{
	if (origin_is_still(probe->origin, probe->netns))
		return way_now(probe, attempt, ret_route);
	*ret_route = (struct route_event){.kind = ROUTE_NO_NAMESPACE};
	return 0;
}
