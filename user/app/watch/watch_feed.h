/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Events of other programs, and what they make known. */
#ifndef APP_WATCH_FEED_H
#define APP_WATCH_FEED_H

#include "user/app/watch/shared.h"

/* One event in. context is the watch. */
void watch_feed(void *context, const struct event *event);
/* What the core has to say of an attempt: likewise. */
void watch_take(void *context, const struct notice *notice);

#endif
