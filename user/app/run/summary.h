/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What targets came to. */
#ifndef APP_SUMMARY_H
#define APP_SUMMARY_H

#include "user/app/run/lane.h"

/* Of a target that is kept. */
void show_summary(struct lane *lane, const struct target *target);
/* Of all that are kept, or of all lanes' tally, and the end of the run. */
void show_end(struct run *run);
/* The run goes on: all summaries so far, by this renderer to this file. */
void show_so_far(struct run *run, const struct renderer *renderer, FILE *out);
/* All lanes' tallies so far. The caller releases it. */
struct tally show_total(struct run *run);

#endif
