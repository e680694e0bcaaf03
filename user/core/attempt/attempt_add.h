/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The only way into a timeline. */
#ifndef CORE_ATTEMPT_ADD_H
#define CORE_ATTEMPT_ADD_H

#include "user/core/attempt/attempt_record.h"

/* Add what an event says. With or without hops all else is kept, folded and counted alike. */
void attempt_add(struct attempt *attempt, const struct event *event,
		 const struct entry_names *names);

#endif
