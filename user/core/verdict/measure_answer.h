/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The part of measure.c that is about the answer. */
#ifndef CORE_MEASURE_ANSWER_H
#define CORE_MEASURE_ANSWER_H

#include "user/core/verdict/facts.h"

/* What came, and from whom: the packet that decided, else the first. */
void measure_answer(const struct facts *facts, struct verdict *verdict);
/* When the answer is known: its time. The answered SYN's entry; NO_ENTRY: not certain. */
int measure_rtt(const struct facts *facts, struct verdict *verdict);
/*
 * Signs that another host than the target may have answered: notes beside a verdict, with their
 * evidence, which never change it, for each of them has innocent histories that look the same.
 * Those of one attempt alone; see ttl_memory.h.
 */
void measure_suspicions(const struct facts *facts, struct verdict *verdict);

#endif
