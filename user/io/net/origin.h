/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where probes are made from: a network namespace, and how the sockets in it are to be.
 * origin_socket.h makes them.
 *
 * Who makes an origin keeps the namespace alive until it is freed, or found to be deleted.
 */
#ifndef IO_ORIGIN_H
#define IO_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>

#include "user/base/error.h"
#include "user/core/event.h"
#include "user/core/run/neighbour_room.h"
#include "user/io/net/net_namespace.h"

/*
 * How every socket is made. Zeroed, but for tos = -1: as the kernel does by itself. Outlives its
 * origins.
 */
struct source {
	const char *device; /* SO_BINDTODEVICE, a VRF too; NULL: none */
	struct address v4;  /* bind(); none: the kernel's choice */
	struct address v6;
	uint16_t first_port; /* of source ports to choose from; 0: the kernel's choice */
	uint16_t last_port;
	bool has_mark;
	uint32_t mark; /* SO_MARK */
	int tos;       /* IP_TOS, IPV6_TCLASS; -1: the kernel's choice */
};

/* Its address of that family. */
const struct address *source_address(const struct source *source, int family);

struct origin;

/*
 * netns: a name (as `ip netns` has them, looked for first), the PID of a process in it, or a path
 * with a slash; NULL: our own. The string is kept by reference. NULL and errno on failure, with the
 * sentence: no such name, process or file; no network namespace; not allowed; no descriptor left.
 */
struct origin *origin_new(const char *netns, const struct source *source, struct error *ret_error);
/* For another thread: it shares the namespace, and what that keeps open. NULL: out of memory. */
struct origin *origin_copy(const struct origin *origin);
void origin_free(struct origin *origin);

/*
 * The most descriptors that origins of so many named namespaces keep open, by so many threads: one
 * a namespace, one for the way back, and netlink sockets (origin_netlink.h).
 */
size_t origin_descriptors(size_t namespaces, size_t threads);

/* As given; NULL for our own. */
const char *origin_name(const struct origin *origin);
/* Its inode, as records of the kernel name it; 0: unknown, or the namespace was deleted. */
uint32_t origin_netns(const struct origin *origin);
/* See net_namespace.h. */
enum net_change origin_follow(const struct origin *origin, uint64_t now_ns);
bool origin_is_still(const struct origin *origin, uint32_t netns);

/*
 * What the kernel there would do with a connect to the destination from these sockets; see
 * routes.h. ROUTE_NO_DEVICE when their device is not there, ROUTE_NO_NAMESPACE when all of it is
 * not.
 */
int origin_route(const struct origin *origin, const struct address *destination,
		 struct route_event *ret_route, struct address *ret_preferred_source);
/*
 * The same for one of them that has that source address and port, or as far as it has; and, unless
 * NULL, that user.
 */
int origin_route_from(const struct origin *origin, const struct address *source,
		      const uint32_t *uid, const struct address *destination,
		      struct route_event *ret_route, struct address *ret_preferred_source);
int origin_neighbour(const struct origin *origin, const struct address *address, uint32_t ifindex,
		     struct neighbour_event *ret_neighbour);
/* See neighbours.h. */
int origin_neighbour_table(const struct origin *origin, int family,
			   struct neighbour_table *ret_table);
/* See host_state.h. */
int origin_host(const struct origin *origin, const struct address *destination,
		struct host_event *ret_host);
int origin_link(const struct origin *origin, uint32_t ifindex, struct link_event *ret_link);

/*
 * The calling thread goes into the namespace, and comes back; nothing to do in our own. 0 or
 * -errno: then it is where it was.
 */
int origin_enter(const struct origin *origin);
void origin_leave(const struct origin *origin);

/* The index of the device with that name there; 0: there is none. */
uint32_t origin_ifindex(const struct origin *origin, const char *device);
/* The same of a zone, which may be that index as well (RFC 4007, section 11.2). */
uint32_t origin_zone(const struct origin *origin, const char *zone);

const struct source *origin_source(const struct origin *origin);

#endif
