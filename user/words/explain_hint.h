/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What to look at next: the command that shows the rule, route or entry behind a verdict. */
#ifndef WORDS_EXPLAIN_HINT_H
#define WORDS_EXPLAIN_HINT_H

#include "user/core/origin.h"
#include "user/core/verdict/judgement.h"
#include "user/words/sentence.h"

/* By the kernel's name for the drop, anywhere in the stack. false: nothing was added. */
bool hint_drop(struct sentence *s, const struct judgement *j);

/* What a reason's hint is made of. */
struct advice {
	const struct judgement *j;
	const struct origin_facts *from; /* NULL: nothing special */
	/* the general advice of the reason's row: hint_next() says it as it is */
	const char *next;
};

void hint_next(struct sentence *s, const struct advice *a);
void hint_silence(struct sentence *s, const struct advice *a);
void hint_route(struct sentence *s, const struct advice *a);
void hint_port(struct sentence *s, const struct advice *a);
void hint_neighbour(struct sentence *s, const struct advice *a);
void hint_carrier(struct sentence *s, const struct advice *a);
void hint_redirected(struct sentence *s, const struct advice *a);
void hint_policy(struct sentence *s, const struct advice *a);

#endif
