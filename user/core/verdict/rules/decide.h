/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What an attempt's evidence proves. Same attempt, same verdict, always. */
#ifndef CORE_DECIDE_H
#define CORE_DECIDE_H

#include "user/core/verdict/facts.h"

/*
 * Can the attempt be judged by these facts? Positive proof needs no patience; absence is judged
 * when the attempt has ended (its deadline, a failing connect(), the kernel's own CLOSE). Returns
 * true and fills *ret_verdict when a rule applies.
 */
bool verdict_decide(const struct facts *facts, struct verdict *ret_verdict);

#endif
