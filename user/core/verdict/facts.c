// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Read a timeline: what was done, what the socket did, and what follows from it all; what packets tell is facts_packet.c's. */
#include "user/core/verdict/facts_parts.h"

#include <errno.h>
#include <string.h>

#include "user/core/verdict/signs.h"

/* ESTABLISHED, and the states that only it leads to: closed in SYN_RECV a socket goes to FIN_WAIT1 without it (RFC 9293, section 3.3.2). */
static bool is_beyond_handshake(const struct facts *facts, uint8_t state)
{
	switch (state) {
	case TCP_STATE_ESTABLISHED:
	case TCP_STATE_CLOSE_WAIT:
		return true;
	case 0:
	case TCP_STATE_SYN_SENT:
	case TCP_STATE_SYN_RECV:
	case TCP_STATE_CLOSE:
		return false;
	}
	return facts->syn_received == NO_ENTRY;
}

void facts_note_witness(struct facts *facts, uint8_t state, int index)
{
	bool is_closed = facts->closed_by_kernel != NO_ENTRY || facts->close != NO_ENTRY;

	if (facts->syn_sent_state == NO_ENTRY)
		return;
	if (state == TCP_STATE_CLOSE) {
		facts->has_unseen_state |= !is_closed;
	} else if (is_beyond_handshake(facts, state) && facts->established == NO_ENTRY) {
		facts->has_unseen_state = true;
		facts->established = index;
	}
}

static void read_app(struct facts *facts, const struct entry *entry, int index)
{
	bool is_return = entry->app.phase == APP_RETURN;

	if (entry->app.state && !facts->is_answered_late)
		facts_note_witness(facts, entry->app.state, index);
	switch (entry->app.call) {
	case APP_CLOSE:
		set_first(&facts->close, index);
		break;
	case APP_CONNECT:
	case APP_SEND_FASTOPEN:
		set_first(is_return ? &facts->connect_return : &facts->connect_enter, index);
		break;
	case APP_POLL:
		facts->poll = index;
		break;
	case APP_SO_ERROR:
		facts->so_error = index;
		break;
	case APP_ABANDON:
		set_first(&facts->abandon, index);
		break;
	case APP_BIND:
		if (is_return && entry->app.error)
			set_first(&facts->bind, index);
		break;
	}
}

static void read_state(struct facts *facts, const struct entry *entry, int index, bool is_closed_by_us)
{
	bool was_established = is_beyond_handshake(facts, entry->state.old_state);

	if (entry->state.new_state == TCP_STATE_SYN_SENT)
		set_first(&facts->syn_sent_state, index);
	if (entry->state.new_state == TCP_STATE_SYN_RECV)
		set_first(&facts->syn_received, index);
	facts->has_unseen_state |= was_established && facts->established == NO_ENTRY;
	if (entry->state.new_state == TCP_STATE_ESTABLISHED || was_established)
		set_first(&facts->established, index);
	if (entry->state.new_state == TCP_STATE_CLOSE && !is_closed_by_us)
		set_first(&facts->closed_by_kernel, index);
}

/* A SYN of ours, or the SYN-ACK that answers a crossing one. */
static bool is_outbound_syn(const struct entry *entry)
{
	if (entry->flags & ENTRY_ICMP)
		return false;
	switch (entry->kind) {
	case EVENT_QUEUE:
	case EVENT_XMIT:
		return entry->tcp.flags & TCP_FLAG_SYN;
	case EVENT_DROP:
		return entry->drop.is_outbound && !entry->drop.is_icmp && entry->drop.flags & TCP_FLAG_SYN;
	}
	return false;
}

static bool has_syn_left(const struct facts *facts, uint64_t from_ns, uint64_t to_ns, uint32_t ifindex)
{
	for (int i = 0; i < facts->attempt->entry_count; i++) {
		const struct entry *entry = entry_at(facts, i);

		if (entry->kind == EVENT_XMIT && is_outbound_syn(entry) && entry->time_ns >= from_ns && entry->time_ns <= to_ns &&
		    (!ifindex || entry->ifindex == ifindex))
			return true;
	}
	return false;
}

/*
 * One SYN that is not counted by another entry: SYN-ACKs are none of syns[], and a drop right behind a transmission is of what was transmitted. A queue keeps
 * a flow's packets in their order: when a later one has left, what became of those before was not seen.
 */
