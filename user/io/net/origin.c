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

struct origin {
	const char *name;
	const struct source *source;
	struct routes *routes;
	int netns_fd; /* -1: our own, nothing to enter */
	int own_netns_fd;
	uint32_t inode;
};

static int enter(const struct origin *origin)
{
	return origin->netns_fd < 0 ? 0 : netns_enter(origin->netns_fd);
}

static void leave(const struct origin *origin)
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
	if (netns_is_same(origin->netns_fd, origin->own_netns_fd) > 0) { /* nothing to enter, so no privilege needed */
		close(origin->netns_fd);
		origin->netns_fd = -1;
	}
	return 0;
}

/* What is asked of routes later is asked of the namespace in which this was made. */
static int open_routes(struct origin *origin, struct error *ret_error)
{
	int result = enter(origin);

	if (result == -EPERM)
		return error_set(ret_error, result, "to enter a network namespace CAP_SYS_ADMIN is needed; run as root");
	if (result < 0)
		return error_set(ret_error, result, "the network namespace cannot be entered: %s", strerror(-result));
	origin->inode = netns_inode();
	origin->routes = routes_new();
	if (!origin->routes)
		result = error_set(ret_error, -errno, "routes cannot be asked for (netlink): %s%s", strerror(errno),
				   errno == EMFILE || errno == ENFILE ? "; raise the limit (ulimit -n)" : "");
	leave(origin);
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
	*origin = (struct origin){.name = netns, .source = source, .netns_fd = -1, .own_netns_fd = -1};
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
	routes_free(origin->routes);
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
	return routes_ifindex(origin->routes, device);
}

uint32_t origin_zone(const struct origin *origin, const char *zone)
{
	uint32_t ifindex = origin_ifindex(origin, zone);
	struct link_event link;
	struct error error;
	uint64_t number;

	if (ifindex || number_parse(zone, "zone", 1, INT32_MAX, &number, &error) < 0)
		return ifindex;
	return routes_link(origin->routes, (uint32_t)number, &link) == 0 ? (uint32_t)number : 0;
}

/* IPPROTO_TCP by name: where MPTCP is the default for TCP sockets, SYNs would come from a subflow that is not this socket. */
int origin_open_socket(const struct origin *origin, int family)
{
	int fd, result = enter(origin);

	if (result < 0)
		return result;
	fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
	result = fd < 0 ? -errno : fd;
	leave(origin);
	return result;
}

/* The kernel would cut a name that is too long, and take none for no device at all. An alternative name may be that long. */
static int set_device(const struct origin *origin, int fd)
{
	const char *device = origin->source->device;
	size_t length = device ? strlen(device) : 0;
	int ifindex = 0, result;

	if (!device)
		return 0;
	if (length >= IF_NAMESIZE)
		ifindex = (int)origin_ifindex(origin, device);
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

int origin_set_option(const struct origin *origin, int fd, int family, enum origin_option option)
{
	switch (option) {
	case ORIGIN_DEVICE:
		return set_device(origin, fd);
	case ORIGIN_MARK:
		return set_mark(origin->source, fd);
	case ORIGIN_TOS:
		return set_tos(origin->source, fd, family);
	case ORIGIN_TTL:
		return set_ttl(origin->source, fd, family);
	case ORIGIN_OPTIONS:
		break;
	}
	return -EINVAL;
}

int origin_set_options(const struct origin *origin, int fd, int family)
{
	int result = 0;

	for (enum origin_option option = 0; option < ORIGIN_OPTIONS && result == 0; option++)
		result = origin_set_option(origin, fd, family, option);
	return result;
}

int origin_socket(const struct origin *origin, int family)
{
	int fd = origin_open_socket(origin, family);
	int result = fd < 0 ? fd : origin_set_options(origin, fd, family);

	if (result < 0 && fd >= 0)
		close(fd);
	return result < 0 ? result : fd;
}

static const struct address *source_address(const struct source *source, int family)
{
	return family == AF_INET ? &source->v4 : &source->v6;
}

/* A link-local address means nothing without its device. */
static void add_scope(const struct origin *origin, struct address *address)
{
	if (address_is_link_local(address) && !address->scope && origin->source->device)
		address->scope = origin_ifindex(origin, origin->source->device);
}

static int bind_address(const struct origin *origin, int fd, struct address address)
{
	struct sockaddr_storage sockaddr;
	socklen_t length;

	add_scope(origin, &address);
	length = (socklen_t)address_to_sockaddr(&address, &sockaddr);
	return bind(fd, (struct sockaddr *)&sockaddr, length) < 0 ? -errno : 0;
}

/*
 * With a port of our choice probes to several targets share it. Without one the kernel shall not reserve a port for the address alone: it
 * finds one for the whole connection later.
 */
int origin_bind(const struct origin *origin, int fd, int family, uint16_t port)
{
	struct address address = *source_address(origin->source, family);
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
	return result < 0 ? -errno : bind_address(origin, fd, address);
}

int origin_try_address(const struct origin *origin, const struct address *address)
{
	struct address host = *address;
	int fd = origin_socket(origin, address->family), on = 1, result;

	if (fd < 0)
		return fd;
	host.port = 0;
	result = setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on)) < 0 ? -errno : bind_address(origin, fd, host);
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

int origin_has_address(const struct origin *origin, const struct address *address)
{
	struct ifaddrs *all;
	int found = 0, result = enter(origin);

	if (result < 0)
		return result;
	result = getifaddrs(&all) < 0 ? -errno : 0;
	leave(origin);
	if (result < 0)
		return result;
	for (const struct ifaddrs *entry = all; entry && !found; entry = entry->ifa_next)
		found = is_address_of(entry, address);
	freeifaddrs(all);
	return found;
}

int origin_route_from(const struct origin *origin, const struct address *source, const uint32_t *uid, const struct address *destination,
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
		return routes_ask(origin->routes, &question, ret_route, ret_preferred_source);
	*ret_route = (struct route_event){.kind = ROUTE_NO_DEVICE};
	if (ret_preferred_source)
		*ret_preferred_source = (struct address){0};
	return 0;
}

int origin_route(const struct origin *origin, const struct address *destination, struct route_event *ret_route,
		 struct address *ret_preferred_source)
{
	return origin_route_from(origin, source_address(origin->source, destination->family), NULL, destination, ret_route,
				 ret_preferred_source);
}

int origin_neighbour(const struct origin *origin, const struct address *address, uint32_t ifindex, struct neighbour_event *ret_neighbour)
{
	return routes_neighbour(origin->routes, address, ifindex, ret_neighbour);
}

int origin_link(const struct origin *origin, uint32_t ifindex, struct link_event *ret_link)
{
	return routes_link(origin->routes, ifindex, ret_link);
}

int origin_host(const struct origin *origin, const struct address *destination, struct host_event *ret_host)
{
	int result = enter(origin);

	if (result < 0)
		return result;
	host_state_read(destination, ret_host);
	leave(origin);
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
