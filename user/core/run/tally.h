/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the probes of a scan add up to, each target probed once: groups of the same status and
 * reason, and the RTTs of the open ones.
 */
#ifndef CORE_TALLY_H
#define CORE_TALLY_H

#include "user/core/run/stats.h"

struct tally {
	/*
	 * begun with, also those that were not probed: a name without an address, no socket of that
	 * family
	 */
	uint64_t targets;
	uint64_t not_probed; /* of them */
	/* half-open probes of the sample that was watched on to its end, and how many resets of
	 * theirs were lost */
	uint64_t resets_watched;
	uint64_t resets_lost;
	uint64_t groups[STATUS_COUNT][REASON_COUNT];
	struct stats stats; /* its availability says nothing here */
};

void tally_init(struct tally *tally);
void tally_release(struct tally *tally);
void tally_add(struct tally *tally, const struct verdict *verdict, enum status expected,
	       uint64_t began_ns);
/*
 * As if what was added to `other` had been added here. The percentiles of very many samples become
 * those of fewer.
 */
void tally_merge(struct tally *tally, const struct tally *other);

/* All that have this status. */
uint64_t tally_status(const struct tally *tally, enum status status);

#endif
