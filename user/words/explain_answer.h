/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The sentences of rules.c's verdicts. */
#ifndef WORDS_EXPLAIN_ANSWER_H
#define WORDS_EXPLAIN_ANSWER_H

#include "user/core/verdict/judgement.h"
#include "user/words/sentence.h"

void explain_from_elsewhere(struct sentence *s, const struct judgement *j);
void explain_other_device(struct sentence *s, const struct judgement *j);
void explain_unexplained_error(struct sentence *s, const struct judgement *j);
/* what: "with a bad checksum" */
void explain_damaged(struct sentence *s, const struct judgement *j, const char *what);
void explain_syn_returned(struct sentence *s, const struct judgement *j);

#endif
