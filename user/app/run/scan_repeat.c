// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Targets whose evidence was lost, and that are asked again. */
#include <stdlib.h>

#include "user/app/run/scan_parts.h"
#include "user/app/xalloc.h"

static void add_repeat(struct scan_shard *shard, const struct scan_target *target, struct first_outcome *first)
{
	struct scan_waiting *repeat = must(malloc(sizeof(*repeat)));

	*repeat = (struct scan_waiting){.target = *target, .first = first};
	*shard->last_repeat = repeat;
	shard->last_repeat = &repeat->next;
	shard->repeat_count++;
}

void shard_drop_repeat(struct scan_shard *shard)
{
	struct scan_waiting *repeat = shard->first_repeat;

	shard->first_repeat = repeat->next;
	if (!shard->first_repeat)
		shard->last_repeat = &shard->first_repeat;
	shard->repeat_count--;
	free(repeat);
}

bool shard_ask_again(struct scan_shard *shard, uint32_t number, const struct outcome *outcome)
{
	struct scan_target *target = &shard->targets[number];
	struct outcome replaced = *outcome;
	struct first_outcome *first;

	if (scan_has_ended(shard->scan) || shard->probes.probes[number].first || !repeat_is_worthwhile(outcome->verdict))
		return false;
	first = first_outcome_new(outcome);
	if (!first)
		return false;
	replaced.repeat = REPEAT_DUE;
	if (shard->scan->p->options->verbosity > 1)
		scan_show_outcome(shard, target, &replaced);
	add_repeat(shard, target, first);
	target->host = NULL;
	return true;
}

void shard_settle(struct scan_shard *shard, const struct scan_target *target, const struct outcome *outcome)
{
	pthread_mutex_lock(&shard->tally_lock);
	tally_add(&shard->tally, outcome->verdict, shard->scan->p->options->expected, outcome->began_ns);
	stats_add_syns(&shard->tally.stats, outcome->other);
	pthread_mutex_unlock(&shard->tally_lock);
	scan_show_outcome(shard, target, outcome);
}

void shard_settle_first(struct scan_shard *shard, const struct scan_target *target, struct first_outcome *first, enum repeat repeat)
{
	struct outcome outcome = first_outcome_as(first, repeat);

	shard_settle(shard, target, &outcome);
	free(first);
}

void shard_settle_unrepeated(struct scan_shard *shard)
{
	while (shard->first_repeat) {
		struct scan_target target = shard->first_repeat->target;

		shard_settle_first(shard, &target, shard->first_repeat->first, REPEAT_NONE);
		shard_drop_repeat(shard);
		scan_source_put(&shard->scan->source, target.host);
	}
	for (struct scan_waiting *waiting = shard->first_waiting; waiting; waiting = waiting->next)
		if (waiting->first) {
			shard_settle_first(shard, &waiting->target, waiting->first, REPEAT_NONE);
			waiting->first = NULL;
			shard->waiting_count--;
		}
	for (uint32_t i = 0; i < shard->probes.fresh; i++) {
		struct probe *probe = &shard->probes.probes[i];

		if (probe->phase == PROBE_PENDING && probe->first) {
			shard_settle_first(shard, &shard->targets[i], probe->first, REPEAT_VAIN);
			probe->first = NULL;
		}
	}
}
