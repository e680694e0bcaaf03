/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The part of explain.c that speaks of packets which this host threw away, refused, or turned to itself. */
#ifndef WORDS_EXPLAIN_DROP_H
#define WORDS_EXPLAIN_DROP_H

#include "user/core/verdict/judgement.h"
#include "user/words/sentence.h"

/* "NETFILTER_DROP in nft_do_chain (inbound, eth0)" */
void explain_drop_name(struct sentence *s, const struct attempt *attempt, const struct drop_summary *drop);
void explain_dropped_in(struct sentence *s, const struct judgement *j);
void explain_dropped_out(struct sentence *s, const struct judgement *j);
/* After what is said of those SYNs that did leave. */
void explain_dropped_as_well(struct sentence *s, const struct judgement *j);
void explain_rejected(struct sentence *s, const struct judgement *j);
void explain_wrong_ack(struct sentence *s, const struct judgement *j);
/* what: a clause; the drop follows it, if there was one. */
void explain_invalid(struct sentence *s, const struct judgement *j, const char *what);
void explain_intercepted(struct sentence *s, const struct judgement *j);
void explain_redirected_in_vain(struct sentence *s, const struct judgement *j);

#endif
