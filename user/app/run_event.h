/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * EVENT_RUN: what a run's output says of itself, whichever command it is. With the wall clock of
 * that event an instant is printed alike whenever it is printed.
 */
#ifndef APP_RUN_EVENT_H
#define APP_RUN_EVENT_H

#include "user/app/options/options.h"
#include "user/core/event.h"

/* Now. The strings are kept by reference. */
struct event run_event_now(const struct options *options, const char *subject, const char *kernel,
			   const char *hooks);

/* CLOCK_REALTIME less our own clock, both read at one instant. */
uint64_t run_event_offset_ns(void);
/* The wall clock was set since that was its offset: there is another EVENT_RUN to be told. */
bool run_event_is_due(uint64_t offset_ns);

#endif
