/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a report says besides verdicts, as events of the trace: so a recorded run can be reported
 * again, and not only judged. No verdict rests on them, so the core is not given any.
 */
#ifndef APP_ANNOUNCE_H
#define APP_ANNOUNCE_H

#include "user/app/run/lane.h"

/* The run begins, or the wall clock was set: instants are printed by it from now on. */
void announce_run(struct run *run);
/* A target as it is from now on. */
void announce_target(const struct lane *lane, const struct target *target, bool has_ended);

/*
 * CLOCK_REALTIME of an instant, by what was announced last; when that clock was set since, it is
 * announced anew. For what makes a report, in any lane: what prints reads no clock.
 */
uint64_t announced_wall_ns(struct run *run, uint64_t time_ns);

#endif
