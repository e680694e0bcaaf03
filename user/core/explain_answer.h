/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The sentences of rule_answer.c's verdicts. */
#ifndef CORE_EXPLAIN_ANSWER_H
#define CORE_EXPLAIN_ANSWER_H

#include "user/core/sentence.h"
#include "user/core/verdict.h"

void explain_from_elsewhere(struct sentence *s, const struct attempt *attempt, const struct verdict *verdict);
void explain_other_device(struct sentence *s, const struct attempt *attempt, const struct verdict *verdict);
void explain_unexplained_error(struct sentence *s, const struct attempt *attempt, const struct verdict *verdict);
/* what: "with a bad checksum" */
void explain_damaged(struct sentence *s, const struct attempt *attempt, const struct verdict *verdict, const char *what);
void explain_syn_returned(struct sentence *s, const struct attempt *attempt, const struct verdict *verdict);

#endif
