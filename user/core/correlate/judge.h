/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Is there something to say about an attempt? */
#ifndef CORE_JUDGE_H
#define CORE_JUDGE_H

#include "user/core/correlate/attempt_table.h"
#include "user/core/correlate/notice.h"

/* A program's longest pause between two looks at its sockets: its verdict waits so long. */
#define AWAIT_APP_NS (2 * SECOND_NS)

/* The verdict, or the query before it. Returns true and fills in the notice, which is zeroed. */
bool slot_judge(struct correlator *correlator, uint32_t at, struct notice *notice);
/* Of one with a verdict: what came since. Likewise. */
bool slot_amend(struct correlator *correlator, uint32_t at, struct notice *notice);

#endif
