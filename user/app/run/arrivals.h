/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Targets that come with their hosts, move with their names, and go. */
#ifndef APP_ARRIVALS_H
#define APP_ARRIVALS_H

#include "user/app/run/lane.h"

/* Targets for hosts that are known by now, as far as there is room. */
void arrivals_take(struct lane *lane, uint64_t now_ns);
/* There is room for one, and the run is not over. */
bool arrivals_can_come(const struct lane *lane);
/* Names asked again: their targets move. With one lane only. */
void arrivals_move(struct lane *lane, uint64_t now_ns);
/* After its probe number `sequence` started: is it time to ask for the name again? */
void arrivals_ask_again(struct lane *lane, const struct target *target, uint64_t sequence);
/* Of what is not kept one more was begun with. */
void count_target(struct lane *lane, const struct target *target);
/* It is not probed, or no more: counted and shown. */
void target_fail(struct lane *lane, struct target *target);
/* It gets no further probes: what waits to start is dropped. */
void target_stop(struct target *target);
/*
 * Call when a probe of it was released, or when it will get no more: what is not kept is freed when
 * it has ended.
 */
void target_check_end(struct lane *lane, struct target *target);
/* Shows and frees those that have ended, unless they are kept to the end. */
void arrivals_go(struct lane *lane);

#endif
