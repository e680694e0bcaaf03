// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A namespace, how the sockets in it are to be, and what its kernel is asked. */
#include "user/io/net/origin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "user/base/number.h"
#include "user/io/net/host_state.h"
#include "user/io/net/net_namespace.h"
#include "user/io/net/origin_netlink.h"
#include "user/io/netlink/devices.h"
#include "user/io/netlink/neighbours.h"
#include "user/io/netlink/routes.h"

struct origin {
	struct net_namespace *net;
	const struct source *source;
	struct origin_netlink *netlink;
};

int origin_enter(const struct origin *origin)
{
	return net_namespace_enter(origin->net);
}

void origin_leave(const struct origin *origin)
{
	net_namespace_leave(origin->net);
}

/* What cannot be entered or asked now cannot be later. */
static int try(const struct origin *origin, struct error *ret_error)
{
	int result = origin_enter(origin);
	struct rtnetlink *netlink;

	if (result == -EPERM)
		return error_set(
			ret_error, result,
			"to enter a network namespace CAP_SYS_ADMIN is needed; run as root");
	if (result < 0)
		return error_set(ret_error, result, "the network namespace cannot be entered: %s",
				 strerror(-result));
	origin_leave(origin);
	netlink = origin_netlink_take(origin->netlink);
	if (!netlink)
		return error_set(
			ret_error, -errno, "routes cannot be asked for (netlink): %s%s",
			strerror(errno),
			errno == EMFILE || errno == ENFILE ? "; raise the limit (ulimit -n)" : "");
	origin_netlink_put(origin->netlink, netlink);
	return 0;
}

/* Takes the reference; NULL: there is none. */
static struct origin *origin_of(struct net_namespace *net, const struct source *source)
{
	struct origin *origin = malloc(sizeof(*origin));

	if (!origin) {
		net_namespace_release(net);
		return NULL;
	}
	*origin = (struct origin){.net = net, .source = source};
	origin->netlink = origin_netlink_new(net);
	if (origin->netlink)
		return origin;
	origin_free(origin);
	return NULL;
}

struct origin *origin_new(const char *netns, const struct source *source, struct error *ret_error)
{
	struct net_namespace *net = net_namespace_new(netns, ret_error);
	int result = net ? 0 : -errno;
	struct origin *origin = net ? origin_of(net, source) : NULL;

	if (net)
		result = origin ? try(origin, ret_error)
				: error_set(ret_error, -ENOMEM, "out of memory");
	if (result == 0)
		return origin;
	if (netns)
		error_prefix(ret_error, result, "-N %s", netns);
	origin_free(origin);
	errno = -result;
	return NULL;
}

struct origin *origin_copy(const struct origin *origin)
{
	return origin_of(net_namespace_share(origin->net), origin->source);
}

void origin_free(struct origin *origin)
{
	if (!origin)
		return;
	origin_netlink_free(origin->netlink);
	net_namespace_release(origin->net);
	free(origin);
}

size_t origin_descriptors(size_t namespaces, size_t threads)
{
	size_t sockets = namespaces * threads;

	if (sockets > ORIGIN_NETLINK_KEPT)
		sockets = ORIGIN_NETLINK_KEPT + threads; /* and those that are not kept, one each */
	return namespaces ? namespaces + 1 + sockets : 0;
}

const char *origin_name(const struct origin *origin)
{
	return net_namespace_name(origin->net);
}

uint32_t origin_netns(const struct origin *origin)
{
	return net_namespace_inode(origin->net);
}

enum net_change origin_follow(const struct origin *origin, uint64_t now_ns)
{
	return net_namespace_follow(origin->net, now_ns);
}

bool origin_is_still(const struct origin *origin, uint32_t netns)
{
	return net_namespace_is(origin->net, netns);
}

const struct source *origin_source(const struct origin *origin)
{
	return origin->source;
}

