// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Counts by status and reason. */
#include "user/core/run/tally.h"

#include <string.h>

void tally_init(struct tally *tally)
{
	memset(tally, 0, sizeof(*tally));
	stats_init(&tally->stats);
}

void tally_release(struct tally *tally)
{
	stats_release(&tally->stats);
}

void tally_add(struct tally *tally, const struct verdict *verdict, enum status expected,
	       uint64_t began_ns)
{
	tally->groups[verdict->status][verdict->reason]++;
	stats_add_verdict(&tally->stats, verdict, expected, began_ns);
}

void tally_merge(struct tally *tally, const struct tally *other)
{
	tally->targets += other->targets;
	tally->not_probed += other->not_probed;
	tally->resets_watched += other->resets_watched;
	tally->resets_lost += other->resets_lost;
	for (int status = 0; status < STATUS_COUNT; status++)
		for (int reason = 0; reason < REASON_COUNT; reason++)
			tally->groups[status][reason] += other->groups[status][reason];
	stats_merge(&tally->stats, &other->stats);
}

uint64_t tally_status(const struct tally *tally, enum status status)
{
	return tally->stats.by_status[status];
}
