// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Sockets of a namespace, made by a thread that goes in and comes back: a socket belongs to where it was made. */
#include "user/io/net/origin.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "user/base/number.h"
#include "user/io/net/host_state.h"
#include "user/io/net/netns.h"
#include "user/io/net/routes.h"

struct place {
	const char *name;
	const struct source *source;
	struct routes *routes;
	int netns_fd; /* -1: our own, nothing to enter */
	int own_netns_fd;
	uint32_t inode;
};

static int enter(const struct place *place)
{
	return place->netns_fd < 0 ? 0 : netns_enter(place->netns_fd);
}

static void leave(const struct place *place)
{
	if (place->netns_fd >= 0)
		netns_leave(place->own_netns_fd);
}

static int open_namespace(struct place *place, struct error *ret_error)
{
	place->netns_fd = netns_open(place->name, ret_error);
	if (place->netns_fd < 0)
		return place->netns_fd;
	place->own_netns_fd = netns_open_own(ret_error);
	if (place->own_netns_fd < 0)
		return place->own_netns_fd;
	if (netns_is_same(place->netns_fd, place->own_netns_fd) > 0) { /* nothing to enter, so no privilege needed */
		close(place->netns_fd);
		place->netns_fd = -1;
	}
	return 0;
}

/* What is asked of routes later is asked of the namespace in which this was made. */
static int open_routes(struct place *place, struct error *ret_error)
{
	int result = enter(place);

	if (result == -EPERM)
		return error_set(ret_error, result, "to enter a network namespace CAP_SYS_ADMIN is needed; run as root");
	if (result < 0)
		return error_set(ret_error, result, "the network namespace cannot be entered: %s", strerror(-result));
	place->inode = netns_inode();
	place->routes = routes_new();
	if (!place->routes)
		result = error_set(ret_error, -errno, "routes cannot be asked for (netlink): %s%s", strerror(errno),
				   errno == EMFILE || errno == ENFILE ? "; raise the limit (ulimit -n)" : "");
	leave(place);
	return result;
}

struct place *place_new(const char *netns, const struct source *source, struct error *ret_error)
{
	struct place *place = malloc(sizeof(*place));
	int result = 0;

	if (!place) {
		error_set(ret_error, -ENOMEM, "out of memory");
		return NULL;
	}
	*place = (struct place){.name = netns, .source = source, .netns_fd = -1, .own_netns_fd = -1};
	if (netns)
		result = open_namespace(place, ret_error);
	if (result == 0)
		result = open_routes(place, ret_error);
	if (result == 0)
		return place;
	if (netns)
		error_prefix(ret_error, result, "-N %s", netns);
	place_free(place);
	errno = -result;
	return NULL;
}

void place_free(struct place *place)
{
	if (!place)
		return;
	routes_free(place->routes);
	if (place->netns_fd >= 0)
		close(place->netns_fd);
	if (place->own_netns_fd >= 0)
		close(place->own_netns_fd);
	free(place);
}

const char *place_name(const struct place *place)
{
	return place->name;
}

uint32_t place_netns(const struct place *place)
{
	return place->inode;
}

const struct source *place_source(const struct place *place)
{
	return place->source;
}

uint32_t place_ifindex(const struct place *place, const char *device)
{
	return routes_ifindex(place->routes, device);
}

uint32_t place_zone(const struct place *place, const char *zone)
{
	uint32_t ifindex = place_ifindex(place, zone);
	struct link_event link;
	struct error error;
	uint64_t number;

	if (ifindex || number_parse(zone, "zone", 1, INT32_MAX, &number, &error) < 0)
		return ifindex;
	return routes_link(place->routes, (uint32_t)number, &link) == 0 ? (uint32_t)number : 0;
}

/* IPPROTO_TCP by name: where MPTCP is the default for TCP sockets, SYNs would come from a subflow that is not this socket. */
int place_open_socket(const struct place *place, int family)
{
	int fd, result = enter(place);

	if (result < 0)
		return result;
	fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
	result = fd < 0 ? -errno : fd;
	leave(place);
	return result;
}

/* The kernel would cut a name that is too long, and take none for no device at all. An alternative name may be that long. */
static int set_device(const struct place *place, int fd)
{
	const char *device = place->source->device;
	size_t length = device ? strlen(device) : 0;
	int ifindex = 0, result;

	if (!device)
		return 0;
	if (length >= IF_NAMESIZE)
		ifindex = (int)place_ifindex(place, device);
	if (!length || (length >= IF_NAMESIZE && !ifindex))
		return -ENODEV;
	if (ifindex)
		result = setsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &ifindex, sizeof(ifindex));
	else
		result = setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, (socklen_t)length);
	return result < 0 ? -errno : 0;
}

static int set_mark(const struct source *source, int fd)
{
	return source->has_mark && setsockopt(fd, SOL_SOCKET, SO_MARK, &source->mark, sizeof(source->mark)) < 0 ? -errno : 0;
}

static int set_ip_number(int fd, int family, int v4_option, int v6_option, int number)
{
	int level = family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;

	return setsockopt(fd, level, family == AF_INET ? v4_option : v6_option, &number, sizeof(number)) < 0 ? -errno : 0;
}

static int set_tos(const struct source *source, int fd, int family)
{
	return source->tos < 0 ? 0 : set_ip_number(fd, family, IP_TOS, IPV6_TCLASS, source->tos);
}

static int set_ttl(const struct source *source, int fd, int family)
{
	return source->ttl ? set_ip_number(fd, family, IP_TTL, IPV6_UNICAST_HOPS, source->ttl) : 0;
}

