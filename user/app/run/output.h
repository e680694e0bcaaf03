/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where lines go: each lane's own buffer, then the output that all share; sentences to stderr; the
 * line on a terminal that is overwritten.
 */
#ifndef APP_OUTPUT_H
#define APP_OUTPUT_H

#include "user/app/run/lane.h"

/*
 * To write whole lines to; flushed at the end of the turn, or, where there are many, when they are
 * enough or old enough.
 */
FILE *output_of(struct lane *lane);
/* What the lane has written so far. */
void output_flush(struct lane *lane);
/* When that is due, or the buffer is full. */
void output_flush_if_due(struct lane *lane, uint64_t now_ns);

/* A sentence on stderr, behind what the lane has written. */
void output_say(struct lane *lane, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What is written to the run's output itself stands between these two; the first clears the live line. */
FILE *output_lock(struct run *run);
void output_unlock(struct run *run);
/* It cannot be written to any more. */
bool output_has_failed(const struct run *run);

/* The live line: what the longest waiting probe waits for; or how far a tally is. */
void output_show_live(struct run *run, uint64_t now_ns);

#endif
