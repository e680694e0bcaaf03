// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What was done, what the socket did, and what follows from it all. */
#include "user/core/verdict/facts_read.h"

#include <errno.h>
#include <string.h>

#include "user/core/attempt/drop.h"
#include "user/core/verdict/facts_came.h"
#include "user/core/verdict/facts_syn.h"
#include "user/core/verdict/facts_way.h"

static void read_app(struct facts *facts, const struct entry *entry, int index)
{
	bool is_return = entry->app.phase == APP_RETURN;

	if (entry->app.state && !facts->is_answered_late)
		facts_note_witness(facts, entry->app.state, index);
	switch (entry->app.call) {
	case APP_CLOSE:
		facts_set_first(&facts->close, index);
		break;
	case APP_CONNECT:
	case APP_SEND_FASTOPEN:
		facts_set_first(is_return ? &facts->connect_return : &facts->connect_enter, index);
		break;
	case APP_POLL:
		facts->poll = index;
		break;
	case APP_SO_ERROR:
		facts->so_error = index;
		break;
	case APP_ABANDON:
		facts_set_first(&facts->abandon, index);
		break;
	case APP_BIND:
		if (is_return && entry->app.error)
			facts_set_first(&facts->bind, index);
		break;
	}
}

static void read_state(struct facts *facts, const struct entry *entry, int index,
		       bool is_closed_by_us)
{
	bool was_established = facts_is_beyond_handshake(facts, entry->state.old_state);

	if (entry->state.new_state == TCP_STATE_SYN_SENT)
		facts_set_first(&facts->syn_sent_state, index);
	if (entry->state.new_state == TCP_STATE_SYN_RECV)
		facts_set_first(&facts->syn_received, index);
	facts->has_unseen_state |= was_established && facts->established == NO_ENTRY;
	if (entry->state.new_state == TCP_STATE_ESTABLISHED || was_established)
		facts_set_first(&facts->established, index);
	if (entry->state.new_state == TCP_STATE_CLOSE && !is_closed_by_us)
		facts_set_first(&facts->closed_by_kernel, index);
}

static bool has_cause(const struct facts *facts)
{
	return facts->answer_count || facts->icmp != NO_ENTRY ||
	       facts->reset_received != NO_ENTRY || facts->drop_out != NO_ENTRY ||
	       facts->drop_self != NO_ENTRY || facts->drop_in != NO_ENTRY ||
	       facts->unroutable != NO_ENTRY || facts->bad_checksum != NO_ENTRY ||
	       facts->fragmentation_needed != NO_ENTRY;
}

/* An error long after SYN_SENT has a cause, but for giving up and being destroyed. */
static bool has_error_without_cause(const struct facts *facts)
{
	int index = facts->error_report != NO_ENTRY ? facts->error_report : facts->connect_return;
	int error = facts->error_report != NO_ENTRY ? facts_reported_error(facts)
						    : facts_connect_error(facts);

	return index != NO_ENTRY && facts->syn_sent_state != NO_ENTRY && error &&
	       error != ETIMEDOUT && error != ECONNABORTED &&
	       entry_at(facts, index)->time_ns - entry_at(facts, facts->syn_sent_state)->time_ns >=
		       REPEAT_EARLIEST_NS &&
	       !has_cause(facts);
}

/* TCP is given what the device was seen to receive. */
static bool has_unseen_answer(const struct facts *facts)
{
	return facts->is_answer_dropped && facts_is_refused_by_tcp(facts, facts->drop_in);
}

static bool is_inbound_segment(const struct entry *entry)
{
	return entry->kind == EVENT_RECEIVE ||
	       (entry->kind == EVENT_DROP && !entry->drop.is_outbound);
}

/* Of the socket's own count: none was observed by the time it was asked. */
static bool has_unseen_segment(const struct facts *facts)
{
	const struct entry *info = facts->info == NO_ENTRY ? NULL : entry_at(facts, facts->info);

	if (!info || !info->info.received || facts->established != NO_ENTRY ||
	    facts->reset_received != NO_ENTRY)
		return false;
	for (int i = 0; i < facts->attempt->entry_count; i++)
		if (is_inbound_segment(entry_at(facts, i)) &&
		    entry_at(facts, i)->time_ns <= info->time_ns)
			return false;
	return true;
}

/*
 * ECONNREFUSED comes from a RST that the socket accepted, or from an ICMP error (port unreachable).
 * Where a RST with ack == ISN+1 had come in by a device, and no ICMP error about our SYN, the
 * socket has accepted that one (RFC 9293, section 3.10.7.3), though tcp_receive_reset was not seen.
 */
static void take_unseen_reset(struct facts *facts)
{
	int told = facts->error_report != NO_ENTRY ? facts->error_report : facts->so_error;

	if (facts->reset_received != NO_ENTRY || facts->reset == NO_ENTRY ||
	    facts->icmp != NO_ENTRY || told == NO_ENTRY ||
	    facts_reported_error(facts) != ECONNREFUSED ||
	    entry_at(facts, told)->time_ns < entry_at(facts, facts->reset)->time_ns)
		return;
	facts->has_unseen_reset = true;
	facts->reset_received = told;
}

/* An answer, or what one led to. SYNs count as long as the socket is there. */
static bool is_of_answer(const struct entry *entry)
{
	switch (entry->kind) {
	case EVENT_STATE:
	case EVENT_LOCAL_ACCEPT:
	case EVENT_RESET_RECEIVED:
	case EVENT_ERROR_REPORT:
	case EVENT_RECEIVE:
	case EVENT_BAD_CHECKSUM:
		return true;
	case EVENT_DROP:
	case EVENT_XMIT:
		return !facts_is_outbound_syn(entry);
	}
	return false;
}

