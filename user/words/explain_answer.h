/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The sentences of rules.c's verdicts. */
#ifndef WORDS_EXPLAIN_ANSWER_H
#define WORDS_EXPLAIN_ANSWER_H

#include "user/core/verdict/verdict.h"
#include "user/words/sentence.h"

void explain_from_elsewhere(struct sentence *s, const struct attempt *attempt, const struct verdict *verdict);
void explain_other_device(struct sentence *s, const struct attempt *attempt, const struct verdict *verdict);
void explain_unexplained_error(struct sentence *s, const struct attempt *attempt, const struct verdict *verdict);
/* what: "with a bad checksum" */
void explain_damaged(struct sentence *s, const struct attempt *attempt, const struct verdict *verdict, const char *what);
void explain_syn_returned(struct sentence *s, const struct attempt *attempt, const struct verdict *verdict);

#endif
