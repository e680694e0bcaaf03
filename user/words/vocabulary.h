/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The one vocabulary of verdicts: every stable word, what it means, and for a reason what proves it. The words are an interface and never change
 * their meaning; `--help verdicts`, the man page, completion and messages are made from these tables.
 *
 * Only data and look-ups: it can be linked without the rest of the program, and is (user/share/generate.c).
 */
#ifndef WORDS_VOCABULARY_H
#define WORDS_VOCABULARY_H

#include <stddef.h>

#include "user/core/correlate/correlate.h"

struct status_row {
	const char *word;
	const char *meaning; /* a sentence, as are all meanings */
	bool is_reserved;    /* no probe ends with it */
};

struct reason_row {
	const char *word;
	uint32_t statuses; /* those it comes with: bits 1 << enum status */
	const char *meaning;
	const char *proof; /* what the rule demands of kernel and wire: a phrase */
	const char *next;  /* a phrase with a command or an option; capitals (ADDRESS) stand for what the reader fills in. NULL: nothing */
};

struct word_row {
	const char *word;
	const char *meaning;
};

extern const struct status_row status_rows[STATUS_COUNT];
extern const struct reason_row reason_rows[REASON_COUNT];
extern const struct word_row note_rows[NOTE_COUNT];	      /* by bit: the note is 1 << index */
extern const struct word_row amendment_rows[AMENDMENT_COUNT]; /* the first one is empty, as there is no such amendment */

/* The stable words: "open", "no-reply", "rewritten-to", "syn-ack", "in-progress". */
const char *status_name(enum status status);
const char *reason_name(enum reason reason);
const char *note_name(enum note note);
const char *answer_kind_name(enum answer_kind kind);
const char *app_result_name(enum app_result result);
/* The status called `name`, or -EINVAL. */
int status_parse(const char *name);
const char *amendment_name(enum amendment_kind kind); /* "not-accepted" */

bool reason_comes_with(enum reason reason, enum status status);

/* Fits the list below, with its NUL. */
#define STATUSES_TEXT_MAX 160

/* The statuses that a probe can end with, as in a sentence: "open, closed, ...". text has STATUSES_TEXT_MAX bytes; returns text. */
char *statuses_text(char *text);

#endif