static bool accounts_for_more(const struct facts *facts, const struct entry *entry)
{
	if (!is_outbound_syn(entry))
		return false;
	switch (entry->kind) {
	case EVENT_QUEUE:
		return !has_syn_left(facts, entry->time_ns, UINT64_MAX, entry->ifindex);
	case EVENT_XMIT:
		return entry->tcp.flags & TCP_FLAG_ACK;
	}
	return !has_syn_left(facts, entry->time_ns - SAME_TRANSMISSION_NS, entry->time_ns, 0);
}

/* By the queue, and none has left it since: else what was queued before the drop does not count any more. */
static bool is_last_queue_drop(const struct facts *facts, int index)
{
	const struct entry *entry = entry_at(facts, index);

	return entry->kind == EVENT_DROP && facts_is_queue_drop(facts, index) &&
	       !has_syn_left(facts, entry->time_ns, UINT64_MAX, entry->ifindex);
}

/* SYNs that left, wait in a queue, or were dropped here by then: all that the socket may have counted as sent. */
static unsigned count_accounted(const struct facts *facts, uint64_t until_ns)
{
	unsigned count = facts->syn_count > FACTS_MAX_SYNS ? facts->syn_count - FACTS_MAX_SYNS : 0, queued = 0, dropped_by_queue = 0;

	for (unsigned i = 0; i < facts->syn_count && i < FACTS_MAX_SYNS; i++)
		if (entry_at(facts, facts->syns[i])->time_ns <= until_ns)
			count += entry_at(facts, facts->syns[i])->count;
	for (int i = 0; i < facts->attempt->entry_count && entry_at(facts, i)->time_ns <= until_ns; i++) {
		const struct entry *entry = entry_at(facts, i);

		if (!accounts_for_more(facts, entry))
			continue;
		if (entry->kind == EVENT_QUEUE)
			queued += entry->count;
		else if (is_last_queue_drop(facts, i))
			dropped_by_queue += entry->count;
		else
			count += entry->count;
	}
	/* What a queue drops was handed to it; drops are folded, and so not paired one by one. */
	return count + facts->attempt->left_out_syns + (queued > dropped_by_queue ? queued : dropped_by_queue);
}

/* While the next hop does not answer, SYNs are counted that wait for its address. A state that is not known explains nothing. */
static bool is_next_hop_silent(const struct facts *facts)
{
	uint8_t state = facts->neighbour != NO_ENTRY ? entry_at(facts, facts->neighbour)->neighbour.state : NEIGHBOUR_UNKNOWN;

	return state == NEIGHBOUR_INCOMPLETE || state == NEIGHBOUR_FAILED;
}

/* The socket's own count, against what had been seen by the time it was asked. */
static unsigned missing_syns(struct facts *facts)
{
	const struct entry *info;

	if (facts->info == NO_ENTRY || facts->syn_sent_state == NO_ENTRY)
		return 0;
	info = entry_at(facts, facts->info);
	facts->syns_counted = 1 + info->info.retransmits;
	facts->syns_observed = count_accounted(facts, info->time_ns);
	if (!info->info.retransmits || is_next_hop_silent(facts) || facts->syns_observed >= facts->syns_counted)
		return 0;
	return facts->syns_counted - facts->syns_observed;
}

static bool has_cause(const struct facts *facts)
{
	return facts->answer_count || facts->icmp != NO_ENTRY || facts->reset_received != NO_ENTRY || facts->drop_out != NO_ENTRY ||
	       facts->drop_self != NO_ENTRY || facts->drop_in != NO_ENTRY || facts->unroutable != NO_ENTRY ||
	       facts->bad_checksum != NO_ENTRY || facts->fragmentation_needed != NO_ENTRY;
}

/* What a socket is told long after its SYN_SENT came from somewhere; giving up and being destroyed need no more. */
static bool has_error_without_cause(const struct facts *facts)
{
	int index = facts->error_report != NO_ENTRY ? facts->error_report : facts->connect_return;
	int error = facts->error_report != NO_ENTRY ? facts_reported_error(facts) : facts_connect_error(facts);

	return index != NO_ENTRY && facts->syn_sent_state != NO_ENTRY && error && error != ETIMEDOUT && error != ECONNABORTED &&
	       entry_at(facts, index)->time_ns - entry_at(facts, facts->syn_sent_state)->time_ns >= FACTS_EARLY_NS && !has_cause(facts);
}

/* TCP is given what the device was seen to receive. */
static bool has_unseen_answer(const struct facts *facts)
{
	return facts->is_answer_dropped && facts_is_refused_by_tcp(facts, facts->drop_in);
}

