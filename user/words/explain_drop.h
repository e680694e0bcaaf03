/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The sentences of packets that this host dropped, refused, or turned to itself. */
#ifndef WORDS_EXPLAIN_DROP_H
#define WORDS_EXPLAIN_DROP_H

#include "user/core/verdict/judgement.h"
#include "user/words/sentence.h"

/* "NETFILTER_DROP in nft_do_chain (inbound, eth0)" */
void explain_drop_name(struct sentence *s, const struct attempt *attempt,
		       const struct drop_summary *drop);
/* "SYN-ACK" */
const char *explain_answer_kind(const struct verdict *verdict);
/* After what is said of those SYNs that did leave. */
void explain_dropped_as_well(struct sentence *s, const struct judgement *j);

void explain_dropped_in(struct sentence *s, const struct judgement *j);
void explain_dropped_out(struct sentence *s, const struct judgement *j);
void explain_rejected(struct sentence *s, const struct judgement *j);
void explain_redirected(struct sentence *s, const struct judgement *j);

#endif
