/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the kernel would do with a packet, asked by rtnetlink. */
#include "user/io/net/routes.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(EVENT_NAME_MAX >= IFNAMSIZ, "a device's name fits");

/* The kernel routes by the upper six bits, some kernels by fewer, and refuses the question when others are set. */
#define DSCP_MASK 0xfc

struct routes {
	struct mnl_socket *socket;
	unsigned port;
	uint32_t sequence;
	/* One message is asked and one answered; routes and neighbours have some 200 bytes. */
	_Alignas(struct nlmsghdr) char buffer[8192];
};

struct routes *routes_new(void)
{
	struct routes *routes = calloc(1, sizeof(*routes));

	if (!routes)
		return NULL;
	routes->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!routes->socket || mnl_socket_bind(routes->socket, 0, MNL_SOCKET_AUTOPID) < 0) {
		int error = errno;

		routes_free(routes);
		errno = error;
		return NULL;
	}
	routes->port = mnl_socket_get_portid(routes->socket);
	return routes;
}

void routes_free(struct routes *routes)
{
	if (!routes)
		return;
	if (routes->socket)
		mnl_socket_close(routes->socket);
	free(routes);
}

static size_t address_bytes(int family)
{
	return family == AF_INET ? 4 : 16;
}

static bool is_internet(const struct address *address)
{
	return address->family == AF_INET || address->family == AF_INET6;
}

/* Begin a message in the buffer. *ret_header is the zeroed header of the kind's own that follows the netlink header. */
static struct nlmsghdr *request_begin(struct routes *routes, uint16_t type, size_t header_bytes, void *ret_header)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(routes->buffer);

	request->nlmsg_type = type;
	request->nlmsg_flags = NLM_F_REQUEST;
	request->nlmsg_seq = ++routes->sequence;
	*(void **)ret_header = mnl_nlmsg_put_extra_header(request, header_bytes);
	return request;
}

