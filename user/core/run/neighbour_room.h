/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Next hops that are sought at once. Each has an entry in the kernel's table of neighbours until it
 * answers or is given up, and that table is the whole host's: full of ours, it has no room for what
 * else this host wants to speak to. So no more are begun with than leaves it some.
 *
 * A lane has one of a family. Times are the caller's; zeroed, it is empty and holds little back.
 */
#ifndef CORE_NEIGHBOUR_ROOM_H
#define CORE_NEIGHBOUR_ROOM_H

#include <stdbool.h>
#include <stdint.h>

#include "user/base/address.h"

/* As the kernel has it now. */
struct neighbour_table {
	uint32_t entries;
	uint32_t spare;	      /* of these, what it would take out for new ones */
	uint32_t most;	      /* gc_thresh3: with so many that are not spare, it refuses new ones */
	uint64_t patience_ns; /* for so long it asks for one that does not answer */
};

struct neighbour_room {
	struct sought *sought; /* a ring, in the order in which the kernel gives them up; owned */
	uint32_t *buckets;     /* by address, into the ring; owned */
	uint32_t first;
	uint32_t taken; /* places of the ring, with those that have answered since */
	uint32_t count; /* sought */
	uint32_t limit; /* 0: NEIGHBOUR_ROOM_LEAST */
	uint64_t patience_ns;
	uint64_t asked_ns; /* when the table was looked at; 0: never */
};

/* So few need no look at the table. */
#define NEIGHBOUR_ROOM_LEAST 64u
/* A lane seeks no more at once. */
#define NEIGHBOUR_ROOM_MOST 16384u

void neighbour_room_release(struct neighbour_room *room);

/*
 * How many may be sought at once, by all lanes together, who have `own` of the table's entries:
 * three quarters of what others leave, and a few in any case.
 */
uint32_t neighbour_room_of(const struct neighbour_table *table, uint32_t own);
/* So many are this lane's to seek. */
void neighbour_room_set(struct neighbour_room *room, const struct neighbour_table *table,
			uint32_t limit, uint64_t now_ns);

/* A packet waits for that next hop. Without memory it is not counted. */
void neighbour_room_seek(struct neighbour_room *room, const struct address *address,
			 uint64_t now_ns);
/* It has answered: a packet to it has left. Harmless if it is not sought. */
void neighbour_room_found(struct neighbour_room *room, const struct address *address);
/* Is there a place for one more, beside so many that may seek one and have not been heard of? */
bool neighbour_room_has_place(struct neighbour_room *room, uint32_t unheard, uint64_t now_ns);
/* When the next one is given up; UINT64_MAX: none is sought. */
uint64_t neighbour_room_due_ns(const struct neighbour_room *room);

#endif
