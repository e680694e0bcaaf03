/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the kernel would do with a packet: its route and its neighbour. See rtnetlink.h. */
#ifndef IO_ROUTES_H
#define IO_ROUTES_H

#include <stdbool.h>
#include <stdint.h>

#include "user/base/address.h"
#include "user/core/event.h"
#include "user/io/net/rtnetlink.h"

/* A TCP connect, as far as it decides about its route. Zeroed: from anywhere, unmarked. */
struct route_question {
	struct address destination; /* its port counts: policy rules may tell ports apart */
	struct address source;	    /* none: any; its port counts likewise */
	uint32_t mark;
	/*
	 * Bound to this device, or VRF; 0: none. A link-local destination's scope takes its place,
	 * as in connect()
	 */
	uint32_t oif;
	uint8_t tos;  /* its two ECN bits do not count, as in the socket */
	bool has_uid; /* else our own */
	uint32_t uid; /* of the one that connects: rules may tell users apart */
};

/*
 * Unless NULL, *ret_preferred_source is the source address that the kernel would choose, or the
 * question's own; none when the kernel does not say. Port 0. An IPv4 source that is no address of
 * this host gives ROUTE_NONE. -EAFNOSUPPORT: the families differ, or are none. -ENODEV: no such
 * device.
 */
int routes_ask(struct rtnetlink *netlink, const struct route_question *question,
	       struct route_event *ret_route, struct address *ret_preferred_source);

/* NUD_* of linux/neighbour.h in the core's words. */
enum neighbour_state neighbour_state_of(unsigned nud_state);

/* The state of the neighbour with this address on that device. */
int routes_neighbour(struct rtnetlink *netlink, const struct address *address, uint32_t ifindex,
		     struct neighbour_event *ret_neighbour);

#endif
