/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The part of facts_read.c that concludes from routes, neighbours and addresses. */
#ifndef CORE_FACTS_WAY_H
#define CORE_FACTS_WAY_H

#include "user/core/verdict/facts.h"

/* Known before anything else is read: it may have been asked for last. */
bool facts_was_route_local(const struct attempt *attempt, uint64_t until_ns);
/* When all entries have been read: what rules cite, and is no entry's own. */
void facts_derive(struct facts *facts);

#endif
