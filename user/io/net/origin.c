// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A namespace that a thread goes into and comes back from, and what its kernel is asked. */
#include "user/io/net/origin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "user/base/number.h"
#include "user/io/net/host_state.h"
#include "user/io/net/netns.h"
#include "user/io/netlink/devices.h"
#include "user/io/netlink/routes.h"

struct origin {
	const char *name;
	const struct source *source;
	struct rtnetlink *netlink;
	int netns_fd; /* -1: our own, nothing to enter */
	int own_netns_fd;
	uint32_t inode;
};

int origin_enter(const struct origin *origin)
{
	return origin->netns_fd < 0 ? 0 : netns_enter(origin->netns_fd);
}

void origin_leave(const struct origin *origin)
{
	if (origin->netns_fd >= 0)
		netns_leave(origin->own_netns_fd);
}

static int open_namespace(struct origin *origin, struct error *ret_error)
{
	origin->netns_fd = netns_open(origin->name, ret_error);
	if (origin->netns_fd < 0)
		return origin->netns_fd;
	origin->own_netns_fd = netns_open_own(ret_error);
	if (origin->own_netns_fd < 0)
		return origin->own_netns_fd;
	/* Nothing to enter, so no privilege needed */
	if (netns_is_same(origin->netns_fd, origin->own_netns_fd) > 0) {
		close(origin->netns_fd);
		origin->netns_fd = -1;
	}
	return 0;
}

/* What is asked of routes later is asked of the namespace in which this was made. */
static int open_routes(struct origin *origin, struct error *ret_error)
{
	int result = origin_enter(origin);

	if (result == -EPERM)
		return error_set(
			ret_error, result,
			"to enter a network namespace CAP_SYS_ADMIN is needed; run as root");
	if (result < 0)
		return error_set(ret_error, result, "the network namespace cannot be entered: %s",
				 strerror(-result));
	origin->inode = netns_inode();
	origin->netlink = rtnetlink_new();
	if (!origin->netlink)
		result = error_set(
			ret_error, -errno, "routes cannot be asked for (netlink): %s%s",
			strerror(errno),
			errno == EMFILE || errno == ENFILE ? "; raise the limit (ulimit -n)" : "");
	origin_leave(origin);
	return result;
}

struct origin *origin_new(const char *netns, const struct source *source, struct error *ret_error)
{
	struct origin *origin = malloc(sizeof(*origin));
	int result = 0;

	if (!origin) {
		error_set(ret_error, -ENOMEM, "out of memory");
		return NULL;
	}
	*origin = (struct origin){
		.name = netns, .source = source, .netns_fd = -1, .own_netns_fd = -1};
	if (netns)
		result = open_namespace(origin, ret_error);
	if (result == 0)
		result = open_routes(origin, ret_error);
	if (result == 0)
		return origin;
	if (netns)
		error_prefix(ret_error, result, "-N %s", netns);
	origin_free(origin);
	errno = -result;
	return NULL;
}

void origin_free(struct origin *origin)
{
	if (!origin)
		return;
	rtnetlink_free(origin->netlink);
	if (origin->netns_fd >= 0)
		close(origin->netns_fd);
	if (origin->own_netns_fd >= 0)
		close(origin->own_netns_fd);
	free(origin);
}

const char *origin_name(const struct origin *origin)
{
	return origin->name;
}

uint32_t origin_netns(const struct origin *origin)
{
	return origin->inode;
}

const struct source *origin_source(const struct origin *origin)
{
	return origin->source;
}

uint32_t origin_ifindex(const struct origin *origin, const char *device)
{
	return devices_ifindex(origin->netlink, device);
}

uint32_t origin_zone(const struct origin *origin, const char *zone)
{
	uint32_t ifindex = origin_ifindex(origin, zone);
	struct link_event link;
	struct error error;
	uint64_t number;

	if (ifindex || number_parse(zone, "zone", 1, INT32_MAX, &number, &error) < 0)
		return ifindex;
	return devices_link(origin->netlink, (uint32_t)number, &link) == 0 ? (uint32_t)number : 0;
}

const struct address *source_address(const struct source *source, int family)
{
	return family == AF_INET ? &source->v4 : &source->v6;
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

	if (!own->device || question.oif)
		return routes_ask(origin->netlink, &question, ret_route, ret_preferred_source);
	*ret_route = (struct route_event){.kind = ROUTE_NO_DEVICE};
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
	return routes_neighbour(origin->netlink, address, ifindex, ret_neighbour);
}

int origin_link(const struct origin *origin, uint32_t ifindex, struct link_event *ret_link)
{
	return devices_link(origin->netlink, ifindex, ret_link);
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

struct origin_facts origin_facts(const struct origin *origin, int family)
{
	const struct source *source = origin->source;

	return (struct origin_facts){
		.netns = origin_name(origin),
		.device = source->device,
		.source = *source_address(source, family),
		.has_mark = source->has_mark,
		.mark = source->mark,
		.tos = source->tos,
	};
}
