/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Routing rules (ip rule) that let nothing through by themselves, without any route: of type
 * unreachable, prohibit or blackhole.
 */
#ifndef IO_RULES_H
#define IO_RULES_H

#include "user/core/event.h"
#include "user/io/netlink/route_question.h"
#include "user/io/netlink/rtnetlink.h"

/*
 * The kernel answered the question with `kind` (ROUTE_NONE, ROUTE_BLACKHOLE or ROUTE_PROHIBIT). Is
 * it a rule's word? Then the kind of that rule, which ended the look-up for certain; else
 * ROUTE_UNKNOWN: a route may have done so, or the rules could not be asked for.
 */
enum route_kind rules_refuse(struct rtnetlink *netlink, const struct route_question *question,
			     enum route_kind kind);

#endif
