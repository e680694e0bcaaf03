/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a verdict's notes add to its sentence. */
#ifndef WORDS_EXPLAIN_NOTES_H
#define WORDS_EXPLAIN_NOTES_H

#include "user/core/verdict/judgement.h"
#include "user/words/sentence.h"

/* Appends "; ..." for each note that is worth a word; nothing for the others. */
void explain_notes(struct sentence *sentence, const struct judgement *j);

/* ", with ttl 60 where the SYN-ACK had 56: perhaps one of them is not its own", when the RST of this amendment differs so. */
void explain_reset_ttl(struct sentence *sentence, const struct judgement *j);

#endif
