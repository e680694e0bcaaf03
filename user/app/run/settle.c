// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Counted where its target has statistics, else in the tally; then shown. */
#include "user/app/run/settle.h"

#include <inttypes.h>
#include <stdlib.h>

#include "user/app/run/show.h"
#include "user/io/clock.h"

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

void sample_begin(struct lane *lane, struct probe *probe, const struct verdict *verdict)
{
	const struct run *run = lane->run;
	struct attempt_key key = probe->socket.key;

	if (run->policy.watches_on || run->options->hold_ns != HALF_OPEN ||
	    verdict->status != STATUS_OPEN || lane->resets.watched >= RESET_SAMPLE ||
	    observer_keep(run->observer, key.cookie) < 0)
		return;
	probe->is_sampled = correlator_watch(lane->intake.correlator, key, verdict);
	if (probe->is_sampled)
		lane->resets.watched++;
	else
		observer_forget(run->observer, key.cookie, key.number);
}

void sample_amend(struct lane *lane, struct probe *probe, const struct amendment *amendment)
{
	if (amendment->kind != AMENDMENT_RESET_LOST)
		return;
	probe->is_reset_lost = true;
	lane->reset_lost_by = probe->socket.destination;
}

static double rate_of(const struct pace *pace)
{
	return pace->interval_ps ? 1e12 / (double)pace->interval_ps : 0;
}

static void say_slower(struct lane *lane)
{
	char address[ADDRESS_TEXT_MAX];

	outbox_say(&lane->outbox,
		   "resets are lost (%" PRIu64 " of %" PRIu64 " watched), so the rate falls to "
		   "%.0f/s: SYN-ACKs that were repeated after our RST come from %s%s",
		   lane->tally.resets_lost, lane->tally.resets_watched,
		   lane->resets.rate * lane->run->policy.lanes,
		   address_format(&lane->reset_lost_by, address),
		   lane->run->hosts.next_number > 1 ? " and perhaps others" : "");
}

void sample_end(struct lane *lane, const struct probe *probe)
{
	double rate = lane->resets.rate,
	       asked = rate_of(probe->target->is_off_link ? &lane->pace_off_link : &lane->pace);

	lane->resets.watched--;
	pthread_mutex_lock(&lane->tally_lock);
	lane->tally.resets_watched++;
	lane->tally.resets_lost += probe->is_reset_lost;
	pthread_mutex_unlock(&lane->tally_lock);
	if (!reset_watch_end(&lane->resets, probe->is_reset_lost, probe->began_ns, asked,
			     clock_now_ns()))
		return;
	lane->pace_of_resets = pace_make(lane->resets.rate);
	if (rate <= 0 || (lane->resets.rate > 0 && lane->resets.rate < rate))
		say_slower(lane);
}
