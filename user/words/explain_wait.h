/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where on this host the application waited, when it came to something after all. */
#ifndef WORDS_EXPLAIN_WAIT_H
#define WORDS_EXPLAIN_WAIT_H

#include "user/core/verdict/judgement.h"
#include "user/words/sentence.h"

/*
 * "the first SYN was dropped here: …", "waited 688.8 ms in this host's own queue (eth0)", of what
 * was answered in the end; NULL: nowhere for long. text as in explain.h.
 */
char *explain_wait(const struct judgement *j, char *text);
/* Appends that to a verdict's sentence, and how long the application waited in all. */
void explain_waits(struct sentence *s, const struct judgement *j);

#endif
