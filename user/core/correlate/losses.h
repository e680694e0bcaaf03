/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What was lost when: noted once, and counted for each attempt only when that is judged. So a loss
 * is constant work, however many attempts are alive.
 *
 *	attempt begins:	seen = losses.total;
 *	is judged:	lost += losses_since(&losses, seen, began_ns, closed_ns);
 *			seen = losses.total;
 */
#ifndef CORE_LOSSES_H
#define CORE_LOSSES_H

#include "user/core/event.h"

/* Kept apart; beyond, the two oldest become one: an attempt loses too much, not too little. */
#define LOSSES_SPANS 64

/* A zeroed one has nothing lost. */
struct losses {
	struct {
		uint64_t from_ns;
		uint64_t to_ns;
		uint64_t total; /* lost so far, with this span */
	} spans[LOSSES_SPANS];
	uint32_t first; /* the oldest */
	uint32_t count;
	uint64_t total; /* stays at UINT64_MAX once it gets there */
};

void losses_add(struct losses *losses, const struct lost_event *lost);

/*
 * How much was lost since the total was `seen`, in spans that touch the time from began_ns to
 * closed_ns (0: it goes on). At most LOSSES_SPANS are looked at.
 */
uint64_t losses_since(const struct losses *losses, uint64_t seen, uint64_t began_ns,
		      uint64_t closed_ns);

#endif
