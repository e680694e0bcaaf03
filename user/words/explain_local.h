/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The sentences of this host alone: what it refused, lacked, lost, or has not sent. */
#ifndef WORDS_EXPLAIN_LOCAL_H
#define WORDS_EXPLAIN_LOCAL_H

#include "user/core/verdict/judgement.h"
#include "user/words/sentence.h"

void explain_no_route(struct sentence *s, const struct judgement *j);
void explain_route_unreachable(struct sentence *s, const struct judgement *j);
void explain_route_blackhole(struct sentence *s, const struct judgement *j);
void explain_route_prohibit(struct sentence *s, const struct judgement *j);
void explain_bad_destination(struct sentence *s, const struct judgement *j);
void explain_policy(struct sentence *s, const struct judgement *j);
void explain_connect_failed(struct sentence *s, const struct judgement *j);
void explain_no_source(struct sentence *s, const struct judgement *j);
void explain_no_namespace(struct sentence *s, const struct judgement *j);
void explain_no_device(struct sentence *s, const struct judgement *j);
void explain_no_port(struct sentence *s, const struct judgement *j);
void explain_carrier_down(struct sentence *s, const struct judgement *j);
void explain_neighbour_failed(struct sentence *s, const struct judgement *j);
void explain_neighbour_unresolved(struct sentence *s, const struct judgement *j);
void explain_not_sent(struct sentence *s, const struct judgement *j);

/* The attempt was given up. */
void explain_closed_early(struct sentence *s, const struct judgement *j);
void explain_interrupted(struct sentence *s, const struct judgement *j);
void explain_aborted(struct sentence *s, const struct judgement *j);
void explain_deferred(struct sentence *s, const struct judgement *j);

#endif
