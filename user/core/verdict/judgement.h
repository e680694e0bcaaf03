/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* All that is known when something is said of an attempt. Nothing is owned. */
#ifndef CORE_JUDGEMENT_H
#define CORE_JUDGEMENT_H

#include "user/core/verdict/amend.h"
#include "user/core/verdict/facts.h"

struct judgement {
	const struct attempt *attempt;
	const struct facts *facts; /* what verdict and amendment were made from */
	const struct verdict *verdict;
	const struct amendment *amendment; /* NULL: there is none */
};

/* NULL: nothing came. */
static inline const struct entry *judgement_answer(const struct judgement *judgement)
{
	int answer = judgement->verdict->answer_entry;

	return answer == NO_ENTRY ? NULL : &judgement->attempt->entries[answer];
}

#endif
