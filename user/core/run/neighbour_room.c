// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A ring in the order of time, and a hash over it. */
#include "user/core/run/neighbour_room.h"

#include <stdlib.h>

#include "user/base/hash.h"
#include "user/base/time.h"

#define PLACES	 (2 * NEIGHBOUR_ROOM_MOST) /* a power of two; some have answered, and wait */
#define NO_PLACE UINT32_MAX
/* Unless the kernel says otherwise: three questions, a second apart */
#define PATIENCE_NS (3 * SECOND_NS)
/* Its timers may be late. */
#define SLACK_NS (100 * MILLISECOND_NS)

struct sought {
	struct address address;
	uint64_t until_ns;
	uint32_t next; /* of its bucket */
	bool is_found;
};

static uint32_t bucket_of(const struct address *address)
{
	return hash_bytes(HASH_START, address->bytes, sizeof(address->bytes)) % PLACES;
}

void neighbour_room_release(struct neighbour_room *room)
{
	free(room->sought);
	free(room->buckets);
}

/* Only where one is sought; of the ring no more is touched than is used. */
static bool allocate(struct neighbour_room *room)
{
	if (room->buckets)
		return true;
	room->sought = calloc(PLACES, sizeof(*room->sought));
	room->buckets = room->sought ? malloc(PLACES * sizeof(*room->buckets)) : NULL;
	for (uint32_t i = 0; room->buckets && i < PLACES; i++)
		room->buckets[i] = NO_PLACE;
	if (!room->buckets) {
		free(room->sought);
		room->sought = NULL;
	}
	return room->buckets;
}

uint32_t neighbour_room_of(const struct neighbour_table *table, uint32_t own)
{
	uint32_t kept = table->entries > table->spare ? table->entries - table->spare : 0,
		 others = kept > own ? kept - own : 0,
		 room = table->most > others ? table->most - others : 0, limit = room / 4 * 3;

	return limit > NEIGHBOUR_ROOM_LEAST / 4 ? limit : NEIGHBOUR_ROOM_LEAST / 4;
}

void neighbour_room_set(struct neighbour_room *room, const struct neighbour_table *table,
			uint32_t limit, uint64_t now_ns)
{
	room->limit = limit > NEIGHBOUR_ROOM_MOST ? NEIGHBOUR_ROOM_MOST : limit ? limit : 1;
	room->patience_ns = table->patience_ns;
	room->asked_ns = now_ns;
}

static uint32_t find(const struct neighbour_room *room, const struct address *address)
{
	uint32_t at = room->buckets ? room->buckets[bucket_of(address)] : NO_PLACE;

	while (at != NO_PLACE && !address_same_host(&room->sought[at].address, address))
		at = room->sought[at].next;
	return at;
}

static void take_out(struct neighbour_room *room, uint32_t at)
{
	uint32_t *link = &room->buckets[bucket_of(&room->sought[at].address)];

	while (*link != at)
		link = &room->sought[*link].next;
	*link = room->sought[at].next;
	room->sought[at].is_found = true;
	room->count--;
}

static void give_up(struct neighbour_room *room, uint64_t now_ns)
{
	while (room->taken && (room->sought[room->first].is_found ||
			       room->sought[room->first].until_ns <= now_ns)) {
		if (!room->sought[room->first].is_found)
			take_out(room, room->first);
		room->first = (room->first + 1) % PLACES;
		room->taken--;
	}
}

void neighbour_room_seek(struct neighbour_room *room, const struct address *address,
			 uint64_t now_ns)
{
	uint64_t patience_ns = room->patience_ns ? room->patience_ns : PATIENCE_NS;
	uint32_t at, *bucket;

	give_up(room, now_ns);
	if (!allocate(room) || room->taken == PLACES || find(room, address) != NO_PLACE)
		return;
	at = (room->first + room->taken++) % PLACES;
	bucket = &room->buckets[bucket_of(address)];
	room->sought[at] = (struct sought){
		.address = *address, .until_ns = now_ns + patience_ns + SLACK_NS, .next = *bucket};
	*bucket = at;
	room->count++;
}

void neighbour_room_found(struct neighbour_room *room, const struct address *address)
{
	uint32_t at = room->count ? find(room, address) : NO_PLACE;

	if (at != NO_PLACE)
		take_out(room, at);
}

bool neighbour_room_has_place(struct neighbour_room *room, uint32_t unheard, uint64_t now_ns)
{
	uint32_t limit = room->limit ? room->limit : NEIGHBOUR_ROOM_LEAST;

	if (!room->count) /* perhaps none of them has to be sought */
		return unheard < NEIGHBOUR_ROOM_LEAST;
	if (room->count + unheard >= limit)
		give_up(room, now_ns);
	return room->count + unheard < limit;
}

uint64_t neighbour_room_due_ns(const struct neighbour_room *room)
{
	return room->taken ? room->sought[room->first].until_ns : UINT64_MAX;
}
