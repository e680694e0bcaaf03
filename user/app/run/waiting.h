/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Probes that wait for this host, and those that are asked again. */
#ifndef APP_WAITING_H
#define APP_WAITING_H

#include "user/app/run/lane.h"

/* A copy is added, and owns what `probe` does. */
struct waiting *waiting_add(struct lane *lane, const struct waiting *probe, uint64_t since_ns);
/* The first one; the list must not be empty. */
struct waiting waiting_take(struct waiting_list *list);
/*
 * The probe met a limit of this host: no free source port, no room in its table of neighbours. May
 * it wait? Then it will, and that is said. Returns false when that is its outcome.
 */
bool waiting_for_room(struct lane *lane, struct probe *probe, const struct verdict *verdict);
/*
 * May the target's next hop be sought besides those that are? Else it waits: said once, and
 * lane->crowded_until_ns is set.
 */
bool waiting_has_neighbour_room(struct lane *lane, const struct target *target);
/* As long as our own probe has the port, there is no need to try; held open, it gives it up. */
bool waiting_is_behind_rival(struct lane *lane, const struct waiting *waiting);
/*
 * If the probe's evidence was lost and it may be asked again, it will be. Returns false when the
 * outcome is its last word.
 */
bool waiting_to_repeat(struct lane *lane, struct probe *probe, const struct outcome *outcome);
/* Frees the lists. */
void waiting_release(struct lane *lane);

#endif
