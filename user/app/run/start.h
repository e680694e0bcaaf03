/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Probes that start. */
#ifndef APP_START_H
#define APP_START_H

#include "user/app/run/lane.h"

/* What is due, what has waited long enough, and what is asked again. */
void start_probes(struct lane *lane);
/* When the next one may; UINT64_MAX: there is none. */
uint64_t start_due_ns(const struct lane *lane);

#endif
