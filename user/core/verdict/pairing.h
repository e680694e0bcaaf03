/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which SYN did an answer answer? */
#ifndef CORE_PAIRING_H
#define CORE_PAIRING_H

#include "user/core/verdict/facts.h"

/* Outputs of facts_pair(), in ns. */
struct pairing {
	/* the answered SYN's entry; NO_ENTRY when ambiguous */
	int syn;
	uint64_t rtt_ns; /* TIME_UNKNOWN_NS when ambiguous */
	/* ascending; none when the pairing is certain */
	uint64_t candidates_ns[VERDICT_MAX_CANDIDATES];
	uint8_t candidate_count;
};

/*
 * Which SYN did this answer answer? Certain only when it came within 0.9 s of the last SYN before
 * it and either one SYN was sent or its timestamp echoes that last one (an ICMP error: quotes it).
 * Every other history has a twin that looks the same on the wire; then there are candidates, as
 * upper bounds.
 */
void facts_pair(const struct facts *facts, int answer, struct pairing *ret_pairing);

#endif
