/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The correlator's own tables: its attempts by key, the dirty ones, and those whose socket is
 * closed. Only for the files that make it up.
 *
 * An attempt stays where it is, for what refers to it: the table grows by chunks.
 */
#ifndef CORE_ATTEMPT_TABLE_H
#define CORE_ATTEMPT_TABLE_H

#include "user/base/intern.h"
#include "user/base/list.h"
#include "user/core/correlate/losses.h"
#include "user/core/correlate/race.h"
#include "user/core/correlate/shares.h"
#include "user/core/correlate/ttl_memory.h"
#include "user/core/verdict/facts.h"

#define NO_SLOT UINT32_MAX

/* Slots are allocated so many at once, and not touched before they are needed. */
#define SLOTS_CHUNK 16384u
/* Keys of attempts for which there was no room: more of their events may be on the way. */
#define SLOTS_REFUSED 64u

enum phase {
	PHASE_FREE,
	PHASE_PENDING, /* no verdict yet */
	PHASE_ASKED,   /* the question is out: what was the application told? */
	PHASE_JUDGED,  /* watched on */
};

struct slot {
	struct attempt attempt;
	/* owned, from PHASE_JUDGED on, if it is watched on; NULL: nothing is amended */
	struct verdict *verdict;
	uint64_t began_ns;
	uint64_t newest_ns; /* the youngest event fed */
	/* from then on it does not wait for what the kernel thinks of an ICMP error */
	uint64_t settled_ns;
	uint64_t closed_ns; /* 0: still open */
	/* another program's: since when its verdict waits for what the program learns */
	uint64_t decided_ns;
	uint64_t losses_seen; /* the total that attempt.lost_count has been told of */
	struct owner owner;   /* with has_share: who has it */
	uint32_t amended;     /* 1 << enum amendment_kind: said already */
	uint32_t next_same;   /* hash chain, or free list */
	uint32_t at;	      /* its own number */
	struct list_node dirty;
	struct list_node closed;
	struct list_node awaiting;
	enum phase phase;
	/* in one of the two lists: something was fed since it was looked at */
	bool is_dirty;
	bool is_awaiting_app; /* in the list of these */
	bool is_watched;      /* on, though others are not: see correlator_watch() */
	bool has_share;
};

/* All that is to be known before it is judged has been delivered when everything up to then has. */
static inline uint64_t slot_ready_ns(const struct slot *slot)
{
	return slot->newest_ns > slot->settled_ns ? slot->newest_ns : slot->settled_ns;
}

struct correlator {
	/* of SLOTS_CHUNK slots, the last one of the rest; NULL: not needed so far */
	struct slot **chunks;
	uint32_t *buckets; /* bucket_count is a power of two */
	uint32_t bucket_count;
	uint32_t capacity;
	uint32_t high_water; /* the first slot never used so far */
	uint32_t free;	     /* list through next_same */
	uint32_t used;
	uint32_t under_way; /* of these: without a verdict */
	uint32_t last_hit;  /* the last one that was fed */
	uint32_t to_free;   /* told of as RELEASED, freed by the next call */
	struct list dirty;
	struct list young; /* those that were fed something of after drained_ns */
	/* in the order of closing; other programs' in that of their verdicts */
	struct list closed;
	struct list watched;	  /* likewise, of those that are watched on though others are not */
	struct list awaiting_app; /* in the order of decided_ns */
	uint64_t watch_on_ns;
	uint64_t drained_ns;
	uint64_t end_ns;      /* EVENT_END; 0: it has not come, or has been applied */
	uint32_t end_next;    /* the slot where applying it goes on */
	uint32_t orphan_next; /* the slot where looking for orphaned ones goes on */
	uint64_t lost;
	uint64_t refused; /* attempts */
	struct attempt_key refused_keys[SLOTS_REFUSED];
	struct losses losses;
	struct shares shares;
	uint32_t judged;	    /* other programs' attempts */
	struct intern names;	    /* the kernel's: drop reasons, functions */
	struct intern device_names; /* of other namespaces */
	struct ttl_memory ttls;
	struct race_memory races;
	struct facts facts; /* of the attempt that was judged last */
};

static inline struct slot *slot_at(const struct correlator *correlator, uint32_t at)
{
	return &correlator->chunks[at / SLOTS_CHUNK][at % SLOTS_CHUNK];
}

/* Returns false without memory; slots_release() is due all the same. The correlator is zeroed. */
bool slots_init(struct correlator *correlator, uint32_t capacity);
void slots_release(struct correlator *correlator);

/* NO_SLOT: there is none of that key. */
uint32_t slots_find(const struct correlator *correlator, struct attempt_key key);
/* A PENDING one for a key that has none; NO_SLOT when there is no room, or none for its owner. */
uint32_t slots_add(struct correlator *correlator, const struct event *event);
/* It has a verdict: its owner may have another one under way. */
void slots_judge(struct correlator *correlator, uint32_t at);
void slots_free(struct correlator *correlator, uint32_t at);

/* There was no room for what the event begins: counted, and remembered. */
void slots_refuse(struct correlator *correlator, const struct event *event);
/* Not long ago: what begins now would lack its beginning. */
bool slots_has_refused(const struct correlator *correlator, struct attempt_key key);

#endif
