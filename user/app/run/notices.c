// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What the core notices: queries are answered, verdicts counted, shown and acted upon, sockets
 * closed.
 */
#include "user/app/run/notices.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "user/app/run/arrivals.h"
#include "user/app/run/ports.h"
#include "user/app/run/settle.h"
#include "user/app/run/show.h"
#include "user/app/run/waiting.h"
#include "user/io/clock.h"
#include "user/io/net/prober_ask.h"
#include "user/words/vocabulary.h"

/*
 * A SYN is repeated after 1 s (RFC 6298, section 2.1), or in the second tick after a wrong answer
 * (TCP_TIMEOUT_MIN), of a thousand a second at most.
 */
#define NO_REPEAT_NS MILLISECOND_NS

static void abandon_others(struct lane *lane, const struct target *target)
{
	for (uint32_t number = target->first_open; number != NO_PROBE;
	     number = probe_at(lane, number)->older)
		if (probe_at(lane, number)->phase == PROBE_PENDING)
			prober_abandon(&probe_at(lane, number)->socket, ABANDON_REACHED,
				       lane_sink(lane));
}

/*
 * Else its summary would only show fewer probes than were asked for. It is not said when there
 * would have been no other probe.
 */
static void say_given_up(struct lane *lane, const struct target *target)
{
	const struct options *options = lane->run->options;
	char title[TITLE_MAX];

	if (options->is_quiet || !format_has(options->format, FORMAT_IS_FOR_PEOPLE) ||
	    !target->row.queue)
		return;
	outbox_say(&lane->outbox,
		   "%s: given up, no longer probed: not %s %" PRIu64 " times in a row (--give-up)",
		   target_title(target, options, title), status_name(options->expected),
		   target->unexpected_in_row);
}

/* --until and --give-up */
static void check_goal(struct lane *lane, struct target *target, enum status status)
{
	const struct options *options = lane->run->options;
	bool is_unexpected = status != options->expected && status != STATUS_ABORTED;

	target->unexpected_in_row = is_unexpected ? target->unexpected_in_row + 1 : 0;
	if (options->until >= 0 && status == (enum status)options->until) {
		target_stop(target);
		abandon_others(lane, target);
	} else if (options->give_up_after && target->unexpected_in_row >= options->give_up_after) {
		say_given_up(lane, target);
		target_stop(target);
	}
}

static void end_pending(struct lane *lane, uint32_t number)
{
	lane->probes.pending--;
	probe_queue_remove(&lane->probes, &lane->probes.deadlines, number);
}

static bool has_connection(enum status status)
{
	return status == STATUS_OPEN || status == STATUS_INTERCEPTED ||
	       status == STATUS_SELF_CONNECT;
}

/* What its outcome is, is not known yet; its source port is given back. */
static bool is_put_off(struct lane *lane, uint32_t number, const struct outcome *latest)
{
	struct probe *probe = probe_at(lane, number);
	bool is_waiting = waiting_for_room(lane, probe, latest->verdict);

	if (!is_waiting && !waiting_to_repeat(lane, probe, latest))
		return false;
	close_probe(lane, number);
	return true;
}

static void take_verdict(struct lane *lane, uint32_t number, const struct notice *notice)
{
	struct probe *probe = probe_at(lane, number);
	const struct verdict *verdict = &notice->verdict;
	struct outcome outcome = {.attempt = notice->attempt,
				  .facts = notice->facts,
				  .verdict = verdict,
				  .began_ns = probe->began_ns};

	end_pending(lane, number);
	if (lane->run->policy.skips_route && has_connection(verdict->status))
		prober_reset(&probe->socket);
	if (!repeat_is_own_limit(verdict))
		__atomic_store_n(&lane->freed_ns, clock_now_ns(), __ATOMIC_RELAXED);
	if (is_put_off(lane, number, &outcome))
		return;
	outcome = repeat_outcome(probe->first, &outcome);
	probe->is_shown = settle_probe(lane, probe->target, probe->sequence, &outcome);
	if (verdict->status == STATUS_OPEN && lane->run->hold_ns) {
		probe->phase = PROBE_HELD;
		probe_queue_add(&lane->probes, &lane->probes.holds, number,
				clock_now_ns() + lane->run->hold_ns);
	} else {
		sample_begin(lane, probe, verdict);
		close_probe(lane, number);
	}
	check_goal(lane, probe->target, outcome.verdict->status);
	free(probe->first);
	probe->first = NULL;
}

