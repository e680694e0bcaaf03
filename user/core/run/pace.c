// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One instant a start, moved on by each. */
#include "user/core/run/pace.h"

#define SECOND_PS 1e12

struct pace pace_make(double per_second)
{
	return (struct pace){.interval_ps =
				     per_second > 0 ? (uint64_t)(SECOND_PS / per_second) : 0};
}

bool pace_take(struct pace *pace, uint64_t now_ns)
{
	if (!pace->interval_ps)
		return true;
	if (now_ns < pace->next_ns)
		return false;
	if (now_ns > PACE_BURST_NS && pace->next_ns < now_ns - PACE_BURST_NS)
		pace->next_ns = now_ns - PACE_BURST_NS;
	pace->rest_ps += pace->interval_ps;
	pace->next_ns += pace->rest_ps / 1000;
	pace->rest_ps %= 1000;
	return true;
}

uint64_t pace_due_ns(const struct pace *pace)
{
	return pace->interval_ps ? pace->next_ns : 0;
}
