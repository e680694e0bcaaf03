/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The part of explain_entry.c that speaks of devices in other namespaces. */
#ifndef CORE_EXPLAIN_PATH_H
#define CORE_EXPLAIN_PATH_H

#include "user/core/attempt.h"
#include "user/core/sentence.h"

/* An entry of kind EVENT_HOP. */
void explain_hop(struct sentence *s, const struct entry *entry);

#endif
