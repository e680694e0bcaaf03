/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One event by itself, for those who read a recording without ktcping. */
#ifndef WORDS_EXPLAIN_EVENT_H
#define WORDS_EXPLAIN_EVENT_H

#include "user/core/event.h"

/* "SYN leaves by eth0, seq 123 …". text as in explain.h. */
char *explain_event(const struct event *event, char *text);

#endif