uint32_t origin_ifindex(const struct origin *origin, const char *device)
{
	struct rtnetlink *netlink = origin_netlink_take(origin->netlink);
	uint32_t ifindex = netlink ? devices_ifindex(netlink, device) : 0;

	origin_netlink_put(origin->netlink, netlink);
	return ifindex;
}

uint32_t origin_zone(const struct origin *origin, const char *zone)
{
	uint32_t ifindex = origin_ifindex(origin, zone);
	struct link_event link;
	struct error error;
	uint64_t number;

	if (ifindex || number_parse(zone, "zone", 1, INT32_MAX, &number, &error) < 0)
		return ifindex;
	return origin_link(origin, (uint32_t)number, &link) == 0 ? (uint32_t)number : 0;
}

const struct address *source_address(const struct source *source, int family)
{
	return family == AF_INET ? &source->v4 : &source->v6;
}

static int ask_route(const struct origin *origin, const struct route_question *question,
		     struct route_event *ret_route, struct address *ret_preferred_source)
{
	struct rtnetlink *netlink = origin_netlink_take(origin->netlink);
	int result =
		netlink ? routes_ask(netlink, question, ret_route, ret_preferred_source) : -errno;

	origin_netlink_put(origin->netlink, netlink);
	return result;
}

int origin_route_from(const struct origin *origin, const struct address *source,
		      const uint32_t *uid, const struct address *destination,
		      struct route_event *ret_route, struct address *ret_preferred_source)
{
	const struct source *own = origin->source;
	struct route_question question = {
		.destination = *destination,
		.source = *source,
		.mark = own->has_mark ? own->mark : 0,
		.oif = own->device ? origin_ifindex(origin, own->device) : 0,
		.tos = own->tos < 0 ? 0 : (uint8_t)own->tos,
		.has_uid = uid != NULL,
		.uid = uid ? *uid : 0,
	};
	bool is_deleted = net_namespace_is_deleted(origin->net);

	if (!is_deleted && (!own->device || question.oif))
		return ask_route(origin, &question, ret_route, ret_preferred_source);
	*ret_route =
		(struct route_event){.kind = is_deleted ? ROUTE_NO_NAMESPACE : ROUTE_NO_DEVICE};
	if (ret_preferred_source)
		*ret_preferred_source = (struct address){0};
	return 0;
}

int origin_route(const struct origin *origin, const struct address *destination,
		 struct route_event *ret_route, struct address *ret_preferred_source)
{
	return origin_route_from(origin, source_address(origin->source, destination->family), NULL,
				 destination, ret_route, ret_preferred_source);
}

int origin_neighbour(const struct origin *origin, const struct address *address, uint32_t ifindex,
		     struct neighbour_event *ret_neighbour)
{
	struct rtnetlink *netlink = origin_netlink_take(origin->netlink);
	int result = netlink ? routes_neighbour(netlink, address, ifindex, ret_neighbour) : -errno;

	origin_netlink_put(origin->netlink, netlink);
	return result;
}

int origin_neighbour_table(const struct origin *origin, int family,
			   struct neighbour_table *ret_table)
{
	struct rtnetlink *netlink = origin_netlink_take(origin->netlink);
	int result = netlink ? neighbours_table(netlink, family, ret_table) : -errno;

	origin_netlink_put(origin->netlink, netlink);
	return result;
}

int origin_link(const struct origin *origin, uint32_t ifindex, struct link_event *ret_link)
{
	struct rtnetlink *netlink = origin_netlink_take(origin->netlink);
	int result = netlink ? devices_link(netlink, ifindex, ret_link) : -errno;

	origin_netlink_put(origin->netlink, netlink);
	return result;
}

int origin_host(const struct origin *origin, const struct address *destination,
		struct host_event *ret_host)
{
	int result = origin_enter(origin);

	if (result < 0)
		return result;
	host_state_read(destination, ret_host);
	origin_leave(origin);
	return 0;
}
