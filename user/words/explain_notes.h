/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a verdict's notes add to its sentence, and what came after it. */
#ifndef WORDS_EXPLAIN_NOTES_H
#define WORDS_EXPLAIN_NOTES_H

#include "user/core/verdict/judgement.h"
#include "user/words/sentence.h"

/* Appends "; ..." for each note that is worth a word; nothing for the others. */
void explain_notes(struct sentence *s, const struct judgement *j);
/* "after 1.0 s its SYN-ACK was repeated: …"; with an amendment. text as in explain.h. */
char *explain_amendment(const struct judgement *j, char *text);

#endif
