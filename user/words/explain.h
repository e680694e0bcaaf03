/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Why, in one plain sentence, made from the evidence a verdict cites; and what to do about it. */
#ifndef WORDS_EXPLAIN_H
#define WORDS_EXPLAIN_H

#include "user/words/explain_app_view.h"
#include "user/words/explain_hint.h"
#include "user/words/explain_notes.h"
#include "user/words/explain_wait.h"
#include "user/words/timeline/explain_entry.h"
#include "user/words/timeline/explain_path.h"

/* One sentence, lower case, no full stop. Never empty. text has EXPLAIN_MAX bytes; returns text. */
char *explain_verdict(const struct judgement *j, char *text);
/* "see: ip route get 192.0.2.1"; NULL: nothing. from: NULL for nothing special. text as above. */
char *explain_hint(const struct judgement *j, const struct origin_facts *from, char *text);
/* So far: "2 SYNs sent, no answer yet", "waiting for the neighbour 10.1.0.1". */
char *explain_waiting(const struct facts *facts, char *text);

#endif
