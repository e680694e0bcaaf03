/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The one vocabulary of verdicts but for their reasons (reasons.h): every stable word, and what it
 * means. The words are an interface and never change their meaning; `--help verdicts`, the man
 * page, completion and messages are made from these tables.
 */
#ifndef WORDS_VOCABULARY_H
#define WORDS_VOCABULARY_H

#include <stddef.h>

#include "user/core/verdict/amend.h"

struct status_row {
	const char *word;
	const char *meaning; /* a sentence, as are all meanings */
	bool is_reserved;    /* no probe ends with it */
};

struct word_row {
	const char *word;
	const char *meaning;
};

extern const struct status_row status_rows[STATUS_COUNT];
extern const struct word_row note_rows[NOTE_COUNT]; /* by bit: the note is 1 << index */
/* the first one is empty, as there is no such amendment */
extern const struct word_row amendment_rows[AMENDMENT_COUNT];

/* The stable words: "open", "rewritten-to", "syn-ack", "in-progress". */
const char *status_name(enum status status);
const char *note_name(enum note note);
const char *answer_kind_name(enum answer_kind kind);
const char *app_result_name(enum app_result result);
/* A system call as a person writes it: "connect()", "SO_ERROR". */
const char *app_call_title(enum app_call call);
/* The status called `name`, or -EINVAL. */
int status_parse(const char *name);
const char *amendment_name(enum amendment_kind kind); /* "not-accepted" */

/* Fits the list below, with its NUL. */
#define STATUSES_TEXT_MAX 160

/* The statuses of probes: "open, closed, ...", in text of STATUSES_TEXT_MAX bytes. */
char *statuses_text(char *text);

#endif
