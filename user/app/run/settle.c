// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Counted where its target has statistics, else in the tally; then shown. */
#include "user/app/run/settle.h"

#include <stdlib.h>

#include "user/app/run/show.h"

static void keep(const struct lane *lane, struct target_kept *kept, uint64_t sequence,
		 const struct outcome *outcome)
{
	enum status expected = lane->run->options->expected;

	stats_add_verdict(&kept->stats, outcome->verdict, expected, outcome->began_ns);
	stats_add_syns(&kept->stats, outcome->others.syn_sent, outcome->others.syn_unanswered);
	if (sequence <= kept->rtt_row_count && outcome->verdict->status == expected)
		kept->rtt_row[sequence - 1] = outcome->verdict->rtt_ns;
}

static void count(struct lane *lane, const struct outcome *outcome)
{
	pthread_mutex_lock(&lane->tally_lock);
	tally_add(&lane->tally, outcome->verdict, lane->run->options->expected, outcome->began_ns);
	stats_add_syns(&lane->tally.stats, outcome->others.syn_sent,
		       outcome->others.syn_unanswered);
	pthread_mutex_unlock(&lane->tally_lock);
}

bool settle_probe(struct lane *lane, struct target *target, uint64_t sequence,
		  const struct outcome *outcome)
{
	if (target->kept)
		keep(lane, target->kept, sequence, outcome);
	else
		count(lane, outcome);
	return show_outcome(lane, target, sequence, outcome);
}

void settle_first(struct lane *lane, struct target *target, uint64_t sequence,
		  struct first_outcome *first, enum repeat repeat)
{
	struct outcome outcome = first_outcome_as(first, repeat);

	settle_probe(lane, target, sequence, &outcome);
	free(first);
}
