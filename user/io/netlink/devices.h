/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the kernel knows of a device. See rtnetlink.h. */
#ifndef IO_DEVICES_H
#define IO_DEVICES_H

#include "user/core/event.h"
#include "user/io/netlink/rtnetlink.h"

/* Of the device with that index. -ENODEV: there is none. */
int devices_link(struct rtnetlink *netlink, uint32_t ifindex, struct link_event *ret_link);

/* The index of the device with that name, or that alternative name; 0 when there is none. */
uint32_t devices_ifindex(struct rtnetlink *netlink, const char *name);
/* The name, "" when there is none. It has EVENT_NAME_MAX bytes; returns it. */
char *devices_name(struct rtnetlink *netlink, uint32_t ifindex, char *name);

#endif
