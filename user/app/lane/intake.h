/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a lane takes in, whether probes are made in it or programs watched: events of its ring and
 * of its own acts. They go to the trace, to the core, and what reports say besides to the session;
 * what the core has to say of them is taken out again.
 */
#ifndef APP_INTAKE_H
#define APP_INTAKE_H

#include <poll.h>
#include <stdio.h>

#include "user/app/report/session.h"
#include "user/core/correlate/correlate.h"
#include "user/io/files/recorder.h"
#include "user/io/kernel/observer.h"

/* Its parts are the caller's. */
struct intake {
	struct observer *observer;
	struct ring *ring; /* one of the observer's */
	struct correlator *correlator;
	struct session *session;   /* the run's */
	FILE *trace;		   /* NULL: none */
	struct recorder *recorder; /* likewise */
	/* where the ring's events go: it calls intake_feed(), and has the lane as its context */
	struct ring_sink sink;
	/* what is said of an attempt is acted upon; context: likewise */
	void (*take)(void *context, const struct notice *notice);
	uint64_t events; /* of attempts, fed since the last drain began */
};

/* One event in. Returns what correlator_feed() does. */
int intake_feed(struct intake *intake, const struct event *event);

/*
 * All that was recorded up to now; is_doubted: with what the kernel programs missed up to then.
 * Returns whether a bounded ring has more, and then nothing that was missed has been asked for.
 */
bool intake_drain(struct intake *intake, bool is_doubted);

/* Only that: before losses are summed up. */
void intake_hear_missed(struct intake *intake);

/*
 * Some of what there is to be said, for it may take questions to the kernel: then the ring is read
 * again. Returns whether there may be more without more being fed.
 */
bool intake_take(struct intake *intake);

/* There were so many events that there will be more at once. */
bool intake_is_busy(const struct intake *intake);

/*
 * Until wake_ns (UINT64_MAX: no such instant), until one of these can be read, or the ring. There
 * is room for one more among them. Under load a wake-up a millisecond is enough, and not asked for.
 */
void intake_sleep(struct intake *intake, struct pollfd *fds, nfds_t count, uint64_t wake_ns);

#endif