/*
 * ECONNREFUSED comes from a RST that the socket accepted, or from an ICMP error (port unreachable). Where a RST with ack == ISN+1 had come in by a device, and
 * no ICMP error about our SYN, the socket has accepted that one (RFC 9293, section 3.10.7.3), though tcp_receive_reset was not seen.
 */
static void take_unseen_reset(struct facts *facts)
{
	int told = facts->error_report != NO_ENTRY ? facts->error_report : facts->so_error;

	if (facts->reset_received != NO_ENTRY || facts->reset == NO_ENTRY || facts->icmp != NO_ENTRY || told == NO_ENTRY ||
	    facts_reported_error(facts) != ECONNREFUSED || entry_at(facts, told)->time_ns < entry_at(facts, facts->reset)->time_ns)
		return;
	facts->has_unseen_reset = true;
	facts->reset_received = told;
}

/* Whatever tells of an answer, or of what an answer led to. SYNs count as long as the socket is there. */
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
		return !is_outbound_syn(entry);
	}
	return false;
}

/* What an answer led to that had come in time: TCP may handle it some microseconds later. */
static bool is_led_to(const struct facts *facts, const struct entry *entry)
{
	bool has_answer = facts->syn_ack != NO_ENTRY || facts->reset != NO_ENTRY || facts->icmp != NO_ENTRY;

	return has_answer && !facts->is_answered_late && entry->kind != EVENT_RECEIVE;
}

static bool is_too_late(const struct facts *facts, const struct entry *entry)
{
	return !is_led_to(facts, entry) && facts->attempt->is_ours && facts->deadline != NO_ENTRY && is_of_answer(entry) &&
	       entry->time_ns > entry_at(facts, facts->deadline)->time_ns;
}

static bool is_same_neighbour(const struct entry *a, const struct entry *b)
{
	return a->ifindex == b->ifindex && !memcmp(a->neighbour.address, b->neighbour.address, sizeof(a->neighbour.address));
}

/* What was asked of another one, that the route led to, says nothing of where the SYN is. */
static void read_neighbour(struct facts *facts, const struct entry *entry, int index)
{
	if (entry->flags & ENTRY_OWN)
		facts->waits_for = index;
	if (facts->waits_for == NO_ENTRY || is_same_neighbour(entry_at(facts, facts->waits_for), entry))
		facts->neighbour = index;
}

static void read_entry(struct facts *facts, const struct entry *entry, int index, bool *is_closed_by_us)
{
	switch (entry->kind) {
	case EVENT_APP:
		*is_closed_by_us |= entry->app.call == APP_CLOSE;
		read_app(facts, entry, index);
		break;
	case EVENT_DEADLINE:
		set_first(&facts->deadline, index);
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
		if (entry->info.state == TCP_STATE_ESTABLISHED && entry->info.sent > 1 + entry->info.retransmits)
			set_first(&facts->ack_sent, index);
		if (!facts->is_answered_late)
			facts_note_witness(facts, entry->info.state, index);
		break;
	case EVENT_STATE:
		read_state(facts, entry, index, *is_closed_by_us);
		break;
	case EVENT_LOCAL_ACCEPT:
		set_first(&facts->local_accept, index);
		break;
	case EVENT_RESET_RECEIVED:
		set_first(&facts->reset_received, index);
		break;
	case EVENT_RETRANSMIT:
		if (entry->error.error == -EHOSTUNREACH)
			set_first(&facts->unroutable, index);
		if (entry->error.error < 0)
			facts->unsent = index;
		break;
	case EVENT_ERROR_REPORT:
		if (entry->error.error || entry->error.error_soft)
			set_first(&facts->error_report, index);
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
		set_first(&facts->bad_checksum, index);
		break;
	case EVENT_HOP: /* says where a SYN went: no verdict rests on it */
		break;
	}
}

/* An address of this host, but on the wire another one, by a real device: what it was rewritten to is the target. */
static bool is_led_away(const struct attempt *attempt, uint64_t until_ns)
{
	if (!address_is_set(&attempt->wire_destination) || address_same_host(&attempt->wire_destination, &attempt->requested))
		return false;
	for (int i = 0; i < attempt->entry_count && attempt->entries[i].time_ns <= until_ns; i++)
		if (attempt->entries[i].kind == EVENT_XMIT && is_outbound_syn(&attempt->entries[i]))
			return !(attempt->entries[i].flags & ENTRY_LOOPBACK);
	return false;
}

