/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One line of a timeline. */
#ifndef WORDS_EXPLAIN_ENTRY_H
#define WORDS_EXPLAIN_ENTRY_H

#include "user/core/attempt/attempt.h"

/* "SYN on eth0, seq 123 …". text as in explain.h. */
char *explain_entry(const struct attempt *attempt, const struct entry *entry, char *text);

#endif
