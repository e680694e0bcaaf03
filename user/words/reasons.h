/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * All that is said of a reason: a row each. Its word is an interface and never changes its meaning;
 * meaning, proof and next step are what `--help verdicts`, the man page and completion are made
 * from; sentence and hint are what a report says of one attempt.
 */
#ifndef WORDS_REASONS_H
#define WORDS_REASONS_H

#include "user/words/explain_hint.h"

struct reason_row {
	const char *word;
	uint32_t statuses;   /* those it comes with: bits 1 << enum status */
	const char *meaning; /* a sentence */
	const char *proof;   /* what the rule demands of kernel and wire: a phrase */
	/* a phrase with a command or an option; the reader fills capitals in. NULL: nothing */
	const char *next;
	void (*sentence)(struct sentence *s, const struct judgement *j);
	/* NULL: only a drop may have one */
	void (*hint)(struct sentence *s, const struct advice *a);
};

extern const struct reason_row reason_rows[REASON_COUNT];

/* "no-reply" */
const char *reason_name(enum reason reason);
bool reason_comes_with(enum reason reason, enum status status);

#endif
