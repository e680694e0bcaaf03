/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A probe's last word. */
#ifndef APP_SETTLE_H
#define APP_SETTLE_H

#include "user/app/run/lane.h"

/* Counted and, if it is to be seen, shown. Returns whether it was. */
bool settle_probe(struct lane *lane, struct target *target, uint64_t sequence,
		  const struct outcome *outcome);

/* The first outcome stands, and is freed. */
void settle_first(struct lane *lane, struct target *target, uint64_t sequence,
		  struct first_outcome *first, enum repeat repeat);

#endif
