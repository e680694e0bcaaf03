/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where probes are made from: a network namespace, and how the sockets in it are to be.
 *
 * Who makes an origin keeps the namespace alive until it is freed, even when its name is deleted.
 */
#ifndef IO_ORIGIN_H
#define IO_ORIGIN_H

#include <stdbool.h>

#include "user/base/error.h"
#include "user/core/event.h"
#include "user/core/origin.h"

/* How every socket is made. Zeroed, but for tos = -1: as the kernel does by itself. Outlives its origins. */
struct source {
	const char *device; /* SO_BINDTODEVICE, a VRF too; NULL: none */
	struct address v4;  /* bind(); none: the kernel's choice */
	struct address v6;
	uint16_t first_port; /* of source ports to choose from; 0: the kernel's choice */
	uint16_t last_port;
	bool has_mark;
	uint32_t mark; /* SO_MARK */
	int tos;       /* IP_TOS, IPV6_TCLASS; -1: the kernel's choice */
	uint8_t ttl;   /* IP_TTL, IPV6_UNICAST_HOPS; 0: the kernel's choice */
};

struct origin;

/*
 * netns: a name (as `ip netns` has them, looked for first), the PID of a process in it, or a path with a slash; NULL: our own. The string
 * is kept by reference. NULL on failure with the sentence: no such name, process or file; no network namespace; not allowed; too old an
 * address family.
 */
struct origin *origin_new(const char *netns, const struct source *source, struct error *ret_error);
void origin_free(struct origin *origin);

/* As given; NULL for our own. */
const char *origin_name(const struct origin *origin);
/* Its inode, as records of the kernel name it; 0: unknown. */
uint32_t origin_netns(const struct origin *origin);

/*
 * Can sockets of this family be made here as asked for (the device is there, the address is ours …)? Returns 0, or -errno with the
 * sentence, which names option, value and namespace, and what to do. A source port in use is no failure.
 */
int origin_check(const struct origin *origin, int family, struct error *ret_error);

/* A TCP socket made inside, with all options of the source but address and port. The descriptor, or -errno. */
int origin_socket(const struct origin *origin, int family);
/* Its two halves, for who must have a socket although an option fails: the device may be gone by now. */
int origin_open_socket(const struct origin *origin, int family);
int origin_set_options(const struct origin *origin, int fd, int family); /* 0 or -errno */

/* In the order in which they are set. */
enum origin_option {
	ORIGIN_DEVICE,
	ORIGIN_MARK,
	ORIGIN_TOS,
	ORIGIN_TTL,
	ORIGIN_OPTIONS,
};

/* One of them; 0, also when it is not asked for, or -errno. */
int origin_set_option(const struct origin *origin, int fd, int family, enum origin_option option);

/* bind() it to the source's address, if there is one of that family, and to the port (0: the kernel's choice at connect()). 0 or -errno. */
int origin_bind(const struct origin *origin, int fd, int family, uint16_t port);

/* Could a socket made now be bound to this address? 0; -EADDRNOTAVAIL: it is not this host's, or of another VRF; or another -errno. */
int origin_try_address(const struct origin *origin, const struct address *address);

/* Has any of the namespace's devices this address, of whichever VRF it is? 1, 0 or -errno. */
int origin_has_address(const struct origin *origin, const struct address *address);

/*
 * What the kernel there would do with a connect to the destination from these sockets; see routes.h. ROUTE_NO_DEVICE when their device is
 * not there.
 */
int origin_route(const struct origin *origin, const struct address *destination, struct route_event *ret_route,
		 struct address *ret_preferred_source);
/* The same for one of them that has that source address and port, or as far as it has; and, unless NULL, that user. */
int origin_route_from(const struct origin *origin, const struct address *source, const uint32_t *uid, const struct address *destination,
		      struct route_event *ret_route, struct address *ret_preferred_source);
int origin_neighbour(const struct origin *origin, const struct address *address, uint32_t ifindex, struct neighbour_event *ret_neighbour);
/* See host_state.h. */
int origin_host(const struct origin *origin, const struct address *destination, struct host_event *ret_host);
int origin_link(const struct origin *origin, uint32_t ifindex, struct link_event *ret_link);

/* The index of the device with that name there; 0: there is none. */
uint32_t origin_ifindex(const struct origin *origin, const char *device);
/* The same of a zone, which may be that index as well (RFC 4007, section 11.2). */
uint32_t origin_zone(const struct origin *origin, const char *zone);

const struct source *origin_source(const struct origin *origin);
/* What a hint has to know of it, for a target of this family. */
struct origin_facts origin_facts(const struct origin *origin, int family);

#endif
