/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The part of explain_entry.c that speaks of devices in other namespaces. */
#ifndef WORDS_EXPLAIN_PATH_H
#define WORDS_EXPLAIN_PATH_H

#include "user/core/attempt/attempt.h"
#include "user/words/sentence.h"

/* An entry of kind EVENT_HOP. */
void explain_hop(struct sentence *s, const struct entry *entry);

#endif
