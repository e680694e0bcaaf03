/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the programs missed, from the thread that reads the kernel's counts (observer_note_misses())
 * to the rings, whose readers hear of it as of any other loss.
 */
#ifndef IO_MISSED_H
#define IO_MISSED_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "user/core/event.h"

/*
 * All CLOCK_MONOTONIC. Each loss happened before `read_ns`, and after the `before_ns` of the
 * reading that it was not part of.
 */
struct missed {
	pthread_mutex_t lock;
	uint64_t count;	    /* so far */
	uint64_t before_ns; /* of the last reading */
	uint64_t read_ns;   /* likewise; written last: another value tells of another reading */
};

/* What one of the rings has heard of so far. */
struct missed_reader {
	struct missed *missed;
	bool counts;	  /* else another ring's reader does */
	uint64_t seen;	  /* so many */
	uint64_t from_ns; /* what has not been seen yet was missed after that */
	uint64_t read_ns; /* the reading that was seen */
};

/* Has more been missed since it last asked? Then that is *ret_lost. For any thread. */
bool missed_hear(struct missed_reader *reader, struct lost_event *ret_lost);

#endif
