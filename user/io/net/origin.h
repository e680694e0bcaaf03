/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where probes are made from: a network namespace, and how the sockets in it are to be.
 *
 * Whoever makes a place keeps the namespace alive until it is freed, even when its name is deleted meanwhile.
 */
#ifndef IO_ORIGIN_H
#define IO_ORIGIN_H

#include <stdbool.h>

#include "user/base/error.h"
#include "user/core/event.h"
#include "user/words/explain.h"

/* How every socket is made. Zeroed, but for tos = -1: as the kernel does by itself. Must outlive the places made with it. */
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

struct place;

/*
 * netns: a name (as `ip netns` has them, looked for first), the PID of a process in it, or a path with a slash; NULL: our own. The string
 * is kept by reference. NULL on failure with the sentence: no such name, process or file; no network namespace; not allowed; too old an
 * address family.
 */
struct place *place_new(const char *netns, const struct source *source, struct error *ret_error);
void place_free(struct place *place);

/* As given; NULL for our own. */
const char *place_name(const struct place *place);
/* Its inode, as records of the kernel name it; 0: unknown. */
uint32_t place_netns(const struct place *place);

/*
 * Can sockets of this family be made here as asked for (the device is there, the address is ours …)? Returns 0, or -errno with the
 * sentence, which names option, value and namespace, and what to do. A source port in use is no failure.
 */
int place_check(const struct place *place, int family, struct error *ret_error);

/* A TCP socket made inside, with all options of the source but address and port. The descriptor, or -errno. */
int place_socket(const struct place *place, int family);
/* Its two halves, for who must have a socket although an option fails: the device may be gone by now. */
int place_open_socket(const struct place *place, int family);
int place_set_options(const struct place *place, int fd, int family); /* 0 or -errno */

/* In the order in which they are set. */
enum place_option {
	PLACE_DEVICE,
	PLACE_MARK,
	PLACE_TOS,
	PLACE_TTL,
	PLACE_OPTIONS,
};

/* One of them; 0, also when it is not asked for, or -errno. */
int place_set_option(const struct place *place, int fd, int family, enum place_option option);

/* bind() it to the source's address, if there is one of that family, and to the port (0: the kernel's choice at connect()). 0 or -errno. */
int place_bind(const struct place *place, int fd, int family, uint16_t port);

/* Could a socket made now be bound to this address? 0; -EADDRNOTAVAIL: it is not this host's, or of another VRF; or another -errno. */
int place_try_address(const struct place *place, const struct address *address);

/* Has any of the namespace's devices this address, of whichever VRF it is? 1, 0 or -errno. */
int place_has_address(const struct place *place, const struct address *address);

/*
 * What the kernel there would do with a connect to the destination from these sockets; see routes.h. ROUTE_NO_DEVICE when their device is
 * not there.
 */
int place_route(const struct place *place, const struct address *destination, struct route_event *ret_route,
		struct address *ret_preferred_source);
/* The same for one of them that has that source address and port, or as far as it has; and, unless NULL, that user. */
int place_route_from(const struct place *place, const struct address *source, const uint32_t *uid, const struct address *destination,
		     struct route_event *ret_route, struct address *ret_preferred_source);
int place_neighbour(const struct place *place, const struct address *address, uint32_t ifindex, struct neighbour_event *ret_neighbour);
/* See host_state.h. */
int place_host(const struct place *place, const struct address *destination, struct host_event *ret_host);
int place_link(const struct place *place, uint32_t ifindex, struct link_event *ret_link);

/* The index of the device with that name there; 0: there is none. */
uint32_t place_ifindex(const struct place *place, const char *device);
/* The same of a zone, which may be that index as well (RFC 4007, section 11.2). */
uint32_t place_zone(const struct place *place, const char *zone);

const struct source *place_source(const struct place *place);
/* What a hint has to know of it, for a target of this family. */
struct explain_from place_explain(const struct place *place, int family);

#endif
