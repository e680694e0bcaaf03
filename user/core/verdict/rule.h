/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The rules of verdict.c that speak of this host alone, its sockets, routes, addresses and devices (rules_local.c), and of what came and is no answer
 * (rules.c). Each says whether it applies, and cites its evidence.
 */
#ifndef CORE_RULE_H
#define CORE_RULE_H

#include "user/core/verdict/facts.h"

/* Returns true, so that a rule's last conjunct cites its evidence. Absent entries are passed over: a rule cites what it may have. */
bool rule_cite(struct verdict *verdict, int index);

/* bind() failed */
bool rule_bind_no_device(const struct facts *facts, struct verdict *verdict);
bool rule_bind_no_source(const struct facts *facts, struct verdict *verdict);
bool rule_bind_no_port(const struct facts *facts, struct verdict *verdict);
bool rule_bind_failed(const struct facts *facts, struct verdict *verdict);

/* connect() failed by itself */
bool rule_no_port(const struct facts *facts, struct verdict *verdict);
bool rule_no_device(const struct facts *facts, struct verdict *verdict);
bool rule_no_source(const struct facts *facts, struct verdict *verdict);
bool rule_bad_destination(const struct facts *facts, struct verdict *verdict);
bool rule_no_route(const struct facts *facts, struct verdict *verdict);
bool rule_route_unreachable(const struct facts *facts, struct verdict *verdict);
bool rule_route_blackhole(const struct facts *facts, struct verdict *verdict);
bool rule_route_prohibit(const struct facts *facts, struct verdict *verdict);
bool rule_policy(const struct facts *facts, struct verdict *verdict);
bool rule_connect_failed(const struct facts *facts, struct verdict *verdict);

/* what another program did */
bool rule_deferred(const struct facts *facts, struct verdict *verdict);
bool rule_closed_early(const struct facts *facts, struct verdict *verdict);

/* While the attempt ran, this host lost what it needs to send or to be answered. lost_route chooses the reason by the route's kind. */
bool rule_lost_device(const struct facts *facts, struct verdict *verdict);
bool rule_lost_source(const struct facts *facts, struct verdict *verdict);
/* Nor could an answer come in by a device without a carrier. */
bool rule_carrier_down(const struct facts *facts, struct verdict *verdict);
bool rule_lost_route(const struct facts *facts, struct verdict *verdict);

/* what came, and is no answer */
bool rule_from_elsewhere(const struct facts *facts, struct verdict *verdict);
bool rule_syn_returned(const struct facts *facts, struct verdict *verdict);
bool rule_other_device(const struct facts *facts, struct verdict *verdict);
/* Nothing came that was seen, and yet the socket was told an error that is not the kernel's own giving up. */
bool rule_unexplained_error(const struct facts *facts, struct verdict *verdict);
bool rule_damaged(const struct facts *facts, struct verdict *verdict);
bool rule_unreadable(const struct facts *facts, struct verdict *verdict);
bool rule_stray_icmp_unreachable(const struct facts *facts, struct verdict *verdict);
bool rule_stray_icmp_filtered(const struct facts *facts, struct verdict *verdict);

#endif
