// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the core found: questions are answered, verdicts counted, shown and acted upon, sockets closed. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "user/app/run/pipeline_parts.h"
#include "user/io/clock.h"
#include "user/words/vocabulary.h"

#define NOTICES_AT_ONCE 256 /* each may take some questions to the kernel: then the ring is read again */

static void abandon_others(struct pipeline *p, const struct stream *stream)
{
	for (uint32_t number = stream->first_open; number != NO_PROBE; number = p->probes.probes[number].older)
		if (p->probes.probes[number].phase == PROBE_PENDING)
			prober_abandon(&p->probes.probes[number].socket, ABANDON_REACHED, pipeline_sink(p));
}

/* Else its summary would only show fewer probes than were asked for. Nothing is said when there would have been no other probe. */
static void say_given_up(struct pipeline *p, const struct stream *stream)
{
	if (p->options->is_quiet || p->options->format != FORMAT_TEXT || !stream->row.queue)
		return;
	clear_live(p);
	fprintf(stderr, "ktcping: %s: given up, no longer probed: not %s %" PRIu64 " times in a row (--give-up)\n", stream->title,
		status_name(p->options->expected), stream->unexpected_in_row);
}

/* --until and --give-up */
static void check_goal(struct pipeline *p, struct stream *stream, enum status status)
{
	const struct options *options = p->options;
	bool is_unexpected = status != options->expected && status != STATUS_ABORTED;

	stream->unexpected_in_row = is_unexpected ? stream->unexpected_in_row + 1 : 0;
	if (options->until >= 0 && status == (enum status)options->until) {
		stream_stop(stream);
		abandon_others(p, stream);
	} else if (options->give_up_after && stream->unexpected_in_row >= options->give_up_after) {
		say_given_up(p, stream);
		stream_stop(stream);
	}
}

bool settle_probe(struct pipeline *p, struct stream *stream, uint64_t sequence, const struct outcome *outcome)
{
	const struct verdict *verdict = outcome->verdict;

	stats_add_verdict(&stream->stats, verdict, p->options->expected, outcome->began_ns);
	stats_add_syns(&stream->stats, outcome->other);
	if (sequence <= stream->rtt_row_count && verdict->status == p->options->expected)
		stream->rtt_row[sequence - 1] = verdict->rtt_ns;
	return show_outcome(p, stream, sequence, outcome);
}

static void end_pending(struct pipeline *p, uint32_t number)
{
	p->probes.pending--;
	probe_queue_remove(&p->probes, &p->probes.deadlines, number);
}

static void take_verdict(struct pipeline *p, uint32_t number, const struct notice *notice)
{
	struct probe *probe = &p->probes.probes[number];
	const struct verdict *verdict = &notice->verdict;
	struct outcome outcome = {.attempt = notice->attempt, .facts = notice->facts, .verdict = verdict, .began_ns = probe->began_ns};

	end_pending(p, number);
	if ((verdict_has(verdict, VERDICT_LACKS_PORT) && wait_for_port(p, probe)) || ask_again(p, probe, &outcome)) {
		close_probe(p, number);
		return;
	}
	outcome = repeat_outcome(probe->first, &outcome);
	probe->is_shown = settle_probe(p, probe->stream, probe->sequence, &outcome);
	if (verdict->status == STATUS_OPEN && p->hold_ns) {
		probe->phase = PROBE_HELD;
		probe_queue_add(&p->probes, &p->probes.holds, number, clock_now_ns() + p->hold_ns);
	} else {
		close_probe(p, number);
	}
	check_goal(p, probe->stream, outcome.verdict->status);
	free(probe->first);
	probe->first = NULL;
}

static void forget(struct pipeline *p, uint32_t number, const struct notice *notice)
{
	struct stream *stream = p->probes.probes[number].stream;

	observer_forget(p->observer, notice->attempt->key.cookie, notice->attempt->key.number);
	probe_table_put(&p->probes, number);
	ring_set_active(p->ring, p->probes.used > 0);
	if (stream->last_started == number)
		stream->last_started = NO_PROBE;
	stream->alive--;
	stream_check_end(p, stream);
}

static void take_notice(struct pipeline *p, const struct notice *notice)
{
	uint32_t number = notice->attempt->probe;
	struct probe *probe = &p->probes.probes[number];
	struct prober_question question = {
		.attempt = notice->attempt, .needs_path = notice->needs_path, .needs_host = notice->needs_host, .left_by = notice->left_by};

	switch (notice->kind) {
	case NOTICE_QUERY:
		prober_ask(&probe->socket, &question, pipeline_sink(p));
		p->is_doubted |= notice->needs_path;
		break;
	case NOTICE_VERDICT:
		take_verdict(p, number, notice);
		break;
	case NOTICE_AMENDMENT:
		if (!probe->is_replaced)
			show_amendment(p, probe, notice);
		break;
	case NOTICE_RELEASED:
		forget(p, number, notice);
		break;
	}
}

void take_notices(struct pipeline *p)
{
	struct notice notice;

	for (int i = 0; i < NOTICES_AT_ONCE && correlator_next(p->correlator, &notice); i++)
		if (notice.attempt->is_ours)
			take_notice(p, &notice);
}