int place_set_option(const struct place *place, int fd, int family, enum place_option option)
{
	switch (option) {
	case PLACE_DEVICE:
		return set_device(place, fd);
	case PLACE_MARK:
		return set_mark(place->source, fd);
	case PLACE_TOS:
		return set_tos(place->source, fd, family);
	case PLACE_TTL:
		return set_ttl(place->source, fd, family);
	case PLACE_OPTIONS:
		break;
	}
	return -EINVAL;
}

int place_set_options(const struct place *place, int fd, int family)
{
	int result = 0;

	for (enum place_option option = 0; option < PLACE_OPTIONS && result == 0; option++)
		result = place_set_option(place, fd, family, option);
	return result;
}

int place_socket(const struct place *place, int family)
{
	int fd = place_open_socket(place, family);
	int result = fd < 0 ? fd : place_set_options(place, fd, family);

	if (result < 0 && fd >= 0)
		close(fd);
	return result < 0 ? result : fd;
}

static const struct address *source_address(const struct source *source, int family)
{
	return family == AF_INET ? &source->v4 : &source->v6;
}

/* A link-local address means nothing without its device. */
static void add_scope(const struct place *place, struct address *address)
{
	if (address_is_link_local(address) && !address->scope && place->source->device)
		address->scope = place_ifindex(place, place->source->device);
}

static int bind_address(const struct place *place, int fd, struct address address)
{
	struct sockaddr_storage sockaddr;
	socklen_t length;

	add_scope(place, &address);
	length = (socklen_t)address_to_sockaddr(&address, &sockaddr);
	return bind(fd, (struct sockaddr *)&sockaddr, length) < 0 ? -errno : 0;
}

/*
 * With a port of our choice probes to several targets share it. Without one the kernel shall not reserve a port for the address alone: it
 * finds one for the whole connection later.
 */
int place_bind(const struct place *place, int fd, int family, uint16_t port)
{
	struct address address = *source_address(place->source, family);
	static const uint8_t any[16];
	int on = 1, result;

	if (!address_is_set(&address) && !port)
		return 0;
	if (!address_is_set(&address))
		address = address_make(family, any, 0);
	address.port = port;
	if (port)
		result = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	else
		result = setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	/* Else [::]:PORT would take 0.0.0.0:PORT as well. */
	if (result == 0 && family == AF_INET6)
		result = setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	return result < 0 ? -errno : bind_address(place, fd, address);
}

int place_try_address(const struct place *place, const struct address *address)
{
	struct address host = *address;
	int fd = place_socket(place, address->family), on = 1, result;

	if (fd < 0)
		return fd;
	host.port = 0;
	result = setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on)) < 0 ? -errno : bind_address(place, fd, host);
	close(fd);
	return result;
}

static bool is_address_of(const struct ifaddrs *entry, const struct address *address)
{
	struct sockaddr_storage sockaddr = {0};
	struct address own;

	if (!entry->ifa_addr || entry->ifa_addr->sa_family != address->family)
		return false;
	memcpy(&sockaddr, entry->ifa_addr, address->family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6));
	return address_from_sockaddr(&sockaddr, &own) == 0 && address_same_host(&own, address) &&
	       (!address->scope || !own.scope || own.scope == address->scope);
}

int place_has_address(const struct place *place, const struct address *address)
{
	struct ifaddrs *all;
	int found = 0, result = enter(place);

	if (result < 0)
		return result;
	result = getifaddrs(&all) < 0 ? -errno : 0;
	leave(place);
	if (result < 0)
		return result;
	for (const struct ifaddrs *entry = all; entry && !found; entry = entry->ifa_next)
		found = is_address_of(entry, address);
	freeifaddrs(all);
	return found;
}

int place_route_from(const struct place *place, const struct address *source, const uint32_t *uid, const struct address *destination,
		     struct route_event *ret_route, struct address *ret_preferred_source)
{
	const struct source *own = place->source;
	struct route_question question = {
		.destination = *destination,
		.source = *source,
		.mark = own->has_mark ? own->mark : 0,
		.oif = own->device ? place_ifindex(place, own->device) : 0,
		.tos = own->tos < 0 ? 0 : (uint8_t)own->tos,
		.has_uid = uid != NULL,
		.uid = uid ? *uid : 0,
	};

	if (!own->device || question.oif)
		return routes_ask(place->routes, &question, ret_route, ret_preferred_source);
	*ret_route = (struct route_event){.kind = ROUTE_NO_DEVICE};
	if (ret_preferred_source)
		*ret_preferred_source = (struct address){0};
	return 0;
}

int place_route(const struct place *place, const struct address *destination, struct route_event *ret_route,
		struct address *ret_preferred_source)
{
	return place_route_from(place, source_address(place->source, destination->family), NULL, destination, ret_route,
				ret_preferred_source);
}

int place_neighbour(const struct place *place, const struct address *address, uint32_t ifindex, struct neighbour_event *ret_neighbour)
{
	return routes_neighbour(place->routes, address, ifindex, ret_neighbour);
}

int place_link(const struct place *place, uint32_t ifindex, struct link_event *ret_link)
{
	return routes_link(place->routes, ifindex, ret_link);
}

int place_host(const struct place *place, const struct address *destination, struct host_event *ret_host)
{
	int result = enter(place);

	if (result < 0)
		return result;
	host_state_read(destination, ret_host);
	leave(place);
	return 0;
}

struct explain_from place_explain(const struct place *place, int family)
{
	const struct source *source = place->source;

	return (struct explain_from){
		.netns = place_name(place),
		.device = source->device,
		.source = *source_address(source, family),
		.has_mark = source->has_mark,
		.mark = source->mark,
		.tos = source->tos,
	};
}
