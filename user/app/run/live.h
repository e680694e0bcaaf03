/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The live line: what the longest waiting probe waits for; or how far a tally is. */
#ifndef APP_LIVE_H
#define APP_LIVE_H

#include "user/app/run/lane.h"

/* When it is due. */
void live_show(struct run *run, uint64_t now_ns);

#endif
