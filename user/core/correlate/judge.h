/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Is there something to say about an attempt? */
#ifndef CORE_JUDGE_H
#define CORE_JUDGE_H

#include "user/core/correlate/attempt_table.h"
#include "user/core/correlate/notice.h"

/*
 * As long as a program may take between two looks at its sockets: so long its verdict waits for
 * what it is told.
 */
#define AWAIT_APP_NS (2 * SECOND_NS)

/*
 * Of one without a verdict: that, or the query before it. Returns true and fills the notice in; it
 * is zeroed.
 */
bool slot_judge(struct correlator *correlator, uint32_t at, struct notice *notice);
/* Of one with a verdict: what came since. Likewise. */
bool slot_amend(struct correlator *correlator, uint32_t at, struct notice *notice);

#endif
