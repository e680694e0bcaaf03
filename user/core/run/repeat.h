/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A probe whose evidence was lost, or is not all there, is asked again: another connect, whose
 * outcome replaces the one before.
 *
 * The probe stays one: one sequence number, one record, one count. Only the SYNs of all connects
 * are counted. The outcome before is kept until the next is known, and stands when the next says
 * nothing of the target, or when the run ends before.
 */
#ifndef CORE_REPEAT_H
#define CORE_REPEAT_H

#include "user/core/verdict/facts.h"

#define REPEATS_MAX 3

/* What there is to say of a probe's connects. */
enum repeat {
	REPEAT_NONE, /* there is but one */
	/* the outcome so far, which the next one's will replace: no record of its own */
	REPEAT_DUE,
	REPEAT_DONE, /* the last one's outcome */
	REPEAT_VAIN, /* that of the one before, for the last one came to nothing */
};

/* Of a probe's connects beside the one whose outcome it has; what of them was seen counts too. */
struct other_connects {
	unsigned count;
	uint32_t syn_sent;
	uint32_t syn_unanswered;
	bool is_ack_sent; /* of one of them */
	bool is_partial;  /* not all is known of one of them */
};

/* What a probe came to. */
struct outcome {
	const struct attempt *attempt;
	const struct facts *facts;
	const struct verdict *verdict;
	uint64_t began_ns; /* its connect() */
	enum repeat repeat;
	struct other_connects others;
};

/* A copy, for as long as the correlator lives that made the attempt. */
struct first_outcome {
	struct attempt attempt;
	struct facts facts;
	struct verdict verdict;
	uint64_t began_ns;
	struct other_connects others; /* before it */
};

/*
 * This host's own limit, which says nothing of the target: no free source port, or no room in its
 * table of neighbours. It is waited for where that is possible.
 */
bool repeat_is_own_limit(const struct verdict *verdict);

/*
 * Is this what asking again may change? Evidence that was lost may be there the next time, or the
 * one after (REPEATS_MAX). So may what no hook showed: where that is how this host's packets go,
 * the second outcome says the same, and else a tracepoint was passed over. first: NULL for a probe
 * that was not asked again so far.
 */
bool repeat_is_worthwhile(const struct first_outcome *first, const struct verdict *verdict);

/*
 * The outcome to keep until the next one is known; before: what was kept until now, whose SYNs go
 * with it, or NULL. free() ends it. NULL without memory: then it is not asked again.
 */
struct first_outcome *first_outcome_new(const struct first_outcome *before,
					const struct outcome *outcome);
/* first with REPEAT_DUE, REPEAT_VAIN, or REPEAT_NONE when the next connect was never made. */
struct outcome first_outcome_as(const struct first_outcome *first, enum repeat repeat);

/*
 * What the probe came to when its latest connect came to `latest`; first: NULL for a probe that was
 * not asked again.
 */
struct outcome repeat_outcome(const struct first_outcome *first, const struct outcome *latest);

#endif
