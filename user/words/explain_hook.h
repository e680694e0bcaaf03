/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What to look at when no rule dropped it, but the kernel by what this host has set up. */
#ifndef WORDS_EXPLAIN_HOOK_H
#define WORDS_EXPLAIN_HOOK_H

#include "user/core/verdict/judgement.h"
#include "user/words/sentence.h"

/* By the drop's function, by a retransmit's errno, by EVENT_HOST. false: nothing was added. */
bool explain_hook(struct sentence *s, const struct judgement *j);
/* This host has policies that may have stopped it. Likewise. */
bool explain_ipsec(struct sentence *s, const struct judgement *j);

#endif
