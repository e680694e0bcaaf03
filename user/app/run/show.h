/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What happens to a lane's targets and probes as reports, to the renderer. */
#ifndef APP_SHOW_H
#define APP_SHOW_H

#include "user/app/run/lane.h"

/* It is about to be probed, or cannot be. */
void show_target(struct lane *lane, const struct target *target);
void show_move(struct lane *lane, const struct target *target, const struct address *from,
	       const struct address *to);
/* Returns false when it is not to be seen (--changes, --failures, --open). */
bool show_outcome(struct lane *lane, struct target *target, uint64_t sequence,
		  const struct outcome *outcome);
void show_amendment(struct lane *lane, const struct probe *probe, const struct notice *notice);
/* The target's last probe, if it is without a verdict. */
void show_outstanding(struct lane *lane, const struct target *target, uint64_t now_ns);

#endif
