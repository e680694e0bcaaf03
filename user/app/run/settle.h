/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A probe's last word, and whether its reset arrives. */
#ifndef APP_SETTLE_H
#define APP_SETTLE_H

#include "user/app/run/lane.h"

/* Counted and, if it is to be seen, shown. Returns whether it was. */
bool settle_probe(struct lane *lane, struct target *target, uint64_t sequence,
		  const struct outcome *outcome);

/* The first outcome stands, and is freed. */
void settle_first(struct lane *lane, struct target *target, uint64_t sequence,
		  struct first_outcome *first, enum repeat repeat);

/*
 * Of a scan's open probes a few are watched on when they are closed: do their resets arrive? To be
 * called with the verdict, before the close; nothing is waited for in the end.
 */
void sample_begin(struct lane *lane, struct probe *probe, const struct verdict *verdict);
void sample_amend(struct lane *lane, struct probe *probe, const struct amendment *amendment);
/* Where they are lost, the lane is slower from now on, and that is said. */
void sample_end(struct lane *lane, const struct probe *probe);

#endif
