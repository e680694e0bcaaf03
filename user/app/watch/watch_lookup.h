/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What can only be looked up. */
#ifndef APP_WATCH_LOOKUP_H
#define APP_WATCH_LOOKUP_H

#include "user/app/watch/shared.h"

/* What the route to an attempt's target is, if that can decide. */
void watch_answer(struct watch *w, const struct notice *question);
/* From time to time, and at the end: does something stand between a program and the kernel? */
void watch_look_for_preload(struct watch *w, uint64_t now_ns);

#endif
