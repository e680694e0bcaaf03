// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* RTM_GETNEIGHTBL, and RTM_GETNEIGH for what neigh_forced_gc() would take out. */
#include "user/io/netlink/neighbours.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <unistd.h>

#include "user/base/time.h"

/* What has changed more recently stays. */
#define SPARED_S 5

struct reading {
	struct neighbour_table table;
	uint32_t questions;
	uint64_t retransmit_ms;
	bool is_found;
};

/* The table's own, not a device's: those say by which device. */
static void take_parameters(const struct nlattr *parameters, struct reading *reading)
{
	const struct nlattr *attribute;

	mnl_attr_for_each_nested(attribute, parameters)
	{
		if (mnl_attr_get_type(attribute) == NDTPA_MCAST_PROBES &&
		    mnl_attr_validate(attribute, MNL_TYPE_U32) == 0)
			reading->questions = mnl_attr_get_u32(attribute);
		if (mnl_attr_get_type(attribute) == NDTPA_RETRANS_TIME &&
		    mnl_attr_validate(attribute, MNL_TYPE_U64) == 0)
			reading->retransmit_ms = mnl_attr_get_u64(attribute);
	}
}

static int take_table(const struct nlmsghdr *message, void *data)
{
	struct reading *reading = data;
	const struct nlattr *attribute;
	const struct ndt_config *config;

	if (reading->is_found || message->nlmsg_type != RTM_NEWNEIGHTBL)
		return MNL_CB_OK;
	mnl_attr_for_each(attribute, message, sizeof(struct ndtmsg))
	{
		switch (mnl_attr_get_type(attribute)) {
		case NDTA_CONFIG:
			config = mnl_attr_get_payload(attribute);
			if (mnl_attr_get_payload_len(attribute) < sizeof(*config))
				break;
			reading->table.entries = config->ndtc_entries;
			reading->is_found = true;
			break;
		case NDTA_THRESH3:
			reading->table.most = mnl_attr_get_u32(attribute);
			break;
		case NDTA_PARMS:
			take_parameters(attribute, reading);
			break;
		}
	}
	return MNL_CB_OK;
}

static int take_neighbour(const struct nlmsghdr *message, void *data)
{
	const struct ndmsg *header = mnl_nlmsg_get_payload(message);
	struct reading *reading = data;
	const struct nlattr *attribute;
	const struct nda_cacheinfo *info;

	if (message->nlmsg_type != RTM_NEWNEIGH ||
	    mnl_nlmsg_get_payload_len(message) < sizeof(*header))
		return MNL_CB_OK;
	mnl_attr_for_each(attribute, message, sizeof(*header))
	{
		info = mnl_attr_get_payload(attribute);
		if (mnl_attr_get_type(attribute) != NDA_CACHEINFO ||
		    mnl_attr_get_payload_len(attribute) < sizeof(*info))
			continue;
		if (!info->ndm_refcnt &&
		    (header->ndm_state & (NUD_FAILED | NUD_NOARP) ||
		     info->ndm_updated >= SPARED_S * (uint32_t)sysconf(_SC_CLK_TCK)))
			reading->table.spare++;
	}
	return MNL_CB_OK;
}

static int dump(struct rtnetlink *netlink, uint16_t type, size_t header_bytes, int family,
		mnl_cb_t take, struct reading *reading)
{
	void *header;
	struct nlmsghdr *request = rtnetlink_begin(netlink, type, header_bytes, &header);

	*(uint8_t *)header = (uint8_t)family; /* the first member of both */
	return rtnetlink_dump(netlink, request, take, reading);
}

int neighbours_table(struct rtnetlink *netlink, int family, struct neighbour_table *ret_table)
{
	struct reading reading = {0};
	int result =
		dump(netlink, RTM_GETNEIGHTBL, sizeof(struct ndtmsg), family, take_table, &reading);

	if (result == 0)
		result = dump(netlink, RTM_GETNEIGH, sizeof(struct ndmsg), family, take_neighbour,
			      &reading);
	if (result < 0)
		return result;
	if (!reading.is_found)
		return -ENOENT;
	reading.table.patience_ns = reading.questions * reading.retransmit_ms * MILLISECOND_NS;
	*ret_table = reading.table;
	return 0;
}
