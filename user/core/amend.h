/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the evidence after a verdict adds to it, or holds against it. */
#ifndef CORE_AMEND_H
#define CORE_AMEND_H

#include "user/core/correlate.h"

/* The next amendment that has not been said (bit 1 << kind of `said`). Returns false when there is none. */
bool amend_find(const struct attempt *attempt, const struct verdict *verdict, uint32_t said, struct amendment *ret_amendment);

#endif
