/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A probe whose evidence was lost, or is not all there, is asked again, once: a second connect,
 * whose outcome replaces the first one's.
 *
 * The probe stays one: one sequence number, one record, one count. Only the SYNs of both connects
 * are counted. The first outcome is kept until the second is known, and stands when the second says
 * nothing of the target, or when the run ends before.
 */
#ifndef CORE_REPEAT_H
#define CORE_REPEAT_H

#include "user/core/verdict/facts.h"

/* What there is to say of a probe's two connects. */
enum repeat {
	REPEAT_NONE, /* there is but one */
	/* the first one's outcome, which the second one's will replace: no record of its own */
	REPEAT_DUE,
	REPEAT_DONE, /* the second one's outcome */
	REPEAT_VAIN, /* the first one's outcome, for the second one came to nothing */
};

/* What a probe came to. */
struct outcome {
	const struct attempt *attempt;
	const struct facts *facts;
	const struct verdict *verdict;
	uint64_t began_ns; /* its connect() */
	enum repeat repeat;
	/* of the other connect, whose SYNs count too; NULL: there is none, or it has no verdict */
	const struct verdict *other;
};

/* A copy, for as long as the correlator lives that made the attempt. */
struct first_outcome {
	struct attempt attempt;
	struct facts facts;
	struct verdict verdict;
	uint64_t began_ns;
};

/*
 * This host's own limit, which says nothing of the target: no free source port, or no room in its
 * table of neighbours. It is waited for where that is possible.
 */
bool repeat_is_own_limit(const struct verdict *verdict);

/*
 * Is this what asking again may change? Evidence that was lost may be there the next time. So may
 * what no hook showed: where that is how this host's packets go, the second outcome says the same,
 * and else a tracepoint was passed over.
 */
bool repeat_is_worthwhile(const struct verdict *verdict);

/* free() ends it. NULL without memory: then it is not asked again. */
struct first_outcome *first_outcome_new(const struct outcome *outcome);
/* first with REPEAT_DUE, REPEAT_VAIN, or REPEAT_NONE when the second connect was never made. */
struct outcome first_outcome_as(const struct first_outcome *first, enum repeat repeat);

/*
 * What the probe came to when its latest connect came to `latest`; first: NULL for a probe that was
 * not asked again.
 */
struct outcome repeat_outcome(const struct first_outcome *first, const struct outcome *latest);

#endif
