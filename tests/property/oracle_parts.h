/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the oracle's parts share: the peer's log, sorted into SYNs and answers. */
#ifndef PROPERTY_ORACLE_PARTS_H
#define PROPERTY_ORACLE_PARTS_H

#include "tests/property/oracle.h"

#define ORACLE_MAX_SYNS	   64
#define ORACLE_MAX_ANSWERS 64

struct history {
	const struct truth *truth;
	const struct peer_event *syns[ORACLE_MAX_SYNS], *answers[ORACLE_MAX_ANSWERS];
	size_t syn_count, answer_count;
	uint64_t surely_before_ns, surely_after_ns; /* the deadline */
};

/* Always false: return object(...). */
bool object(struct objection *objection, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The claims about time, by an answer that decided. */
bool oracle_admits_pairing(const struct history *history, const struct peer_event *answer,
			   const json_t *record, struct objection *ret_objection);
/* The same of an answer that proves nothing: a time may be said, but only one that was. */
bool oracle_admits_other_time(const struct history *history, const json_t *record,
			      struct objection *ret_objection);

#endif
