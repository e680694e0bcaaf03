/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * EVENT_RUN and EVENT_SUMMARY: what a run's output says of itself, whichever command it is. With
 * the wall clock as it was announced an instant is printed alike whenever it is printed.
 */
#ifndef APP_ANNOUNCE_H
#define APP_ANNOUNCE_H

#include "user/app/lane/intake.h"
#include "user/app/options/options.h"

/* The run begins. subject: see run_event. */
void announce_run(struct intake *intake, const struct options *options, const char *subject,
		  bool is_watch);
/*
 * When the wall clock was set since the last time there is another EVENT_RUN. Once a turn, before
 * what happened is read: what is reported in that turn is printed by it.
 */
void announce_clock(struct intake *intake);
/* Now. */
void announce_summary(struct intake *intake, const struct summary_event *summary);

#endif
