/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which evidence is missing, as a part of a sentence: used by explain.c only. */
#ifndef WORDS_EXPLAIN_MISSING_H
#define WORDS_EXPLAIN_MISSING_H

#include "user/core/verdict/judgement.h"
#include "user/words/sentence.h"

/* "the socket reports 3 retransmits, 2 were observed, so absence proves nothing"; of a verdict that is not complete. */
void explain_missing(struct sentence *s, const struct judgement *j, const char *consequence);

#endif
