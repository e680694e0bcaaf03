/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The part of correlate.c that takes events in. */
#ifndef CORE_FEED_H
#define CORE_FEED_H

#include "user/core/correlate/attempt_table.h"

/* Returns 0 or -ENOBUFS, as correlator_feed(). */
int feed_attempt(struct correlator *correlator, const struct event *event);
/* EVENT_LOST of one attempt, or of all in the span: those count it when they are looked at. */
void feed_lost_to(struct correlator *correlator, const struct event *event);
void feed_lost(struct correlator *correlator, const struct lost_event *lost);
/* What was lost since the slot was looked at. */
void feed_count_losses(const struct correlator *correlator, struct slot *slot);
/* What another program has under way is judged by what was so far. */
void feed_end(struct correlator *correlator, uint32_t at, uint64_t end_ns);

#endif