static bool has_closed(const struct attempt *attempt)
{
	for (int i = attempt->entry_count; i-- > 0;)
		if (attempt->entries[i].kind == EVENT_STATE &&
		    attempt->entries[i].state.new_state == TCP_STATE_CLOSE)
			return true;
	return false;
}

/*
 * The kernel side may release a socket by itself when it is CLOSE; where that was not seen, it may
 * not have seen it either.
 */
static void release(struct lane *lane, uint32_t number, const struct attempt *attempt)
{
	struct probe *probe = probe_at(lane, number);
	struct target *target = probe->target;

	if (probe->is_sampled)
		sample_end(lane, probe);
	if (!lane->run->policy.kernel_forgets || probe->is_sampled || !has_closed(attempt))
		observer_forget(lane->run->observer, attempt->key.cookie, attempt->key.number);
	probe_table_put(&lane->probes, number);
	ring_set_active(lane->intake.ring, lane->probes.used > 0);
	if (target->last_started == number)
		target->last_started = NO_PROBE;
	target->alive--;
	target_check_end(lane, target);
}

/*
 * Settled so soon that no second SYN can have been sent: else how many there were is to be asked
 * for, though no answer that caused one was seen.
 */
static bool has_no_repeat(const struct attempt *attempt)
{
	uint64_t began_ns = 0;

	for (int i = 0; i < attempt->entry_count; i++) {
		const struct entry *entry = &attempt->entries[i];

		if (entry->kind == EVENT_STATE && entry->state.new_state == TCP_STATE_SYN_SENT)
			began_ns = entry->time_ns;
		else if (entry->kind == EVENT_STATE)
			return began_ns && entry->time_ns - began_ns < NO_REPEAT_NS;
	}
	return false;
}

/* At the end there may be thousands of them: what would only explain is not asked for then. */
static void answer_query(struct lane *lane, const struct probe *probe, const struct notice *notice)
{
	bool is_spare = lane->run->policy.skips_route,
	     is_last = is_spare && run_has_ended(lane->run);
	struct prober_question question = {
		.attempt = notice->attempt,
		.needs_path = notice->needs_path && !is_last,
		.needs_host = notice->needs_host && !is_last,
		.left_by = notice->left_by,
		.skip_tcp_info = is_last || (is_spare && has_no_repeat(notice->attempt)),
	};

	if (question.needs_path)
		follow_origin(lane, probe->target->origin, clock_now_ns());
	prober_ask(&probe->socket, &question, lane_sink(lane));
	lane->is_doubted |= notice->needs_path;
}

void notices_take(void *context, const struct notice *notice)
{
	uint32_t number = notice->attempt->probe;
	struct lane *lane = context;
	struct probe *probe;

	if (!notice->attempt->is_ours)
		return;
	probe = probe_at(lane, number);
	switch (notice->kind) {
	case NOTICE_QUERY:
		answer_query(lane, probe, notice);
		break;
	case NOTICE_VERDICT:
		take_verdict(lane, number, notice);
		break;
	case NOTICE_AMENDMENT:
		if (probe->is_sampled)
			sample_amend(lane, probe, &notice->amendment);
		else if (!probe->is_replaced)
			show_amendment(lane, probe, notice);
		break;
	case NOTICE_RELEASED:
		release(lane, number, notice->attempt);
		break;
	}
}
