/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The sentences of verdicts that rest on what came. */
#ifndef WORDS_EXPLAIN_ANSWER_H
#define WORDS_EXPLAIN_ANSWER_H

#include "user/core/verdict/judgement.h"
#include "user/words/sentence.h"

void explain_open(struct sentence *s, const struct judgement *j);
void explain_simultaneous(struct sentence *s, const struct judgement *j);
void explain_self_connect(struct sentence *s, const struct judgement *j);
void explain_closed(struct sentence *s, const struct judgement *j);
void explain_icmp(struct sentence *s, const struct judgement *j);

/* It came, and is no answer that the socket could have taken. */
void explain_from_elsewhere(struct sentence *s, const struct judgement *j);
void explain_other_device(struct sentence *s, const struct judgement *j);
void explain_syn_returned(struct sentence *s, const struct judgement *j);
void explain_bad_checksum(struct sentence *s, const struct judgement *j);
void explain_unreadable(struct sentence *s, const struct judgement *j);
void explain_martian_source(struct sentence *s, const struct judgement *j);
void explain_wrong_ack(struct sentence *s, const struct judgement *j);
void explain_blind_reset(struct sentence *s, const struct judgement *j);
void explain_unexpected_flags(struct sentence *s, const struct judgement *j);
void explain_wrong_timestamp(struct sentence *s, const struct judgement *j);
void explain_malformed(struct sentence *s, const struct judgement *j);

#endif
