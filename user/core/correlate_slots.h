/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The correlator's own tables: its attempts by key, those with news, and those whose socket is closed. Only for the files that make it up. */
#ifndef CORE_CORRELATE_SLOTS_H
#define CORE_CORRELATE_SLOTS_H

#include "user/core/correlate.h"
#include "user/core/names.h"
#include "user/core/race.h"
#include "user/core/suspect.h"

#define NOBODY UINT32_MAX

enum phase {
	PHASE_FREE,
	PHASE_PENDING, /* no verdict yet */
	PHASE_ASKED,   /* the question is out: what was the application told? */
	PHASE_JUDGED,  /* watched on */
};

struct slot {
	struct attempt attempt;
	struct verdict *verdict; /* from PHASE_JUDGED on, when it is watched on; owned. NULL without memory, too: then nothing is amended */
	uint64_t began_ns;
	uint64_t newest_ns;  /* the youngest event fed */
	uint64_t closed_ns;  /* 0: still open */
	uint64_t decided_ns; /* another program's: since when there is a verdict that waits for what the program is told */
	uint32_t amended;    /* 1 << enum amendment_kind: said already */
	uint32_t next_same;  /* hash chain, or free list */
	uint32_t next_news;
	uint32_t next_closed;
	uint32_t next_settling;
	uint32_t previous_settling;
	enum phase phase;
	bool has_news;
	bool is_settling; /* in the list of these */
};

struct list {
	uint32_t first;
	uint32_t last;
};

/* correlator_new() and correlator_free() are here, too. */
struct correlator {
	struct slot *slots;
	uint32_t *buckets; /* bucket_count is a power of two */
	uint32_t bucket_count;
	uint32_t capacity;
	uint32_t fresh; /* slots never used so far: they are not touched before they are needed */
	uint32_t free;	/* list through next_same */
	uint32_t used;
	uint32_t found;	  /* the last one that was fed */
	uint32_t leaving; /* told of as FORGOTTEN, freed by the next call */
	struct list news;
	struct list closed;   /* in the order of closing; other programs' in that of their verdicts */
	struct list settling; /* in the order of decided_ns */
	uint64_t watch_on_ns;
	uint64_t drained_ns;
	uint64_t full_ns; /* drained_ns when there was no room last */
	uint64_t end_ns;  /* EVENT_END; 0: it has not come, or has been heeded */
	uint64_t lost;
	uint32_t judged;	   /* other programs' attempts */
	struct names names;	   /* the kernel's: drop reasons, functions */
	struct names device_names; /* of other namespaces */
	struct ttl_memory ttls;
	struct race_memory races;
};

/* NOBODY: there is none of that key. */
uint32_t slots_find(const struct correlator *correlator, struct attempt_key key);
/* A PENDING one for the event's key, which has none; NOBODY when there is no room. */
uint32_t slots_add(struct correlator *correlator, const struct event *event);
void slots_free(struct correlator *correlator, uint32_t at);

/* At the end of the list, unless it is there already. */
void news_add(struct correlator *correlator, uint32_t at);
/* The first; the list must not be empty. */
uint32_t news_take(struct correlator *correlator);

/* As decided now; it must not be in the list. */
void settling_add(struct correlator *correlator, uint32_t at);
/* If it is in the list. */
void settling_remove(struct correlator *correlator, uint32_t at);

/* At the end of the list, unless it is there already. Times must ascend. */
void closed_add(struct correlator *correlator, uint32_t at, uint64_t now_ns);

#endif
