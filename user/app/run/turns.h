/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A lane's turns. */
#ifndef APP_TURNS_H
#define APP_TURNS_H

#include "user/app/run/lane.h"

/* Returns 0 or -errno with the sentence; lane_close() is due in either case. */
int lane_open(struct lane *lane, struct run *run, unsigned index, struct error *ret_error);
void lane_close(struct lane *lane);

/* Read answers first, then what is due, start last. */
void lane_turn(struct lane *lane);
/* Nothing is under way, and nothing will be. */
bool lane_is_done(struct lane *lane);
/* Until something comes in or is due, or may have been. */
void lane_sleep(struct lane *lane);
/*
 * After the last turn: what was not asked again, or has not been answered, is what it came to at
 * first.
 */
void lane_finish(struct lane *lane);
/*
 * What has been recorded up to now is heard, with what the kernel skipped: before losses are summed
 * up.
 */
void lane_hear_losses(struct lane *lane);

#endif
