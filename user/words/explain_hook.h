/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What to look at when no rule dropped it but the kernel itself, at the behest of something that
 * this host has set up.
 */
#ifndef WORDS_EXPLAIN_HOOK_H
#define WORDS_EXPLAIN_HOOK_H

#include "user/core/verdict/judgement.h"
#include "user/words/sentence.h"

/*
 * For a verdict with a drop: by the function that dropped, by the errno of a SYN sent again, by
 * EVENT_HOST. Returns false without a word.
 */
bool explain_hook(struct sentence *s, const struct judgement *j);
/* This host has policies that may have stopped it. Likewise. */
bool explain_ipsec(struct sentence *s, const struct judgement *j);

#endif
