// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Times, counts, the answer, the drop, and what the application was told. */
#include "user/core/verdict/measure.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "user/core/verdict/app_view.h"
#include "user/core/verdict/measure_answer.h"
#include "user/core/verdict/waits.h"

static uint64_t between(const struct facts *facts, int from, int to)
{
	if (from == NO_ENTRY || to == NO_ENTRY ||
	    entry_at(facts, to)->time_ns < entry_at(facts, from)->time_ns)
		return TIME_UNKNOWN_NS;
	return entry_at(facts, to)->time_ns - entry_at(facts, from)->time_ns;
}

/* Only where one was waited for: all else before the queue is the stack's own time. */
static uint64_t neighbour_ns(const struct facts *facts, int answered)
{
	struct waits waits;

	waits_read(facts, answered, &waits);
	return waits.neighbour == NO_ENTRY ? TIME_UNKNOWN_NS : waits.neighbour_ns;
}

/* First device's queue to last device's driver, of the answered SYN if certain, else the first. */
static uint64_t queue_ns(const struct facts *facts, int answered)
{
	const struct entry *first;
	int syn;

	if (!facts_has_left(facts))
		return TIME_UNKNOWN_NS;
	syn = answered != NO_ENTRY ? answered : facts->syns[0];
	first = entry_at(facts, waits_first_device(facts, syn));
	if (first->tcp.queued_ns == UINT32_MAX || waits_queued_at(first) == TIME_UNKNOWN_NS)
		return TIME_UNKNOWN_NS;
	return entry_at(facts, syn)->time_ns - waits_queued_at(first);
}

/* The first socket event that would have woken a waiter. */
static uint64_t app_ns(const struct facts *facts)
{
	const int wakers[] = {facts->established, facts->error_report, facts->closed_by_kernel};
	int first = NO_ENTRY;

	for (size_t i = 0; i < sizeof(wakers) / sizeof(wakers[0]); i++)
		if (wakers[i] != NO_ENTRY && (first == NO_ENTRY || wakers[i] < first))
			first = wakers[i];
	return between(facts, facts->connect_enter, first);
}

static void set_times(const struct facts *facts, int answered, struct verdict *verdict)
{
	uint64_t began_ns =
		facts->attempt->entries[facts->connect_enter != NO_ENTRY ? facts->connect_enter : 0]
			.time_ns;

	/* With events lost the first one seen may not have been the first. */
	verdict->neighbour_ns =
		verdict->is_complete ? neighbour_ns(facts, answered) : TIME_UNKNOWN_NS;
	verdict->queue_ns = verdict->is_complete ? queue_ns(facts, answered) : TIME_UNKNOWN_NS;
	verdict->app_ns = verdict->is_complete ? app_ns(facts) : TIME_UNKNOWN_NS;
	verdict->time_ns = facts->until_ns;
	verdict->watched_ns = facts->until_ns > began_ns ? facts->until_ns - began_ns : 0;
}

static void set_counts(const struct facts *facts, struct verdict *verdict)
{
	const struct entry *late = facts_late_info(facts);
	unsigned sent = facts->syn_count + facts->syn_repeats +
			(late ? 1 + late->info.retransmits : 0),
		 answers;

	sent = sent < UINT16_MAX ? sent : UINT16_MAX;
	verdict->syn_sent = (uint16_t)sent;
	answers = facts->answer_count - facts->forged_count + facts->doubtful_count;
	verdict->syn_unanswered = (uint16_t)(sent > answers ? sent - answers : 0);
	verdict->is_ack_sent = facts->ack_sent != NO_ENTRY;
	verdict->ifindex = facts_has_left(facts) ? entry_at(facts, facts->syns[0])->ifindex : 0;
}

static void take_drop(const struct facts *facts, int index, struct verdict *verdict)
{
	const struct entry *entry = entry_at(facts, index);
	/* What has left for this very host, or was sent back to it, was dropped on its way in. */
	bool is_looped = (facts->is_on_loopback || facts->is_target_local) &&
			 index != facts->drop_out && index != facts->neighbour_failed;
	bool is_inbound = is_looped || index == facts->drop_returned;

	verdict->drop = (struct drop_summary){
		.reason = entry->drop.reason,
		.function = entry->drop.function,
		.ifindex = entry->ifindex,
		.count = entry->count,
		.is_outbound = entry->drop.is_outbound && !is_inbound,
		.is_answer = !entry->drop.is_outbound,
		.is_own = (entry->flags & ENTRY_OWN) != 0,
	};
}

/* A socket that made progress all the same was not stopped by a drop, but had to wait for it. */
static int delaying_drop(const struct facts *facts, int answered, const struct verdict *verdict)
{
	struct waits waits;

	switch (verdict->status) {
	case STATUS_OPEN:
	case STATUS_CLOSED:
	case STATUS_FILTERED:
	case STATUS_UNREACHABLE:
	case STATUS_INTERCEPTED:
		break;
	case STATUS_BLOCKED:
	case STATUS_SELF_CONNECT:
	case STATUS_INVALID:
	case STATUS_UNPROVEN:
	case STATUS_ABORTED:
	case STATUS_INCOMPLETE:
	case STATUS_COUNT:
		return NO_ENTRY;
	}
	if (!facts_has_left(facts))
		return NO_ENTRY;
	waits_read(facts, answered, &waits);
	return waits.drop_out != NO_ENTRY ? waits.drop_out : waits.drop_in;
}

