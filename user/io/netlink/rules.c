// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * RTM_GETRULE, in the order in which the kernel goes through them (fib_rules_lookup()). A selector
 * that is not known here leaves open whether the rule matches.
 */
#include "user/io/netlink/rules.h"

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "user/io/netlink/devices.h"

enum match { MISSES, MAY_MATCH, MATCHES };

struct walk {
	const struct route_question *question;
	char device[EVENT_NAME_MAX]; /* that it is bound to; "": none */
	enum route_kind kind;	     /* as the kernel answered */
	enum route_kind rule;	     /* that has ended the look-up; ROUTE_UNKNOWN: none has */
	/* a table was looked up before it, in which there may be a route of its type */
	bool has_passed_table;
	bool is_over;
};

static bool is_in_prefix(const struct address *address, const uint8_t *prefix, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	return !memcmp(address->bytes, prefix, whole) &&
	       (!rest || !((address->bytes[whole] ^ prefix[whole]) >> (8 - rest)));
}

static enum match match_prefix(const struct nlattr *attribute, unsigned bits,
			       const struct address *address)
{
	if (!address_is_set(address) || address_is_unspecified(address))
		return bits ? MISSES : MATCHES;
	if (mnl_attr_get_payload_len(attribute) < rtnetlink_address_bytes(address->family))
		return MAY_MATCH;
	return is_in_prefix(address, mnl_attr_get_payload(attribute), bits) ? MATCHES : MISSES;
}

/* The port that the kernel chooses is not known here. */
static enum match match_port(const struct nlattr *attribute, uint16_t port)
{
	const struct fib_rule_port_range *range = mnl_attr_get_payload(attribute);

	if (mnl_attr_get_payload_len(attribute) < sizeof(*range) || !port)
		return MAY_MATCH;
	return port >= range->start && port <= range->end ? MATCHES : MISSES;
}

static enum match match_user(const struct nlattr *attribute, const struct route_question *question)
{
	const struct fib_rule_uid_range *range = mnl_attr_get_payload(attribute);
	uint32_t uid = question->has_uid ? question->uid : geteuid();

	if (mnl_attr_get_payload_len(attribute) < sizeof(*range))
		return MAY_MATCH;
	return uid >= range->start && uid <= range->end ? MATCHES : MISSES;
}

/* What this host sends comes from its loopback device, as far as rules go. */
static enum match match_device(const struct nlattr *attribute)
{
	return strcmp(mnl_attr_get_str(attribute), "lo") ? MISSES : MATCHES;
}

/* A device of a VRF is looked for as its VRF, too. */
static enum match match_bound(const struct nlattr *attribute, const char *device)
{
	if (!device[0])
		return MISSES;
	return strcmp(mnl_attr_get_str(attribute), device) ? MAY_MATCH : MATCHES;
}

static enum match matches_if(bool is_match)
{
	return is_match ? MATCHES : MISSES;
}

/* The mark and its mask come apart: the mask is looked at with the mark. */
static uint32_t mask_of(const struct nlmsghdr *message)
{
	const struct nlattr *attribute;

	mnl_attr_for_each(
		attribute, message,
		sizeof(struct fib_rule_hdr)) if (mnl_attr_get_type(attribute) ==
						 FRA_FWMASK) return mnl_attr_get_u32(attribute);
	return UINT32_MAX;
}

static enum match match_attribute(const struct nlattr *attribute, const struct nlmsghdr *message,
				  const struct walk *walk)
{
	const struct fib_rule_hdr *header = mnl_nlmsg_get_payload(message);
	const struct route_question *question = walk->question;

	switch (mnl_attr_get_type(attribute)) {
	case FRA_PRIORITY:
	case FRA_TABLE:
	case FRA_FWMASK:
	case FRA_PROTOCOL: /* who has put it there */
	case FRA_SUPPRESS_IFGROUP:
	case FRA_SUPPRESS_PREFIXLEN:
		return MATCHES;
	case FRA_DST:
		return match_prefix(attribute, header->dst_len, &question->destination);
	case FRA_SRC:
		return match_prefix(attribute, header->src_len, &question->source);
	case FRA_IIFNAME:
		return match_device(attribute);
	case FRA_OIFNAME:
		return match_bound(attribute, walk->device);
	case FRA_FWMARK:
		return matches_if(
			!((mnl_attr_get_u32(attribute) ^ question->mark) & mask_of(message)));
	case FRA_UID_RANGE:
		return match_user(attribute, question);
	case FRA_IP_PROTO:
		return matches_if(mnl_attr_get_u8(attribute) == IPPROTO_TCP);
	case FRA_SPORT_RANGE:
		return match_port(attribute, question->source.port);
	case FRA_DPORT_RANGE:
		return match_port(attribute, question->destination.port);
	}
	return MAY_MATCH;
}

