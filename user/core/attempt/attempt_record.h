/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One event into one entry, and into the attempt's own fields. */
#ifndef CORE_ATTEMPT_RECORD_H
#define CORE_ATTEMPT_RECORD_H

#include "user/core/attempt/attempt_packet.h"

/* Fills the entry, which attempt_add() places, and the attempt's fields that the event is about. */
void attempt_record(struct entry *ret_entry, struct attempt *attempt, const struct event *event,
		    const struct entry_names *names);

#endif
