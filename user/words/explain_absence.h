/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The sentences of verdicts that rest on what did not come, or lack evidence. */
#ifndef WORDS_EXPLAIN_ABSENCE_H
#define WORDS_EXPLAIN_ABSENCE_H

#include "user/core/verdict/judgement.h"
#include "user/words/sentence.h"

/* "the socket reports 3 retransmits, 2 were observed, " and the consequence. */
void explain_missing(struct sentence *s, const struct judgement *j, const char *consequence);

void explain_silence(struct sentence *s, const struct judgement *j);
void explain_late(struct sentence *s, const struct judgement *j);
void explain_events_lost(struct sentence *s, const struct judgement *j);
void explain_unexplained_error(struct sentence *s, const struct judgement *j);
void explain_hook_missing(struct sentence *s, const struct judgement *j);

#endif
