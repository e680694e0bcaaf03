/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a lane takes in, probes being made in it or programs watched: events of its ring and of its
 * own acts. They go to the trace, to the core, and what reports say besides to the session.
 */
#ifndef APP_INTAKE_H
#define APP_INTAKE_H

#include <stdio.h>

#include "user/app/report/session.h"
#include "user/core/correlate/correlate.h"
#include "user/io/kernel/observer.h"

/* Its parts are the caller's. */
struct intake {
	struct observer *observer;
	struct ring *ring; /* one of the observer's */
	struct correlator *correlator;
	struct session *session; /* the run's */
	FILE *trace;		 /* NULL: none */
	uint64_t events;	 /* of attempts, fed so far in this turn */
};

/* One event in. Returns what correlator_feed() does. */
int intake_feed(struct intake *intake, const struct event *event);

#endif
