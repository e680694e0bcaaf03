/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One event into one entry, and into the attempt's own fields. */
#ifndef CORE_ATTEMPT_RECORD_H
#define CORE_ATTEMPT_RECORD_H

#include "user/core/attempt/attempt.h"

/* An event's names as its entry keeps them, interned. NULL or "": it has none. */
struct entry_names {
	const char *reason; /* EVENT_DROP, and the next one */
	const char *function;
	const char *device; /* EVENT_HOP: other packets' devices are the attempt's own */
};

/* Fills the entry, and the fields of the attempt that the event is about; where the entry goes is attempt_add()'s to say. */
void attempt_record(struct entry *ret_entry, struct attempt *attempt, const struct event *event, const struct entry_names *names);

#endif
