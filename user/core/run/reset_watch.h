/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Do the resets arrive that end a scan's half-open probes? Where they are lost, servers keep what
 * the scan has begun, and repeat their SYN-ACKs: then it is to be slower.
 *
 * Of the open probes a sample is watched on, RESET_SAMPLE at once. Their ends come in the order of
 * their beginnings, so that none counts sooner for having gone wrong. Pure: times are the caller's.
 */
#ifndef CORE_RESET_WATCH_H
#define CORE_RESET_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#define RESET_SAMPLE	   64u	/* watched on at once; and as many ends back it is looked */
#define RESET_RATE_LEAST   10.0 /* a second: no slower than that */
#define RESET_LITTLE_ENDS  16u	/* too few to go by */
#define RESET_PLENTY_ENDS  32u	/* enough to be faster again */
#define RESET_MANY_SHARE   8u	/* one in so many lost: they pile up */
#define RESET_SELDOM_SHARE 32u	/* no more than one in so many: all is well */

struct reset_watch {
	uint32_t watched; /* now */
	uint32_t ends;	  /* since the rate changed, RESET_SAMPLE at most */
	uint64_t lost;	  /* of these: a bit each, the last one is the lowest */
	/* probes started since then */
	uint64_t started;
	uint64_t since_ns; /* when it changed; those that began before prove nothing of it */
	double rate;	   /* a second; 0: as asked for */
	double unhindered; /* what it was before it fell */
};

enum reset_trend {
	RESETS_STEADY,
	RESETS_PILE_UP, /* then the rate falls */
	RESETS_ARRIVE,	/* then it may rise */
};

/* The rule: so many ends, so many of them lost. */
enum reset_trend reset_trend_of(uint32_t ends, uint32_t lost);

/*
 * One that began at began_ns has come to its end. asked: the rate asked for, a second; 0: none.
 * Returns whether the rate is another one now; it falls by half, and rises by a quarter.
 */
bool reset_watch_end(struct reset_watch *watch, bool is_lost, uint64_t began_ns, double asked,
		     uint64_t now_ns);

#endif
