/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The lists of slots: to be looked at, closed, waiting for their program. */
#ifndef CORE_SLOT_LISTS_H
#define CORE_SLOT_LISTS_H

#include "user/core/correlate/attempt_table.h"

/* At the list's end, unless it is in one: of the young, if fed something after drained_ns. */
void dirty_add(struct correlator *correlator, uint32_t at);
/* The first, which is in no list then; NULL: there is none. */
struct slot *dirty_take(struct correlator *correlator);
/* All that is delivered up to then: the young ones are looked at, after the others. */
void dirty_drain(struct correlator *correlator, uint64_t drained_ns);

/* As decided now; it must not be in the list. */
void awaiting_app_add(struct correlator *correlator, uint32_t at);
/* If it is in the list. */
void awaiting_app_remove(struct correlator *correlator, uint32_t at);
/* NULL: there is none. */
struct slot *awaiting_app_first(const struct correlator *correlator);

/* At the end of the list, unless it is there already. Times must ascend. */
void closed_add(struct correlator *correlator, uint32_t at, uint64_t now_ns);
/* NULL: there is none. */
struct slot *closed_first(const struct list *closed);

#endif
