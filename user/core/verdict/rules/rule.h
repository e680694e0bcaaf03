/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A rule of the policy: a row of rules_once.c or rules_end.c, beside the predicate that it is
 * about. A predicate only asks; what it rests on the row names.
 */
#ifndef CORE_RULE_H
#define CORE_RULE_H

#include <stddef.h>

#include "user/core/verdict/facts.h"

/* A rule cites facts that are an entry's index; one that is absent is passed over. */
#define AT(fact)    offsetof(struct facts, fact)
#define FIRST_ENTRY 1 /* whatever it is */

enum rests {
	ON_PROOF,
	ON_ABSENCE, /* lost evidence might say otherwise: incomplete then */
};

struct rule {
	bool (*applies)(const struct facts *facts); /* NULL ends a table */
	enum status status;
	enum reason reason;
	enum rests rests;
	uint16_t cites[VERDICT_MAX_EVIDENCE]; /* 0 ends them */
	/* the reason, where the row has none; NULL: it has */
	enum reason (*choose)(const struct facts *facts);
};

#endif
