/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Read a timeline: the only way to facts. */
#ifndef CORE_FACTS_READ_H
#define CORE_FACTS_READ_H

#include "user/core/verdict/facts.h"

/* Entries after until_ns are not looked at: the facts are those of that instant. */
void facts_read(const struct attempt *attempt, uint64_t until_ns, struct facts *ret_facts);

#endif
