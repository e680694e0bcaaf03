// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Probes whose evidence was lost, and that are asked again. */
#include <stdlib.h>

#include "user/app/run/pipeline_parts.h"
#include "user/app/xalloc.h"
#include "user/io/clock.h"

static void add_repeat(struct pipeline *p, const struct probe *probe, struct first_outcome *first)
{
	struct waiting *repeat = must(malloc(sizeof(*repeat)));

	*repeat = (struct waiting){
		.stream = probe->stream,
		.sequence = probe->sequence,
		.rival = NO_PROBE,
		.first = first,
	};
	if (p->first_repeat)
		p->last_repeat->next = repeat;
	else
		p->first_repeat = repeat;
	p->last_repeat = repeat;
	probe->stream->alive++;
}

struct waiting take_repeat(struct pipeline *p)
{
	struct waiting *first = p->first_repeat, repeat = *first;

	p->first_repeat = first->next;
	repeat.stream->alive--;
	free(first);
	return repeat;
}

bool ask_again(struct pipeline *p, struct probe *probe, const struct outcome *outcome)
{
	bool has_ended = p->is_interrupted || clock_now_ns() >= p->deadline_ns || probe->stream->is_stopped;
	struct outcome replaced = *outcome;
	struct first_outcome *first;

	if (has_ended || probe->first || !repeat_is_worthwhile(outcome->verdict))
		return false;
	first = first_outcome_new(outcome);
	if (!first)
		return false;
	add_repeat(p, probe, first);
	probe->is_replaced = true;
	replaced.repeat = REPEAT_DUE;
	if (p->options->verbosity > 1)
		show_outcome(p, probe->stream, probe->sequence, &replaced);
	return true;
}

void settle_first(struct pipeline *p, struct stream *stream, uint64_t sequence, struct first_outcome *first, enum repeat repeat)
{
	struct outcome outcome = first_outcome_as(first, repeat);

	settle_probe(p, stream, sequence, &outcome);
	free(first);
}

void settle_unrepeated(struct pipeline *p)
{
	while (p->first_repeat) {
		struct waiting repeat = take_repeat(p);

		settle_first(p, repeat.stream, repeat.sequence, repeat.first, REPEAT_NONE);
	}
	for (struct waiting *waiting = p->first_waiting; waiting; waiting = waiting->next)
		if (waiting->first) {
			settle_first(p, waiting->stream, waiting->sequence, waiting->first, REPEAT_NONE);
			waiting->first = NULL;
		}
	for (uint32_t i = 0; i < p->probes.fresh; i++) {
		struct probe *probe = probe_at(p, i);

		if (probe->phase == PROBE_PENDING && probe->first) {
			settle_first(p, probe->stream, probe->sequence, probe->first, REPEAT_VAIN);
			probe->first = NULL;
		}
	}
}