/* One that the verdict rests on; else one that explains the wait. */
static void set_drop(const struct facts *facts, int answered, struct verdict *verdict)
{
	const int drops[] = {facts->drop_in,	  facts->neighbour_failed, facts->drop_out,
			     facts->drop_self,	  facts->drop_stray,	   facts->drop_returned,
			     facts->drop_damaged, facts->drop_icmp};
	int delaying;

	for (size_t i = 0; i < sizeof(drops) / sizeof(drops[0]); i++) {
		for (unsigned k = 0; k < verdict->evidence_count; k++) {
			if (drops[i] == NO_ENTRY || verdict->evidence[k] != drops[i])
				continue;
			take_drop(facts, drops[i], verdict);
			return;
		}
	}
	delaying = delaying_drop(facts, answered, verdict);
	if (delaying == NO_ENTRY)
		return;
	verdict_cite(verdict, delaying);
	take_drop(facts, delaying, verdict);
}

/* The socket's own port is not known before the kernel has told it. */
static bool is_source_rewritten(const struct attempt *attempt)
{
	if (!address_is_set(&attempt->source) || address_is_unspecified(&attempt->source))
		return false;
	return !address_same_host(&attempt->wire_source, &attempt->source) ||
	       (attempt->source.port && attempt->source.port != attempt->wire_source.port);
}

static void set_notes(const struct facts *facts, struct verdict *verdict)
{
	const struct attempt *attempt = facts->attempt;

	if (verdict->syn_sent > 1)
		verdict->notes |= NOTE_RETRANSMITTED;
	if (facts->is_target_local)
		verdict->notes |= NOTE_LOCAL_TARGET;
	if (facts->fragmentation_needed != NO_ENTRY)
		verdict->notes |= NOTE_FRAGMENTATION_NEEDED;
	/* connect() to the unspecified address means this host: not a rewrite. */
	if (facts_has_left(facts) && !address_is_unspecified(&attempt->requested) &&
	    !address_equal(&attempt->wire_destination, &attempt->requested)) {
		verdict->notes |= NOTE_REWRITTEN_TO;
		verdict->wire_destination = attempt->wire_destination;
	}
	if (facts_has_left(facts) && is_source_rewritten(attempt)) {
		verdict->notes |= NOTE_SOURCE_REWRITTEN;
		verdict->wire_source = attempt->wire_source;
	}
	if (facts->syn_received != NO_ENTRY && verdict->status != STATUS_SELF_CONNECT)
		verdict->notes |= NOTE_SIMULTANEOUS_OPEN;
	measure_suspicions(facts, verdict);
}

static void set_app(const struct facts *facts, struct verdict *verdict)
{
	int error = facts_connect_error(facts);
	bool is_writable =
		facts->poll != NO_ENTRY && entry_at(facts, facts->poll)->app.result & POLLOUT;

	if (!error && facts->so_error != NO_ENTRY)
		error = entry_at(facts, facts->so_error)->app.result;
	verdict->app_error = error;
	if (error)
		verdict->app_result = app_result_of_error(error);
	else
		verdict->app_result = is_writable ? APP_RESULT_CONNECTED : APP_RESULT_IN_PROGRESS;
}

/* What came right after the handshake may be what the application is told when it asks. */
static bool is_told_of_reset(const struct facts *facts, const struct verdict *verdict)
{
	return verdict->app_error == ECONNRESET && facts->established != NO_ENTRY &&
	       facts->reset_received != NO_ENTRY &&
	       entry_at(facts, facts->reset_received)->time_ns >=
		       entry_at(facts, facts->established)->time_ns;
}

/* The application's view against the kernel's. What proves neither contradicts nothing. */
static bool app_agrees(const struct facts *facts, const struct verdict *verdict)
{
	if (verdict->status == STATUS_INCOMPLETE || verdict->status == STATUS_ABORTED ||
	    facts->is_answered_late)
		return true;
	switch (verdict->app_result) {
	case APP_RESULT_CONNECTED:
		return verdict->status == STATUS_OPEN;
	case APP_RESULT_REFUSED:
		return verdict->status == STATUS_CLOSED;
	case APP_RESULT_TIMED_OUT:
	case APP_RESULT_UNREACHABLE:
	case APP_RESULT_IN_PROGRESS:
	case APP_RESULT_ERROR:
		break;
	}
	if (verdict->status == STATUS_OPEN && is_told_of_reset(facts, verdict))
		return true;
	return verdict->status != STATUS_OPEN && verdict->status != STATUS_CLOSED;
}

void measure_verdict(const struct facts *facts, struct verdict *verdict)
{
	int answered;

	measure_answer(facts, verdict);
	answered = measure_rtt(facts, verdict);
	set_times(facts, answered, verdict);
	set_counts(facts, verdict);
	set_drop(facts, answered, verdict);
	set_notes(facts, verdict);
	if (!facts->attempt->is_ours) {
		app_view_judge(facts, verdict);
		return;
	}
	set_app(facts, verdict);
	verdict->app_agrees = app_agrees(facts, verdict);
}
