/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What goes with every verdict: times, counts, the answer, the drop, the application's view. */
#ifndef CORE_MEASURE_H
#define CORE_MEASURE_H

#include "user/core/verdict/facts.h"

/* status, reason, evidence and is_complete are set; everything else is filled in here. */
void measure_verdict(const struct facts *facts, struct verdict *verdict);

#endif
