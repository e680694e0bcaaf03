// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What every part of a lane asks of it. */
#include "user/app/run/lane.h"

#include "user/io/files/trace.h"

#define CROWDED_RING 0.5 /* from here on no connect is made before the ring is read */

void lane_feed(void *context, const struct event *event)
{
	struct lane *lane = context;

	lane->events++;
	if (lane->run->trace)
		trace_write(lane->run->trace, event);
	correlator_feed(lane->correlator, event);
}

bool lane_has_pending(const struct lane *lane)
{
	const struct run *run = lane->run;

	for (unsigned i = 0; i < run->lane_count; i++)
		if (i != lane->index && __atomic_load_n(&run->lanes[i].pending, __ATOMIC_RELAXED))
			return true;
	return lane->probes.pending;
}

bool lane_has_room(const struct lane *lane)
{
	const struct policy *policy = &lane->run->policy;
	bool is_full = policy->inflight && lane->probes.pending >= policy->inflight;
	bool is_crowded = !policy->keeps_targets && ring_fill(lane->ring) >= CROWDED_RING;

	return !run_has_ended(lane->run) && !is_full && !is_crowded &&
	       lane->probes.used < lane->probes.capacity && correlator_has_room(lane->correlator);
}
