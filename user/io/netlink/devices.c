// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* RTM_GETLINK. The ioctls would ask the namespace in which the thread is now. */
#include "user/io/netlink/devices.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

_Static_assert(EVENT_NAME_MAX >= IFNAMSIZ, "a device's name fits");

/* An XDP program in the driver, before it, or in the hardware. */
static bool has_xdp(const struct nlattr *attribute)
{
	const struct nlattr *nested;

	mnl_attr_for_each_nested(nested, attribute)
	{
		if (mnl_attr_get_type(nested) == IFLA_XDP_ATTACHED &&
		    mnl_attr_validate(nested, MNL_TYPE_U8) == 0)
			return mnl_attr_get_u8(nested) != XDP_ATTACHED_NONE;
	}
	return false;
}

static int device_take(const struct nlmsghdr *message, void *data)
{
	const struct ifinfomsg *header = mnl_nlmsg_get_payload(message);
	struct link_event *answer = data;
	struct nlattr *attribute;

	if (message->nlmsg_type != RTM_NEWLINK ||
	    mnl_nlmsg_get_payload_len(message) < sizeof(*header))
		return MNL_CB_OK;
	answer->ifindex = (uint32_t)header->ifi_index;
	answer->has_carrier = (header->ifi_flags & IFF_LOWER_UP) != 0;
	mnl_attr_for_each(attribute, message, sizeof(*header))
	{
		if (mnl_attr_get_type(attribute) == IFLA_IFNAME &&
		    mnl_attr_validate(attribute, MNL_TYPE_NUL_STRING) == 0)
			snprintf(answer->device, sizeof(answer->device), "%s",
				 mnl_attr_get_str(attribute));
		if (mnl_attr_get_type(attribute) == IFLA_XDP)
			answer->has_xdp = has_xdp(attribute);
	}
	return MNL_CB_OK;
}

/* By index, or by name (NULL: by index). */
static struct link_event device_ask(struct rtnetlink *netlink, uint32_t ifindex, const char *name)
{
	struct link_event answer = {0}, nothing = {0};
	struct nlmsghdr *request;
	struct ifinfomsg *header;

	request = rtnetlink_begin(netlink, RTM_GETLINK, sizeof(*header), &header);
	header->ifi_family = AF_UNSPEC;
	header->ifi_index = (int)ifindex;
	if (name)
		mnl_attr_put_strz(request, strlen(name) < IFNAMSIZ ? IFLA_IFNAME : IFLA_ALT_IFNAME,
				  name);
	mnl_attr_put_u32(request, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	return rtnetlink_run(netlink, request, device_take, &answer) < 0 ? nothing : answer;
}

uint32_t devices_ifindex(struct rtnetlink *netlink, const char *name)
{
	if (!*name || strlen(name) >= ALTIFNAMSIZ)
		return 0;
	return device_ask(netlink, 0, name).ifindex;
}

char *devices_name(struct rtnetlink *netlink, uint32_t ifindex, char *name)
{
	struct link_event answer = {0};

	if (ifindex)
		answer = device_ask(netlink, ifindex, NULL);
	memcpy(name, answer.device, sizeof(answer.device));
	return name;
}

int devices_link(struct rtnetlink *netlink, uint32_t ifindex, struct link_event *ret_link)
{
	struct link_event answer = device_ask(netlink, ifindex, NULL);

	if (!answer.ifindex)
		return -ENODEV;
	*ret_link = answer;
	return 0;
}
