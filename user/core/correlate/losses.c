// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A ring of spans; the total that each has reached says which attempts were there before it. */
#include "user/core/correlate/losses.h"

static uint32_t place_of(const struct losses *losses, uint32_t i)
{
	return (losses->first + i) % LOSSES_SPANS;
}

static void merge_oldest(struct losses *losses)
{
	uint32_t oldest = losses->first, next = place_of(losses, 1);

	if (losses->spans[oldest].from_ns < losses->spans[next].from_ns)
		losses->spans[next].from_ns = losses->spans[oldest].from_ns;
	if (losses->spans[oldest].to_ns > losses->spans[next].to_ns)
		losses->spans[next].to_ns = losses->spans[oldest].to_ns;
	losses->first = next;
	losses->count--;
}

void losses_add(struct losses *losses, const struct lost_event *lost)
{
	/* counted elsewhere, and lost here all the same */
	uint64_t count = lost->count ? lost->count : 1;
	uint32_t at;

	if (losses->count == LOSSES_SPANS)
		merge_oldest(losses);
	losses->total = count > UINT64_MAX - losses->total ? UINT64_MAX : losses->total + count;
	at = place_of(losses, losses->count++);
	losses->spans[at].from_ns = lost->from_ns;
	losses->spans[at].to_ns = lost->to_ns;
	losses->spans[at].total = losses->total;
}

uint64_t losses_since(const struct losses *losses, uint64_t seen, uint64_t began_ns,
		      uint64_t closed_ns)
{
	uint64_t count = 0;

	for (uint32_t i = losses->count;
	     i-- > 0 && losses->spans[place_of(losses, i)].total > seen;) {
		uint64_t before = i ? losses->spans[place_of(losses, i - 1)].total : 0;
		uint32_t at = place_of(losses, i);

		if (losses->spans[at].to_ns < began_ns ||
		    (closed_ns && losses->spans[at].from_ns > closed_ns))
			continue;
		count += losses->spans[at].total - (before > seen ? before : seen);
	}
	return count;
}
