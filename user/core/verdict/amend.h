/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the evidence after a verdict adds to it, or holds against it. */
#ifndef CORE_AMEND_H
#define CORE_AMEND_H

#include "user/core/verdict/facts.h"

/* What contradicts or completes a verdict after it fell. */
enum amendment_kind {
	/* SYN-ACK repeated about 1 s after ESTABLISHED: not accepted, or our ACK is lost */
	AMENDMENT_NOT_ACCEPTED = 1,
	AMENDMENT_RESET_LOST, /* SYN-ACK repeated although our RST had the time to end that */
	AMENDMENT_RESET_BY_PEER,
	/* by loopback, though the SYN-ACK came in by another device */
	AMENDMENT_RESET_LOCALLY,
	AMENDMENT_CLOSED_BY_PEER,      /* FIN */
	AMENDMENT_SUSPECTED_SYN_PROXY, /* what came later has another TTL than the SYN-ACK */
	AMENDMENT_LATE_ANSWER,	       /* a SYN-ACK or RST after the deadline */
	AMENDMENT_COUNT,
};

struct amendment {
	enum amendment_kind kind;
	int8_t evidence; /* index into the attempt's entries */
	uint64_t time_ns;
	/* since the verdict, or the deadline that it fell at; 0 when it happened before that */
	uint64_t after_ns;
};

/* facts: of all so far. The next one not said (bit 1 << kind of `said`); false: there is none. */
bool amend_find(const struct facts *facts, const struct verdict *verdict, uint32_t said,
		struct amendment *ret_amendment);

#endif
