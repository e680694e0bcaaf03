/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How a run is to be made, by what was asked for: all that differs between four probes of one
 * target and one probe of each of a million is a number here.
 *
 * Pure: what the machine has (processors, descriptors, memory) is an argument.
 */
#ifndef CORE_POLICY_H
#define CORE_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#define POLICY_ATTEMPTS_MAX 16384u
#define POLICY_CLOSING	    512u  /* closed, and not yet released */
#define POLICY_SAMPLE	    64u	  /* and watched on, where no other is: RESET_SAMPLE */
#define POLICY_LANE_TARGETS 2048u /* a lane more is worth it for so many targets more */

struct policy_request {
	uint64_t count;	     /* probes a target; 0: without end */
	bool asks_many;	     /* a list, a range, a network */
	bool wants_row;	     /* the format shows every probe of a target in its summary */
	bool is_held;	     /* connections are kept open */
	bool is_shown_whole; /* the timeline, too: with the route before the connect */
	/*
	 * something that only one lane can do: source ports of a range, names asked again, one
	 * trace
	 */
	bool needs_series;
	uint64_t targets;  /* as far as they are known; UINT64_MAX: they are not */
	uint64_t alive_ns; /* of one probe, with what it is watched for after its end */
	uint64_t interval_ns;
	/* the machine's */
	unsigned processors; /* at most as many as there can be rings */
	uint64_t
		/* connects at once that were asked for; 0: as many as the next two allow */
		inflight;
	uint64_t descriptors;
	uint64_t connects_in_memory;
};

struct policy {
	bool keeps_targets; /* each has statistics and a summary; else all add up to one tally */
	bool watches_on;    /* after the verdict: amendments */
	/* it is not looked up before each connect, but only where a verdict rests on it */
	bool skips_route;
	bool kernel_forgets; /* a closed socket, by itself */
	unsigned lanes;
	uint32_t inflight; /* of each lane; 0: as many as attempts */
	uint32_t attempts; /* of each lane */
};

struct policy policy_for(const struct policy_request *request);

#endif
