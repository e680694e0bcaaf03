// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What every part of a lane asks of it. */
#include "user/app/run/lane.h"

#define CROWDED_RING 0.5 /* from here on no connect is made before the ring is read */

/* What a SYN waits for, and that one to it has left. */
static void note_neighbour(struct lane *lane, const struct event *event)
{
	const struct address *hop = &event->neighbour.address;

	if (event->kind == EVENT_NEIGHBOUR && event->neighbour.is_own)
		neighbour_room_seek(lane_neighbours(lane, hop->family), hop, event->time_ns);
	else if (event->kind == EVENT_XMIT)
		neighbour_room_found(lane_neighbours(lane, event->packet.packet.destination.family),
				     &event->packet.packet.destination);
}

void lane_feed(void *context, const struct event *event)
{
	struct lane *lane = context;

	note_neighbour(lane, event);
	intake_feed(&lane->intake, event);
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
	bool is_crowded = !policy->keeps_targets && ring_fill(lane->intake.ring) >= CROWDED_RING;

	return !run_has_ended(lane->run) && !is_full && !is_crowded &&
	       lane->probes.used < lane->probes.capacity &&
	       correlator_has_room(lane->intake.correlator);
}
