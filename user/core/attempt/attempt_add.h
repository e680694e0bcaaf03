/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The part of attempt.c that copies what an event says. */
#ifndef CORE_ATTEMPT_ADD_H
#define CORE_ATTEMPT_ADD_H

#include "user/core/attempt/attempt.h"

/* Fills the entry, and the fields of the attempt that the event is about; where the entry goes is attempt_add()'s to say. */
void attempt_fill(struct entry *ret_entry, struct attempt *attempt, const struct event *event, const struct entry_names *names);

/* The entry tells that the kernel found a packet damaged: marks what came in as that packet. */
void attempt_mark_damage(struct attempt *attempt, const struct entry *drop);

#endif
