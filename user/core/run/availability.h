/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How long a target was up and how long it was down, from the instants at which it was probed.
 *
 * The time from one probe's begin to the next one's counts for what the first one showed; what the
 * last one showed counts for nothing until the next one begins. So every span counts once, however
 * probes overlap.
 *
 * Probes are told of in the order of their verdicts, in which a silent one comes late. So the
 * latest ones are kept in the order of their begins; when there are AVAILABILITY_WINDOW of them
 * (fewer without memory), the older half is settled. A probe that began before the last settled one
 * is left out: its span has been counted for the one before it. Adding is O(1), amortised, for a
 * probe that comes in order, and O(AVAILABILITY_WINDOW) for a late one.
 */
#ifndef CORE_AVAILABILITY_H
#define CORE_AVAILABILITY_H

#include <stdbool.h>
#include <stdint.h>

#define AVAILABILITY_WINDOW 1024

enum presence {
	PRESENCE_UNKNOWN, /* the probe says nothing of the target */
	PRESENCE_UP,
	PRESENCE_DOWN,
};

struct presence_mark {
	uint64_t began_ns;
	enum presence presence;
};

/*
 * An outage begins with a probe that shows DOWN (the first probe of all, too) and ends with one
 * that shows UP. What is unknown neither begins nor ends one, and its span is no part of it: an
 * outage's length is the time for which it is known.
 */
struct availability_summary {
	uint64_t up_ns;
	uint64_t down_ns;
	uint64_t longest_outage_ns;
	uint64_t outages;
	bool was_up;  /* in some probe */
	bool is_down; /* the last outage has no end yet */
};

struct availability {
	struct presence_mark *recent; /* ascending by began_ns, not settled yet; owned */
	uint32_t recent_count;
	uint32_t recent_room;
	/* What is settled. */
	struct availability_summary settled;
	struct presence_mark last; /* up to this one; UNKNOWN at the begin */
	uint64_t outage_ns;	   /* of the present outage */
	bool is_outage;
	/* Of all that are not UNKNOWN. */
	bool is_any_known;
	uint64_t first_known_ns;
	uint64_t last_known_ns;
};

/* A zeroed struct availability knows nothing; released, it does so again. */
void availability_release(struct availability *availability);
void availability_add(struct availability *availability, enum presence presence, uint64_t began_ns);
/*
 * At least two probes that began at different times showed UP or DOWN: only then are the figures
 * meaningful.
 */
bool availability_is_known(const struct availability *availability);
void availability_summarise(const struct availability *availability,
			    struct availability_summary *ret_summary);

#endif
