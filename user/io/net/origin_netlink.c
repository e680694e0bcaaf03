// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Opened in the namespace, where it stays; kept as long as not too many are. */
#include "user/io/net/origin_netlink.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

struct origin_netlink {
	const struct net_namespace *net;
	struct rtnetlink *kept; /* NULL: not so far, or never */
	uint32_t inode;		/* of the namespace that it is in */
};

/* Of all threads. */
static unsigned kept_count;

static bool may_keep(void)
{
	if (__atomic_add_fetch(&kept_count, 1, __ATOMIC_RELAXED) <= ORIGIN_NETLINK_KEPT)
		return true;
	__atomic_sub_fetch(&kept_count, 1, __ATOMIC_RELAXED);
	return false;
}

/* inode: of the namespace, which may be deleted meanwhile. */
static struct rtnetlink *open_inside(const struct net_namespace *net, uint32_t inode)
{
	struct rtnetlink *netlink;
	int result = net_namespace_enter(net);

	if (result < 0) {
		errno = -result;
		return NULL;
	}
	netlink = rtnetlink_new();
	net_namespace_leave(net);
	if (!netlink || net_namespace_is(net, inode))
		return netlink;
	rtnetlink_free(netlink);
	errno = ENOENT;
	return NULL;
}

struct origin_netlink *origin_netlink_new(const struct net_namespace *net)
{
	struct origin_netlink *netlink = malloc(sizeof(*netlink));

	if (netlink)
		*netlink = (struct origin_netlink){.net = net};
	return netlink;
}

static void close_kept(struct origin_netlink *netlink)
{
	if (!netlink->kept)
		return;
	rtnetlink_free(netlink->kept);
	netlink->kept = NULL;
	__atomic_sub_fetch(&kept_count, 1, __ATOMIC_RELAXED);
}

void origin_netlink_free(struct origin_netlink *netlink)
{
	if (!netlink)
		return;
	close_kept(netlink);
	free(netlink);
}

struct rtnetlink *origin_netlink_take(struct origin_netlink *netlink)
{
	uint32_t inode = net_namespace_inode(netlink->net);
	struct rtnetlink *taken;

	if (!net_namespace_is(netlink->net, netlink->inode))
		close_kept(netlink);
	if (netlink->kept)
		return netlink->kept;
	taken = open_inside(netlink->net, inode);
	if (taken && may_keep()) {
		netlink->kept = taken;
		netlink->inode = inode;
	}
	return taken;
}

void origin_netlink_put(struct origin_netlink *netlink, struct rtnetlink *taken)
{
	int error = errno;

	if (taken != netlink->kept)
		rtnetlink_free(taken);
	errno = error;
}
