/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel's table of neighbours: how full it is. One for all namespaces. */
#ifndef IO_NEIGHBOURS_H
#define IO_NEIGHBOURS_H

#include "user/core/run/neighbour_room.h"
#include "user/io/netlink/rtnetlink.h"

/* Returns 0 or -errno. Of what is spare, that of this namespace is known. */
int neighbours_table(struct rtnetlink *netlink, int family, struct neighbour_table *ret_table);

#endif