/* Returns what the kernel returned: 0 after `take` has seen the answer, or a negative errno. */
static int request_run(struct routes *routes, struct nlmsghdr *request, mnl_cb_t take, void *data)
{
	ssize_t bytes;

	if (mnl_socket_sendto(routes->socket, request, request->nlmsg_len) < 0)
		return -errno;
	for (;;) {
		bytes = mnl_socket_recvfrom(routes->socket, routes->buffer, sizeof(routes->buffer));
		if (bytes < 0 && errno == EINTR)
			continue;
		if (bytes < 0)
			return -errno;
		if (mnl_cb_run(routes->buffer, (size_t)bytes, routes->sequence, routes->port, take, data) >= 0)
			return 0;
		/* The late answer to a question whose receiving failed. */
		if (errno != EPROTO)
			return -errno;
	}
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

static struct address attribute_address(const struct nlattr *attribute, int family)
{
	if (!attribute || mnl_attr_get_payload_len(attribute) < address_bytes(family))
		return (struct address){0};
	return address_make(family, mnl_attr_get_payload(attribute), 0);
}

/* An IPv4 route may have an IPv6 gateway (RFC 5549). */
static struct address attribute_gateway(const struct attribute_table *table, int family)
{
	const struct nlattr *attribute = table->attributes[RTA_VIA];
	const struct rtvia *via = attribute ? mnl_attr_get_payload(attribute) : NULL;

	if (!via)
		return attribute_address(table->attributes[RTA_GATEWAY], family);
	if (mnl_attr_get_payload_len(attribute) < sizeof(*via) + address_bytes(via->rtvia_family))
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

/* How a route that lets nothing through answers: the error that connect() would return. ROUTE_UNKNOWN for other errors. */
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

	if (message->nlmsg_type != RTM_NEWROUTE || mnl_nlmsg_get_payload_len(message) < sizeof(*header))
		return MNL_CB_OK;
	mnl_attr_parse(message, sizeof(*header), attribute_take, &table);
	route->kind = kind_of_type(header->rtm_type);
	route->gateway = attribute_gateway(&table, header->rtm_family);
	answer->preferred_source = attribute_address(table.attributes[RTA_PREFSRC], header->rtm_family);
	if (table.attributes[RTA_OIF])
		route->ifindex = mnl_attr_get_u32(table.attributes[RTA_OIF]);
	if (address_is_link_local(&route->gateway))
		route->gateway.scope = route->ifindex;
	return MNL_CB_OK;
}

static int route_run(struct routes *routes, const struct route_question *question, struct route_answer *ret_answer)
{
	const struct address *destination = &question->destination, *source = &question->source;
	bool has_source = address_is_set(source) && !address_is_unspecified(source);
	uint32_t oif = destination->scope ? destination->scope : question->oif;
	size_t bytes = address_bytes(destination->family);
	struct nlmsghdr *request;
	struct rtmsg *header;

	request = request_begin(routes, RTM_GETROUTE, sizeof(*header), &header);
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
	return request_run(routes, request, route_take, ret_answer);
}

int routes_ask(struct routes *routes, const struct route_question *question, struct route_event *ret_route,
	       struct address *ret_preferred_source)
{
	const struct address *destination = &question->destination, *source = &question->source;
	struct route_answer answer = {0};
	int result;

	if (!is_internet(destination) || (address_is_set(source) && source->family != destination->family))
		return -EAFNOSUPPORT;
	result = route_run(routes, question, &answer);
	if (result < 0)
		answer.route.kind = kind_of_error(result);
	if (result < 0 && answer.route.kind == ROUTE_UNKNOWN)
		return result;
	routes_device(routes, answer.route.ifindex, answer.route.device);
	*ret_route = answer.route;
	if (ret_preferred_source && address_is_set(source) && !address_is_unspecified(source))
		*ret_preferred_source = address_make(source->family, source->bytes, 0);
	else if (ret_preferred_source)
		*ret_preferred_source = answer.preferred_source;
	return 0;
}

/* An XDP program in the driver, before it, or in the hardware. */
static bool has_xdp(const struct nlattr *attribute)
{
	const struct nlattr *nested;

	mnl_attr_for_each_nested(nested, attribute)
	{
		if (mnl_attr_get_type(nested) == IFLA_XDP_ATTACHED && mnl_attr_validate(nested, MNL_TYPE_U8) == 0)
			return mnl_attr_get_u8(nested) != XDP_ATTACHED_NONE;
	}
	return false;
}

static int device_take(const struct nlmsghdr *message, void *data)
{
	const struct ifinfomsg *header = mnl_nlmsg_get_payload(message);
	struct link_event *answer = data;
	struct nlattr *attribute;

	if (message->nlmsg_type != RTM_NEWLINK || mnl_nlmsg_get_payload_len(message) < sizeof(*header))
		return MNL_CB_OK;
	answer->ifindex = (uint32_t)header->ifi_index;
	answer->has_carrier = (header->ifi_flags & IFF_LOWER_UP) != 0;
	mnl_attr_for_each(attribute, message, sizeof(*header))
	{
		if (mnl_attr_get_type(attribute) == IFLA_IFNAME && mnl_attr_validate(attribute, MNL_TYPE_NUL_STRING) == 0)
			snprintf(answer->device, sizeof(answer->device), "%s", mnl_attr_get_str(attribute));
		if (mnl_attr_get_type(attribute) == IFLA_XDP)
			answer->has_xdp = has_xdp(attribute);
	}
	return MNL_CB_OK;
}

/* By index, or by name (NULL: by index). The ioctls would ask the namespace in which the thread is now. */
static struct link_event device_ask(struct routes *routes, uint32_t ifindex, const char *name)
{
	struct link_event answer = {0}, nothing = {0};
	struct nlmsghdr *request;
	struct ifinfomsg *header;

	request = request_begin(routes, RTM_GETLINK, sizeof(*header), &header);
	header->ifi_family = AF_UNSPEC;
	header->ifi_index = (int)ifindex;
	if (name)
		mnl_attr_put_strz(request, strlen(name) < IFNAMSIZ ? IFLA_IFNAME : IFLA_ALT_IFNAME, name);
	mnl_attr_put_u32(request, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	return request_run(routes, request, device_take, &answer) < 0 ? nothing : answer;
}

uint32_t routes_ifindex(struct routes *routes, const char *name)
{
	if (!*name || strlen(name) >= ALTIFNAMSIZ)
		return 0;
	return device_ask(routes, 0, name).ifindex;
}

char *routes_device(struct routes *routes, uint32_t ifindex, char *name)
{
	struct link_event answer = {0};

	if (ifindex)
		answer = device_ask(routes, ifindex, NULL);
	memcpy(name, answer.device, sizeof(answer.device));
	return name;
}

int routes_link(struct routes *routes, uint32_t ifindex, struct link_event *ret_link)
{
	struct link_event answer = device_ask(routes, ifindex, NULL);

	if (!answer.ifindex)
		return -ENODEV;
	*ret_link = answer;
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

	if (message->nlmsg_type != RTM_NEWNEIGH || mnl_nlmsg_get_payload_len(message) < sizeof(*header))
		return MNL_CB_OK;
	*state = neighbour_state_of(header->ndm_state);
	return MNL_CB_OK;
}

int routes_neighbour(struct routes *routes, const struct address *address, uint32_t ifindex, struct neighbour_event *ret_neighbour)
{
	enum neighbour_state state = NEIGHBOUR_UNKNOWN;
	struct nlmsghdr *request;
	struct ndmsg *header;
	int result;

	if (!is_internet(address))
		return -EAFNOSUPPORT;
	request = request_begin(routes, RTM_GETNEIGH, sizeof(*header), &header);
	header->ndm_family = address->family;
	header->ndm_ifindex = (int)ifindex;
	mnl_attr_put(request, NDA_DST, address_bytes(address->family), address->bytes);
	result = request_run(routes, request, neighbour_take, &state);
	if (result < 0 && result != -ENOENT)
		return result;
	*ret_neighbour =
		(struct neighbour_event){.state = state, .address = address_make(address->family, address->bytes, 0), .ifindex = ifindex};
	ret_neighbour->address.scope = address->scope;
	return 0;
}
