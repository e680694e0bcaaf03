/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The part of explain.c that speaks of this host alone: what it refused, lacked or lost. */
#ifndef WORDS_EXPLAIN_LOCAL_H
#define WORDS_EXPLAIN_LOCAL_H

#include "user/core/verdict/judgement.h"
#include "user/words/sentence.h"

/* Reasons: routes, source port, source address, device, policy, a failed bind() or connect(), and giving up. */
void explain_local(struct sentence *s, const struct judgement *j);

#endif
