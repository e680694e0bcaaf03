/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One probe for each ICMP error that a router may answer with. */
#ifndef SCENARIOS_ICMP_TABLE_H
#define SCENARIOS_ICMP_TABLE_H

#include "tests/scenarios/scenario.h"

struct icmp_case {
	uint8_t type, code;
	const char *reason;
	const char *app_result, *app_errno;
};

/*
 * The peer has the error of each case sent by the router; each verdict must be status and the
 * case's reason, and the application told of it.
 */
void expect_icmp_verdicts(const char *peer, const char *router, const char *status,
			  const struct icmp_case *cases, size_t count);

#endif