/*
 * By the kernel's own answer; without one, by what is certain from the addresses alone. An address may come and go while the attempt runs.
 */
static bool is_target_local(const struct facts *facts)
{
	const struct attempt *attempt = facts->attempt;

	if (is_led_away(attempt, facts->until_ns))
		return false;
	if (facts->is_target_local || address_is_unspecified(&attempt->requested)) /* connect() takes that for this host */
		return true;
	if (facts->route != NO_ENTRY && entry_at(facts, facts->route)->route.kind != ROUTE_UNKNOWN)
		return false;
	return address_is_loopback(&attempt->requested) || address_same_host(&attempt->requested, &attempt->source);
}

/* A repeat is folded into the first of its kind: what was so from the beginning has not been lost. */
static int route_lost(const struct facts *facts)
{
	const struct entry *route;

	if (facts->route == NO_ENTRY || facts->connect_enter == NO_ENTRY)
		return NO_ENTRY;
	route = entry_at(facts, facts->route);
	if (route->time_ns <= entry_at(facts, facts->connect_enter)->time_ns)
		return NO_ENTRY;
	switch (route->route.kind) {
	case ROUTE_NONE:
	case ROUTE_UNREACHABLE:
	case ROUTE_BLACKHOLE:
	case ROUTE_PROHIBIT:
	case ROUTE_NO_DEVICE:
	case ROUTE_NO_SOURCE:
		return facts->route;
	}
	return NO_ENTRY;
}

/* Known before anything else is read: it may have been asked for last. */
static bool was_route_local(const struct attempt *attempt, uint64_t until_ns)
{
	if (is_led_away(attempt, until_ns))
		return false;
	for (int i = 0; i < attempt->entry_count && attempt->entries[i].time_ns <= until_ns; i++)
		if (attempt->entries[i].kind == EVENT_ROUTE && attempt->entries[i].route.kind == ROUTE_LOCAL)
			return true;
	return false;
}

void facts_read(const struct attempt *attempt, uint64_t until_ns, struct facts *ret_facts)
{
	struct facts facts;
	bool is_closed_by_us = false;

	memset(&facts, 0xff, sizeof(facts)); /* every index becomes NO_ENTRY */
	facts.attempt = attempt;
	facts.until_ns = until_ns;
	facts.syn_count = facts.syn_repeats = facts.answer_count = facts.doubtful_count = 0;
	facts.missing = facts.syns_counted = facts.syns_observed = 0;
	facts.has_isn = facts.is_on_loopback = facts.is_dropped_by_driver = false;
	facts.is_answer_dropped = facts.has_unseen_state = facts.has_unseen_reset = facts.is_answered_late = false;
	facts.is_target_local = was_route_local(attempt, until_ns);
	for (int i = 0; i < attempt->entry_count && attempt->entries[i].time_ns <= until_ns; i++) {
		const struct entry *entry = &attempt->entries[i];

		if (is_too_late(&facts, entry))
			facts.is_answered_late |= !is_closed_by_us;
		else
			read_entry(&facts, entry, i, &is_closed_by_us);
	}
	facts_take_pieces(&facts);
	take_unseen_reset(&facts);
	facts.missing = missing_syns(&facts) + facts.has_unseen_state + facts.has_unseen_reset + has_unseen_answer(&facts) +
			has_error_without_cause(&facts);
	facts_take_off_driver_drops(&facts);
	facts_pass_over_refused(&facts);
	if (facts.answer_count) /* the first of them is there */
		facts.answer_count += attempt->left_out_answers;
	facts.is_target_local = is_target_local(&facts);
	facts.route_lost = route_lost(&facts);
	*ret_facts = facts;
}

int facts_connect_error(const struct facts *facts)
{
	int error;

	if (facts->bind != NO_ENTRY)
		return entry_at(facts, facts->bind)->app.error;
	if (facts->connect_return == NO_ENTRY)
		return 0;
	error = entry_at(facts, facts->connect_return)->app.error;
	return error == EINPROGRESS || error == EALREADY || error == EINTR || error == ECANCELED ? 0 : error;
}

bool facts_has_ended(const struct facts *facts)
{
	bool is_given_up = !facts->attempt->is_ours && facts->close != NO_ENTRY;

	return is_given_up || facts->deadline != NO_ENTRY || facts->closed_by_kernel != NO_ENTRY || facts->abandon != NO_ENTRY ||
	       facts_connect_error(facts);
}
