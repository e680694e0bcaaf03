/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the kernel found damaged is no evidence, whatever it says. */
#ifndef CORE_ATTEMPT_DAMAGE_H
#define CORE_ATTEMPT_DAMAGE_H

#include "user/core/attempt/attempt.h"

/* The entry tells that the kernel found a packet damaged: marks what came in as that packet. */
void attempt_mark_damage(struct attempt *attempt, const struct entry *drop);

#endif
