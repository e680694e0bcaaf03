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

/* CLOCK_REALTIME of an instant, by what was announced last. */
static inline uint64_t announced_wall_ns(const struct run *run, uint64_t time_ns)
{
	return time_ns + __atomic_load_n(&run->wall_offset_ns, __ATOMIC_RELAXED);
}

#endif
