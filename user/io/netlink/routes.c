/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* RTM_GETROUTE and RTM_GETNEIGH: the kernel looks them up as for a packet. */
#include "user/io/netlink/routes.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "user/io/netlink/devices.h"
#include "user/io/netlink/rules.h"

/*
 * The kernel routes by the upper six bits, some kernels by fewer, and refuses the question when
 * others are set.
 */
#define DSCP_MASK 0xfc

static bool is_internet(const struct address *address)
{
	return address->family == AF_INET || address->family == AF_INET6;
}

struct attribute_table {
	const struct nlattr *attributes[RTA_MAX + 1];
};

static int attribute_take(const struct nlattr *attribute, void *data)
{
	struct attribute_table *table = data;

	if (mnl_attr_type_valid(attribute, RTA_MAX) > 0)
		table->attributes[mnl_attr_get_type(attribute)] = attribute;
	return MNL_CB_OK;
}

/* An IPv4 route may have an IPv6 gateway (RFC 5549). */
static struct address attribute_gateway(const struct attribute_table *table, int family)
{
	const struct nlattr *attribute = table->attributes[RTA_VIA];
	const struct rtvia *via = attribute ? mnl_attr_get_payload(attribute) : NULL;

	if (!via)
		return rtnetlink_address(table->attributes[RTA_GATEWAY], family);
	if (mnl_attr_get_payload_len(attribute) <
	    sizeof(*via) + rtnetlink_address_bytes(via->rtvia_family))
		return (struct address){0};
	return address_make(via->rtvia_family, via->rtvia_addr, 0);
}

static enum route_kind kind_of_type(unsigned char rtm_type)
{
	switch (rtm_type) {
	case RTN_UNICAST:
		return ROUTE_UNICAST;
	case RTN_LOCAL:
	case RTN_ANYCAST: /* one of this host's own, too: the router's address of its subnet */
		return ROUTE_LOCAL;
	case RTN_BROADCAST:
		return ROUTE_BROADCAST;
	case RTN_MULTICAST:
		return ROUTE_MULTICAST;
	case RTN_UNREACHABLE:
		return ROUTE_UNREACHABLE;
	case RTN_BLACKHOLE:
		return ROUTE_BLACKHOLE;
	case RTN_PROHIBIT:
		return ROUTE_PROHIBIT;
	}
	return ROUTE_UNKNOWN;
}

/*
 * How a route that lets nothing through answers: the error that connect() would return.
 * ROUTE_UNKNOWN for other errors.
 */
static enum route_kind kind_of_error(int result)
{
	switch (result) {
	case -ENETUNREACH:
		return ROUTE_NONE;
	case -EHOSTUNREACH:
		return ROUTE_UNREACHABLE;
	case -EINVAL:
		return ROUTE_BLACKHOLE;
	case -EACCES:
		return ROUTE_PROHIBIT;
	}
	return ROUTE_UNKNOWN;
}

struct route_answer {
	struct route_event route;
	struct address preferred_source;
};

static int route_take(const struct nlmsghdr *message, void *data)
{
	const struct rtmsg *header = mnl_nlmsg_get_payload(message);
	struct attribute_table table = {0};
	struct route_answer *answer = data;
	struct route_event *route = &answer->route;

	if (message->nlmsg_type != RTM_NEWROUTE ||
	    mnl_nlmsg_get_payload_len(message) < sizeof(*header))
		return MNL_CB_OK;
	mnl_attr_parse(message, sizeof(*header), attribute_take, &table);
	route->kind = kind_of_type(header->rtm_type);
	route->gateway = attribute_gateway(&table, header->rtm_family);
	answer->preferred_source =
		rtnetlink_address(table.attributes[RTA_PREFSRC], header->rtm_family);
	if (table.attributes[RTA_OIF])
		route->ifindex = mnl_attr_get_u32(table.attributes[RTA_OIF]);
	if (address_is_link_local(&route->gateway))
		route->gateway.scope = route->ifindex;
	return MNL_CB_OK;
}

static int route_run(struct rtnetlink *netlink, const struct route_question *question,
		     struct route_answer *ret_answer)
{
	const struct address *destination = &question->destination, *source = &question->source;
	bool has_source = address_is_set(source) && !address_is_unspecified(source);
	uint32_t oif = destination->scope ? destination->scope : question->oif;
	size_t bytes = rtnetlink_address_bytes(destination->family);
	struct nlmsghdr *request;
	struct rtmsg *header;

