/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where the first SYN went. */
#ifndef WORDS_EXPLAIN_PATH_H
#define WORDS_EXPLAIN_PATH_H

#include "user/core/attempt/path.h"
#include "user/words/sentence.h"

/* A line of a timeline, of an entry of kind EVENT_HOP. */
void explain_hop(struct sentence *s, const struct entry *entry);
/* "eth0 → veth1 (ns 4026531840) → br0, 0.041 ms", or NULL when none left. text as in explain.h. */
char *explain_path(const struct path *path, char *text);

#endif