/* What an answer led to that had come in time: TCP may handle it some microseconds later. */
static bool is_led_to(const struct facts *facts, const struct entry *entry)
{
	bool has_answer =
		facts->syn_ack != NO_ENTRY || facts->reset != NO_ENTRY || facts->icmp != NO_ENTRY;

	return has_answer && !facts->is_answered_late && entry->kind != EVENT_RECEIVE;
}

static bool is_too_late(const struct facts *facts, const struct entry *entry)
{
	return !is_led_to(facts, entry) && facts->attempt->is_ours && facts->deadline != NO_ENTRY &&
	       is_of_answer(entry) && entry->time_ns > entry_at(facts, facts->deadline)->time_ns;
}

static bool is_same_neighbour(const struct entry *a, const struct entry *b)
{
	return a->ifindex == b->ifindex &&
	       !memcmp(a->neighbour.address, b->neighbour.address, sizeof(a->neighbour.address));
}

/* What was asked of another one, that the route led to, says nothing of where the SYN is. */
static void read_neighbour(struct facts *facts, const struct entry *entry, int index)
{
	if (entry->flags & ENTRY_OWN)
		facts->waits_for = index;
	if (facts->waits_for == NO_ENTRY ||
	    is_same_neighbour(entry_at(facts, facts->waits_for), entry))
		facts->neighbour = index;
}

static void read_entry(struct facts *facts, const struct entry *entry, int index,
		       bool *is_closed_by_us)
{
	switch (entry->kind) {
	case EVENT_APP:
		*is_closed_by_us |= entry->app.call == APP_CLOSE;
		read_app(facts, entry, index);
		break;
	case EVENT_DEADLINE:
		facts_set_first(&facts->deadline, index);
		break;
	case EVENT_ROUTE:
		facts->route = index;
		break;
	case EVENT_NEIGHBOUR:
		read_neighbour(facts, entry, index);
		break;
	case EVENT_LINK:
		facts->link = index;
		break;
	case EVENT_HOST:
		facts->host = index;
		break;
	case EVENT_SOCKET_INFO:
		facts->info = index;
		if (entry->info.isn)
			facts_learn_isn(facts, entry->info.isn);
		if (entry->info.state == TCP_STATE_ESTABLISHED &&
		    entry->info.sent > 1 + entry->info.retransmits)
			facts_set_first(&facts->ack_sent, index);
		if (!facts->is_answered_late)
			facts_note_witness(facts, entry->info.state, index);
		break;
	case EVENT_STATE:
		read_state(facts, entry, index, *is_closed_by_us);
		break;
	case EVENT_LOCAL_ACCEPT:
		facts_set_first(&facts->local_accept, index);
		break;
	case EVENT_RESET_RECEIVED:
		facts_set_first(&facts->reset_received, index);
		break;
	case EVENT_RETRANSMIT:
		if (entry->error.error == -EHOSTUNREACH)
			facts_set_first(&facts->unroutable, index);
		if (entry->error.error < 0)
			facts->unsent = index;
		break;
	case EVENT_ERROR_REPORT:
		if (entry->error.error || entry->error.error_soft)
			facts_set_first(&facts->error_report, index);
		break;
	case EVENT_QUEUE:
	case EVENT_XMIT:
		facts_read_transmitted(facts, entry, index);
		break;
	case EVENT_RECEIVE:
		facts_read_received(facts, entry, index);
		break;
	case EVENT_DROP:
		facts_read_drop(facts, entry, index);
		break;
	case EVENT_BAD_CHECKSUM:
		facts_set_first(&facts->bad_checksum, index);
		break;
	case EVENT_HOP: /* says where a SYN went: no verdict rests on it */
		break;
	}
}

void facts_read(const struct attempt *attempt, uint64_t until_ns, struct facts *ret_facts)
{
	struct facts facts;
	bool is_closed_by_us = false;

	memset(&facts, 0xff, sizeof(facts)); /* every index becomes NO_ENTRY */
	facts.attempt = attempt;
	facts.until_ns = until_ns;
	facts.syn_count = facts.syn_repeats = facts.answer_count = facts.forged_count =
		facts.doubtful_count = 0;
	facts.missing = facts.syns_counted = facts.syns_observed = 0;
	facts.has_isn = facts.is_on_loopback = facts.is_dropped_by_driver = false;
	facts.is_answer_dropped = facts.has_unseen_state = facts.has_unseen_reset =
		facts.is_answered_late = false;
	facts.is_target_local = facts_was_route_local(attempt, until_ns);
	for (int i = 0; i < attempt->entry_count && attempt->entries[i].time_ns <= until_ns; i++) {
		const struct entry *entry = &attempt->entries[i];

		if (is_too_late(&facts, entry))
			facts.is_answered_late |= !is_closed_by_us;
		else
			read_entry(&facts, entry, i, &is_closed_by_us);
	}
	facts_take_pieces(&facts);
	take_unseen_reset(&facts);
	facts.has_unseen_segment = has_unseen_segment(&facts);
	facts.missing = facts_missing_syns(&facts) + facts.has_unseen_state +
			facts.has_unseen_reset + facts.has_unseen_segment +
			has_unseen_answer(&facts) + has_error_without_cause(&facts);
	facts_take_off_driver_drops(&facts);
	facts_pass_over_refused(&facts);
	facts_pass_over_unheard(&facts);
	if (facts.answer_count) /* the first of them is there */
		facts.answer_count += attempt->left_out_answers;
	facts_derive(&facts);
	*ret_facts = facts;
}
