/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the kernel would do with a packet: its route and its neighbour. See rtnetlink.h. */
#ifndef IO_ROUTES_H
#define IO_ROUTES_H

#include "user/core/event.h"
#include "user/io/netlink/route_question.h"
#include "user/io/netlink/rtnetlink.h"

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
