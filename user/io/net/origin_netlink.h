/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The netlink socket of an origin: a descriptor that is only worth keeping where there are few
 * origins. The first ORIGIN_NETLINK_KEPT of the process keep theirs; all others open one a
 * question, which takes some 15 us.
 */
#ifndef IO_ORIGIN_NETLINK_H
#define IO_ORIGIN_NETLINK_H

#include "user/io/net/net_namespace.h"
#include "user/io/netlink/rtnetlink.h"

#define ORIGIN_NETLINK_KEPT 128u

/* One thread's. */
struct origin_netlink;

/* Nothing is opened so far. NULL: out of memory. The namespace must outlive it. */
struct origin_netlink *origin_netlink_new(const struct net_namespace *net);
/* NULL is harmless. */
void origin_netlink_free(struct origin_netlink *netlink);

/* For one question. NULL and errno on failure, ENOENT when the namespace was deleted. */
struct rtnetlink *origin_netlink_take(struct origin_netlink *netlink);
/* NULL is harmless; errno stays. */
void origin_netlink_put(struct origin_netlink *netlink, struct rtnetlink *taken);

#endif
