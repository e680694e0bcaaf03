/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How long a target was up and how long it was down. */
#include <stdlib.h>
#include <string.h>

#include "user/core/run/availability.h"

#define FIRST_ROOM 4

void availability_release(struct availability *availability)
{
	free(availability->recent);
	*availability = (struct availability){0};
}

static void settle_span(struct availability *availability, uint64_t span_ns)
{
	struct availability_summary *settled = &availability->settled;

	if (availability->last.presence == PRESENCE_UP)
		settled->up_ns += span_ns;
	if (availability->last.presence != PRESENCE_DOWN)
		return;
	settled->down_ns += span_ns;
	availability->outage_ns += span_ns;
	if (availability->outage_ns > settled->longest_outage_ns)
		settled->longest_outage_ns = availability->outage_ns;
}

static void settle(struct availability *availability, const struct presence_mark *mark)
{
	settle_span(availability, mark->began_ns - availability->last.began_ns);
	availability->last = *mark;
	if (mark->presence == PRESENCE_UP) {
		availability->is_outage = false;
		availability->settled.was_up = true;
	}
	if (mark->presence != PRESENCE_DOWN || availability->is_outage)
		return;
	availability->is_outage = true;
	availability->outage_ns = 0;
	availability->settled.outages++;
}

static void settle_half(struct availability *availability)
{
	uint32_t count = (availability->recent_count + 1) / 2;

	for (uint32_t i = 0; i < count; i++)
		settle(availability, &availability->recent[i]);
	availability->recent_count -= count;
	memmove(&availability->recent[0], &availability->recent[count],
		availability->recent_count * sizeof(availability->recent[0]));
}

/*
 * Without memory to grow, the window that exists is made to do. Returns false when there is none at
 * all.
 */
static bool make_room(struct availability *availability)
{
	uint32_t room = availability->recent_room ? availability->recent_room * 2 : FIRST_ROOM;
	struct presence_mark *recent;

	if (availability->recent_count < availability->recent_room)
		return true;
	recent = room <= AVAILABILITY_WINDOW ? realloc(availability->recent, room * sizeof(*recent))
					     : NULL;
	if (recent) {
		availability->recent = recent;
		availability->recent_room = room;
	} else if (availability->recent_count > 0) {
		settle_half(availability);
	}
	return availability->recent_count < availability->recent_room;
}

static void note_known(struct availability *availability, const struct presence_mark *mark)
{
	if (mark->presence == PRESENCE_UNKNOWN)
		return;
	if (!availability->is_any_known || mark->began_ns < availability->first_known_ns)
		availability->first_known_ns = mark->began_ns;
	if (!availability->is_any_known || mark->began_ns > availability->last_known_ns)
		availability->last_known_ns = mark->began_ns;
	availability->is_any_known = true;
}

void availability_add(struct availability *availability, enum presence presence, uint64_t began_ns)
{
	struct presence_mark mark = {.began_ns = began_ns, .presence = presence};
	bool has_room = make_room(availability);
	uint32_t at = availability->recent_count;

	if (began_ns < availability->last.began_ns)
		return;
	note_known(availability, &mark);
	if (!has_room) {
		settle(availability, &mark);
		return;
	}
	while (at > 0 && availability->recent[at - 1].began_ns > began_ns)
		at--;
	memmove(&availability->recent[at + 1], &availability->recent[at],
		(availability->recent_count - at) * sizeof(mark));
	availability->recent[at] = mark;
	availability->recent_count++;
}

bool availability_is_known(const struct availability *availability)
{
	return availability->is_any_known &&
	       availability->first_known_ns < availability->last_known_ns;
}

void availability_summarise(const struct availability *availability,
			    struct availability_summary *ret_summary)
{
	struct availability to_come = *availability;

	for (uint32_t i = 0; i < availability->recent_count; i++)
		settle(&to_come, &availability->recent[i]);
	*ret_summary = to_come.settled;
	ret_summary->is_down = to_come.is_outage;
}
