// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Opened in the namespace, where it stays; kept as long as not too many are. */
#include "user/io/net/origin_netlink.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

struct origin_netlink {
	const struct net_namespace *net;
	struct rtnetlink *kept; /* NULL: not so far, or never */
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

static struct rtnetlink *open_inside(const struct net_namespace *net)
{
	struct rtnetlink *netlink;
	int result = net_namespace_enter(net);

	if (result < 0) {
		errno = -result;
		return NULL;
	}
	netlink = rtnetlink_new();
	net_namespace_leave(net);
	return netlink;
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
	struct rtnetlink *taken = netlink->kept ? netlink->kept : open_inside(netlink->net);

	if (taken && !netlink->kept && may_keep())
		netlink->kept = taken;
	return taken;
}

void origin_netlink_put(struct origin_netlink *netlink, struct rtnetlink *taken)
{
	int error = errno;

	if (taken != netlink->kept)
		rtnetlink_free(taken);
	errno = error;
}