static enum match match_rule(const struct nlmsghdr *message, const struct walk *walk)
{
	const struct fib_rule_hdr *header = mnl_nlmsg_get_payload(message);
	bool is_inverted = header->flags & FIB_RULE_INVERT;
	const struct nlattr *attribute;
	enum match match = header->tos ? MAY_MATCH : MATCHES;

	mnl_attr_for_each(attribute, message, sizeof(*header))
	{
		enum match one = match_attribute(attribute, message, walk);

		match = one < match ? one : match;
	}
	return is_inverted && match != MAY_MATCH ? MATCHES - match : match;
}

static enum route_kind kind_of_action(uint8_t action)
{
	switch (action) {
	case FR_ACT_UNREACHABLE:
		return ROUTE_UNREACHABLE;
	case FR_ACT_PROHIBIT:
		return ROUTE_PROHIBIT;
	case FR_ACT_BLACKHOLE:
		return ROUTE_BLACKHOLE;
	}
	return ROUTE_UNKNOWN;
}

/* What the kernel says of one: ENETUNREACH of an unreachable one, which no route says of itself. */
static bool is_answer(enum route_kind kind, enum route_kind rule)
{
	return kind == (rule == ROUTE_UNREACHABLE ? ROUTE_NONE : rule);
}

static int take_rule(const struct nlmsghdr *message, void *data)
{
	const struct fib_rule_hdr *header = mnl_nlmsg_get_payload(message);
	struct walk *walk = data;
	enum route_kind rule;
	enum match match;

	if (walk->is_over || message->nlmsg_type != RTM_NEWRULE ||
	    mnl_nlmsg_get_payload_len(message) < sizeof(*header))
		return MNL_CB_OK;
	match = match_rule(message, walk);
	if (match == MISSES || header->action == FR_ACT_NOP)
		return MNL_CB_OK;
	rule = kind_of_action(header->action);
	if (rule == ROUTE_UNKNOWN) {
		walk->is_over = header->action != FR_ACT_TO_TBL;
		walk->has_passed_table |= header->table != RT_TABLE_LOCAL;
	} else if (is_answer(walk->kind, rule)) { /* else it would have ended the look-up */
		walk->is_over = true;
		walk->rule = match == MATCHES ? rule : ROUTE_UNKNOWN;
	}
	return MNL_CB_OK;
}

/* Behind it is whether the destination is in a route of that type, whichever the table. */
struct route_search {
	const struct address *destination;
	uint8_t type;
	bool has_found;
};

static int take_route(const struct nlmsghdr *message, void *data)
{
	const struct rtmsg *header = mnl_nlmsg_get_payload(message);
	struct route_search *search = data;
	const struct nlattr *attribute;
	enum match match = MATCHES;

	if (message->nlmsg_type != RTM_NEWROUTE ||
	    mnl_nlmsg_get_payload_len(message) < sizeof(*header) ||
	    header->rtm_type != search->type)
		return MNL_CB_OK;
	mnl_attr_for_each(attribute, message,
			  sizeof(*header)) if (mnl_attr_get_type(attribute) == RTA_DST) match =
		match_prefix(attribute, header->rtm_dst_len, search->destination);
	search->has_found |= match != MISSES;
	return MNL_CB_OK;
}

/* Also when that cannot be asked. */
static bool may_be_a_routes(struct rtnetlink *netlink, const struct walk *walk)
{
	struct route_search search = {.destination = &walk->question->destination,
				      .type = walk->rule == ROUTE_PROHIBIT ? RTN_PROHIBIT
									   : RTN_BLACKHOLE};
	struct nlmsghdr *request;
	struct rtmsg *header;

	if (walk->rule == ROUTE_UNKNOWN || walk->rule == ROUTE_UNREACHABLE ||
	    !walk->has_passed_table)
		return false;
	request = rtnetlink_begin(netlink, RTM_GETROUTE, sizeof(*header), &header);
	header->rtm_family = walk->question->destination.family;
	header->rtm_type = search.type;
	return rtnetlink_dump(netlink, request, take_route, &search) < 0 || search.has_found;
}

enum route_kind rules_refuse(struct rtnetlink *netlink, const struct route_question *question,
			     enum route_kind kind)
{
	struct walk walk = {.question = question, .kind = kind, .rule = ROUTE_UNKNOWN};
	struct fib_rule_hdr *header;
	struct nlmsghdr *request;

	devices_name(netlink, question->oif, walk.device);
	request = rtnetlink_begin(netlink, RTM_GETRULE, sizeof(*header), &header);
	header->family = question->destination.family;
	if (rtnetlink_dump(netlink, request, take_rule, &walk) < 0)
		return ROUTE_UNKNOWN;
	return may_be_a_routes(netlink, &walk) ? ROUTE_UNKNOWN : walk.rule;
}
