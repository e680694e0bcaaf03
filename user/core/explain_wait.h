/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The part of explain.c that says where on this host the application waited, when it came to something after all. */
#ifndef CORE_EXPLAIN_WAIT_H
#define CORE_EXPLAIN_WAIT_H

#include "user/core/sentence.h"
#include "user/core/verdict.h"

/* "; waited 688.8 ms in this host's own queue (eth0); the application waited 689.0 ms", or nothing. */
void explain_waits(struct sentence *s, const struct attempt *attempt, const struct verdict *verdict);

#endif
