/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One ring of records and its reader: hands on events. Each thread that makes connects has one of
 * its own (observer.h).
 *
 * Only that thread may call these functions, but for ring_open() and ring_close().
 */
#ifndef IO_RING_H
#define IO_RING_H

#include <stdbool.h>
#include <stddef.h>

#include "user/base/error.h"
#include "user/core/event.h"

struct ktp_shared;
struct missed;

/* Where events go. */
struct ring_sink {
	void (*take)(void *context, const struct event *event);
	void *context;
};

struct ring;

/*
 * Fd and the map behind it, of so many bytes, stay the caller's, and so does `missed`; index: its
 * place in shared->rings, and of what the programs missed the first one counts it. NULL and errno
 * on failure.
 */
struct ring *ring_open(int fd, size_t bytes, struct ktp_shared *shared, struct missed *missed,
		       unsigned index);
void ring_close(struct ring *ring);

/* The connects that the calling thread makes from now on are recorded here. */
void ring_take_thread(struct ring *ring);

/*
 * A drain ends with what was there when it began, for others fill the ring, maybe faster than it is
 * read; and one call hands on no more than some of that.
 */
void ring_bound(struct ring *ring);

/* Readable when a record worth waking for came while asleep (see ring_may_sleep()). */
int ring_fd(const struct ring *ring);

/*
 * Hand on everything recorded up to now, then EVENT_LOST if anything was lost, then EVENT_DRAINED
 * with the instant up to which all is delivered. That instant stays where it was while a record in
 * the middle is still being written. Returns whether a bounded ring has more to be read: the next
 * call goes on.
 */
bool ring_drain(struct ring *ring, struct ring_sink sink);

/*
 * There is no time for what is there: it is lost, a record an event. Ends with EVENT_LOST, for what
 * was lost otherwise, too.
 */
void ring_discard(struct ring *ring, struct ring_sink sink);

/*
 * Hand on what the kernel programs missed (observer_note_misses()), if that has been asked for
 * since the last time. Each drain that comes to its end does so.
 */
void ring_hear_missed(struct ring *ring, struct ring_sink sink);

/* How full it is, from 0 to 1: connects are made only after it has been drained. */
double ring_fill(const struct ring *ring);

/*
 * Ask for a wake-up. Returns false when something came in meanwhile: drain again. A wake-up can be
 * missed when a record was being written just now, so sleep no longer than RING_NAP_NS while
 * anything is awaited.
 */
#define RING_NAP_NS 5000000ull
bool ring_may_sleep(struct ring *ring);

/*
 * Are attempts of this ring still followed? Records are made only while that is so of any. Costs
 * nothing when it is so already.
 */
void ring_set_active(struct ring *ring, bool is_active);

#endif
