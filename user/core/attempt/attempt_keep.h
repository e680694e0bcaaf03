/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Gives entries their places, and takes places from what only tells the story (evidence.h). */
#ifndef CORE_ATTEMPT_KEEP_H
#define CORE_ATTEMPT_KEEP_H

#include "user/core/attempt/attempt.h"

/*
 * The entry's place is by its time, behind those of the same time. When there is none left, an
 * entry that decides nothing is folded into one like it, or left out and counted. When all decide,
 * the last SYN is folded into the one before. When that is the first, the new entry goes, and that
 * is counted as evidence lost.
 */
void attempt_insert(struct attempt *attempt, const struct entry *entry);

/* The entry goes, whatever it is. */
void attempt_take_out(struct attempt *attempt, unsigned index);

/* So many more of the same. */
void entry_repeat(struct entry *entry, unsigned count);

#endif
