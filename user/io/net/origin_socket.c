// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Made by a thread that goes into the namespace and comes back: a socket belongs to where it was
 * made.
 */
#include "user/io/net/origin_socket.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * IPPROTO_TCP by name: where MPTCP is the default for TCP sockets, SYNs would come from a subflow
 * that is not this socket.
 */
int origin_open_socket(const struct origin *origin, int family)
{
	int fd, result = origin_enter(origin);

	if (result < 0)
		return result;
	fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
	result = fd < 0 ? -errno : fd;
	origin_leave(origin);
	return result;
}

/*
 * The kernel would cut a name that is too long, and take none for no device at all. An alternative
 * name may be that long.
 */
static int set_device(const struct origin *origin, int fd)
{
	const char *device = origin_source(origin)->device;
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
	return source->has_mark && setsockopt(fd, SOL_SOCKET, SO_MARK, &source->mark,
					      sizeof(source->mark)) < 0
		       ? -errno
		       : 0;
}

static int set_ip_number(int fd, int family, int v4_option, int v6_option, int number)
{
	int level = family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;

	return setsockopt(fd, level, family == AF_INET ? v4_option : v6_option, &number,
			  sizeof(number)) < 0
		       ? -errno
		       : 0;
}

static int set_tos(const struct source *source, int fd, int family)
{
	return source->tos < 0 ? 0 : set_ip_number(fd, family, IP_TOS, IPV6_TCLASS, source->tos);
}

int origin_set_ttl(int fd, int family, uint8_t ttl)
{
	return ttl ? set_ip_number(fd, family, IP_TTL, IPV6_UNICAST_HOPS, ttl) : 0;
}

int origin_set_option(const struct origin *origin, int fd, int family, enum origin_option option)
{
	switch (option) {
	case ORIGIN_DEVICE:
		return set_device(origin, fd);
	case ORIGIN_MARK:
		return set_mark(origin_source(origin), fd);
	case ORIGIN_TOS:
		return set_tos(origin_source(origin), fd, family);
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

/* A link-local address means nothing without its device. */
static void add_scope(const struct origin *origin, struct address *address)
{
	if (address_is_link_local(address) && !address->scope && origin_source(origin)->device)
		address->scope = origin_ifindex(origin, origin_source(origin)->device);
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
 * With a port of our choice probes to several targets share it. Without one the kernel shall not
 * reserve a port for the address alone: it finds one for the whole connection later.
 */
int origin_bind(const struct origin *origin, int fd, int family, uint16_t port)
{
	struct address address = *source_address(origin_source(origin), family);
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
	result = setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on)) < 0
			 ? -errno
			 : bind_address(origin, fd, host);
	close(fd);
	return result;
}

static bool is_address_of(const struct ifaddrs *entry, const struct address *address)
{
	struct sockaddr_storage sockaddr = {0};
	struct address own;

	if (!entry->ifa_addr || entry->ifa_addr->sa_family != address->family)
		return false;
	memcpy(&sockaddr, entry->ifa_addr,
	       address->family == AF_INET ? sizeof(struct sockaddr_in)
					  : sizeof(struct sockaddr_in6));
	return address_from_sockaddr(&sockaddr, &own) == 0 && address_same_host(&own, address) &&
	       (!address->scope || !own.scope || own.scope == address->scope);
}

int origin_has_address(const struct origin *origin, const struct address *address)
{
	struct ifaddrs *all;
	int found = 0, result = origin_enter(origin);

	if (result < 0)
		return result;
	result = getifaddrs(&all) < 0 ? -errno : 0;
	origin_leave(origin);
	if (result < 0)
		return result;
	for (const struct ifaddrs *entry = all; entry && !found; entry = entry->ifa_next)
		found = is_address_of(entry, address);
	freeifaddrs(all);
	return found;
}
