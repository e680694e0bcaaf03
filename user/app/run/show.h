/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What happens to a lane's targets and probes as reports, to the renderer. */
#ifndef APP_SHOW_H
#define APP_SHOW_H

#include "user/app/run/lane.h"

/* A target as it is from now on: to the trace, for no report comes of it yet. */
void announce_target(struct lane *lane, const struct target *target);
/* It is about to be probed, or cannot be. */
void show_target(struct lane *lane, const struct target *target);
/*
 * Its name was asked for again: it is somewhere else now, or new (from: none), or has ended. That
 * is announced as well.
 */
void show_move(struct lane *lane, const struct target *target, const struct address *from,
	       bool has_ended);
/* Returns false when it is not to be seen (--changes, --failures, --open). */
bool show_outcome(struct lane *lane, struct target *target, uint64_t sequence,
		  const struct outcome *outcome);
void show_amendment(struct lane *lane, const struct probe *probe, const struct notice *notice);
/* The next one of its target begins, and this one may be without a verdict. */
void show_outstanding(struct lane *lane, const struct probe *probe, uint64_t now_ns);

#endif
