/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Fold the stream of events into attempts, and say when something about one of them can be said.
 *
 *	correlator_feed(c, &event);
 *	while (correlator_next(c, &notice))
 *		…
 *
 * An attempt lives from its first event until its socket has been closed for as long as it is
 * watched on. Feeding is O(1), also where there is no room, and whatever was lost.
 */
#ifndef CORE_CORRELATE_H
#define CORE_CORRELATE_H

#include <stddef.h>

#include "user/core/correlate/notice.h"

#define WATCH_ON_NS (3 * SECOND_NS) /* after the close: a late answer, a late reset */
/*
 * Of other programs' attempts that have their verdict no more than so many, and no more than take
 * half of the room, are watched on: the oldest leave first.
 */
#define CORRELATOR_WATCHED_ON 8192

/* attempts looked at in one call: the caller has other things to do, too */
#define CORRELATOR_LOOKS 4096

struct correlator;

/*
 * Room for `capacity` attempts at once, each watched for watch_on_ns after its close (WATCH_ON_NS;
 * 0: there are no amendments, and a notice is the last word but for RELEASED). Memory is taken as
 * they come, and kept: no more than 2.25 KiB for each of the most that there ever were. NULL and
 * errno ENOMEM on failure.
 *
 * Of other programs a process may have no more attempts without a verdict than there is room left,
 * and a user no more than three times that: see shares.h.
 */
struct correlator *correlator_new(uint32_t capacity, uint64_t watch_on_ns);
/* The capacity that takes no more than so much memory. */
uint32_t correlator_room(size_t bytes);
void correlator_free(struct correlator *correlator);

/*
 * Returns 0, or -ENOBUFS when the event would have begun an attempt, and there was no room for
 * that, or memory: counted as lost. It touches no other attempt; and that attempt will not begin in
 * its middle.
 */
int correlator_feed(struct correlator *correlator, const struct event *event);

/* false: nothing until more is fed, or, after CORRELATOR_LOOKS, see correlator_has_more(). */
bool correlator_next(struct correlator *correlator, struct notice *ret_notice);

/*
 * Where none is watched on: this one is, for WATCH_ON_NS after its close. To be called with its
 * NOTICE_VERDICT, and before it is closed. Returns false when it is not.
 */
bool correlator_watch(struct correlator *correlator, struct attempt_key key,
		      const struct verdict *verdict);

/* The attempt as it is now, or NULL; valid until the next call of feed or next. */
const struct attempt *correlator_find(const struct correlator *correlator, struct attempt_key key);

/* Attempts without a verdict. */
uint32_t correlator_under_way(const struct correlator *correlator);
/* Attempts for which there was no room so far. */
uint64_t correlator_refused(const struct correlator *correlator);

bool correlator_has_room(const struct correlator *correlator);
/* The last correlator_next() had not looked at all there is. */
bool correlator_has_more(const struct correlator *correlator);
/* Something younger than the last EVENT_DRAINED may decide: drain again before sleeping. */
bool correlator_is_waiting(const struct correlator *correlator);
/* Events lost so far, all causes. */
uint64_t correlator_lost(const struct correlator *correlator);

#endif
