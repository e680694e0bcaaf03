// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What follows from a verdict's reason, for those who act by it. */
#include "user/core/verdict/verdict.h"

static const uint8_t traits[REASON_COUNT] = {
	[REASON_TTL_EXCEEDED] = VERDICT_OF_HOP_LIMIT,
	[REASON_NO_ROUTE] = VERDICT_RESTS_ON_ROUTE,
	[REASON_POLICY] = VERDICT_RESTS_ON_ROUTE,
	[REASON_CONNECT_FAILED] = VERDICT_RESTS_ON_ROUTE,
	[REASON_NOT_SENT] = VERDICT_RESTS_ON_ROUTE | VERDICT_RESTS_ON_NEIGHBOUR, /* the next hop may be silent */
	/* likewise, where there was no room to wait for it; then the next SYN may wait there, and be missing */
	[REASON_DROPPED_OUT] = VERDICT_RESTS_ON_NEIGHBOUR,
	[REASON_EVENTS_LOST] = VERDICT_RESTS_ON_NEIGHBOUR | VERDICT_LACKS_EVIDENCE,
	[REASON_HOOK_MISSING] = VERDICT_LACKS_EVIDENCE,
	[REASON_REJECTED_LOCALLY] = VERDICT_IS_FORGED_HERE,
	[REASON_NO_SOURCE_PORT] = VERDICT_LACKS_PORT,
	[REASON_REDIRECTED_LOCAL] = VERDICT_RESTS_ON_ROUTE | VERDICT_ENDS_HERE,
	[REASON_SELF_CONNECT] = VERDICT_ENDS_HERE,
};

bool verdict_has(const struct verdict *verdict, enum verdict_trait trait)
{
	return traits[verdict->reason] & trait;
}

void verdict_cite(struct verdict *verdict, int index)
{
	for (unsigned i = 0; i < verdict->evidence_count; i++)
		if (verdict->evidence[i] == index)
			return;
	if (index != NO_ENTRY && verdict->evidence_count < VERDICT_MAX_EVIDENCE)
		verdict->evidence[verdict->evidence_count++] = (int8_t)index;
}