	request = rtnetlink_begin(netlink, RTM_GETROUTE, sizeof(*header), &header);
	header->rtm_family = destination->family;
	header->rtm_dst_len = (unsigned char)(8 * bytes);
	header->rtm_tos = question->tos & DSCP_MASK;
	mnl_attr_put(request, RTA_DST, bytes, destination->bytes);
	if (has_source) {
		header->rtm_src_len = (unsigned char)(8 * bytes);
		mnl_attr_put(request, RTA_SRC, bytes, source->bytes);
	}
	if (question->mark)
		mnl_attr_put_u32(request, RTA_MARK, question->mark);
	if (oif)
		mnl_attr_put_u32(request, RTA_OIF, oif);
	mnl_attr_put_u8(request, RTA_IP_PROTO, IPPROTO_TCP);
	if (destination->port)
		mnl_attr_put_u16(request, RTA_DPORT, htons(destination->port));
	if (source->port)
		mnl_attr_put_u16(request, RTA_SPORT, htons(source->port));
	if (question->has_uid)
		mnl_attr_put_u32(request, RTA_UID, question->uid);
	return rtnetlink_run(netlink, request, route_take, ret_answer);
}

/* By a route of that kind, or by none; or else by a rule. */
static struct route_event route_refused(struct rtnetlink *netlink,
					const struct route_question *question, enum route_kind kind)
{
	bool may_be_rule = kind == ROUTE_NONE || kind == ROUTE_BLACKHOLE || kind == ROUTE_PROHIBIT;
	enum route_kind rule = may_be_rule ? rules_refuse(netlink, question, kind) : ROUTE_UNKNOWN;

	return (struct route_event){.kind = rule == ROUTE_UNKNOWN ? kind : rule,
				    .is_by_rule = rule != ROUTE_UNKNOWN};
}

int routes_ask(struct rtnetlink *netlink, const struct route_question *question,
	       struct route_event *ret_route, struct address *ret_preferred_source)
{
	const struct address *destination = &question->destination, *source = &question->source;
	struct route_answer answer = {0};
	int result;

	if (!is_internet(destination) ||
	    (address_is_set(source) && source->family != destination->family))
		return -EAFNOSUPPORT;
	result = route_run(netlink, question, &answer);
	if (result < 0)
		answer.route = route_refused(netlink, question, kind_of_error(result));
	if (result < 0 && answer.route.kind == ROUTE_UNKNOWN)
		return result;
	devices_name(netlink, answer.route.ifindex, answer.route.device);
	*ret_route = answer.route;
	if (ret_preferred_source && address_is_set(source) && !address_is_unspecified(source))
		*ret_preferred_source = address_make(source->family, source->bytes, 0);
	else if (ret_preferred_source)
		*ret_preferred_source = answer.preferred_source;
	return 0;
}

enum neighbour_state neighbour_state_of(unsigned nud_state)
{
	if (nud_state & NUD_INCOMPLETE)
		return NEIGHBOUR_INCOMPLETE;
	if (nud_state & NUD_FAILED)
		return NEIGHBOUR_FAILED;
	return nud_state == NUD_NONE ? NEIGHBOUR_UNKNOWN : NEIGHBOUR_VALID;
}

static int neighbour_take(const struct nlmsghdr *message, void *data)
{
	const struct ndmsg *header = mnl_nlmsg_get_payload(message);
	enum neighbour_state *state = data;

	if (message->nlmsg_type != RTM_NEWNEIGH ||
	    mnl_nlmsg_get_payload_len(message) < sizeof(*header))
		return MNL_CB_OK;
	*state = neighbour_state_of(header->ndm_state);
	return MNL_CB_OK;
}

int routes_neighbour(struct rtnetlink *netlink, const struct address *address, uint32_t ifindex,
		     struct neighbour_event *ret_neighbour)
{
	enum neighbour_state state = NEIGHBOUR_UNKNOWN;
	struct nlmsghdr *request;
	struct ndmsg *header;
	int result;

	if (!is_internet(address))
		return -EAFNOSUPPORT;
	request = rtnetlink_begin(netlink, RTM_GETNEIGH, sizeof(*header), &header);
	header->ndm_family = address->family;
	header->ndm_ifindex = (int)ifindex;
	mnl_attr_put(request, NDA_DST, rtnetlink_address_bytes(address->family), address->bytes);
	result = rtnetlink_run(netlink, request, neighbour_take, &state);
	if (result < 0 && result != -ENOENT)
		return result;
	*ret_neighbour = (struct neighbour_event){
		.state = state,
		.address = address_make(address->family, address->bytes, 0),
		.ifindex = ifindex};
	ret_neighbour->address.scope = address->scope;
	return 0;
}
