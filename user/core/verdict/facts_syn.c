// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Our SYNs: which left, by which device, and which must have left unseen. */
#include "user/core/verdict/facts_syn.h"

#include <string.h>

/* A driver that drops a packet does so at once. */
#define DRIVER_DROP_NS MILLISECOND_NS

/* ESTABLISHED and what only it leads to: from SYN_RECV FIN_WAIT1 is reached without it. */
bool facts_is_beyond_handshake(const struct facts *facts, uint8_t state)
{
	switch (state) {
	case TCP_STATE_ESTABLISHED:
	case TCP_STATE_CLOSE_WAIT:
		return true;
	case 0:
	case TCP_STATE_SYN_SENT:
	case TCP_STATE_SYN_RECV:
	case TCP_STATE_CLOSE:
	case TCP_STATE_LISTEN: /* its attempt is over, and it is put to another use */
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
	} else if (facts_is_beyond_handshake(facts, state) && facts->established == NO_ENTRY) {
		facts->has_unseen_state = true;
		facts->established = index;
	}
}

void facts_learn_isn(struct facts *facts, uint32_t isn)
{
	if (facts->has_isn)
		return;
	facts->has_isn = true;
	facts->isn = isn;
}

/* One more device for the last SYN, or the next SYN? */
static bool is_same_transmission(const struct facts *facts, const struct entry *entry)
{
	return facts->syn_count && facts->syn_count <= FACTS_MAX_SYNS &&
	       entry_is_handed_on(entry_at(facts, facts->syns[facts->syn_count - 1]), entry);
}

/* The last SYN left by no device yet: there was one more on its way. */
static void take_back_last_syn(struct facts *facts)
{
	facts->syn_repeats -= entry_at(facts, facts->syns[--facts->syn_count])->count - 1u;
}

/*
 * A socket sends no RST from SYN_SENT (tcp_need_reset()): one behind our SYN that acknowledges the
 * SYN-ACK comes from a socket that was ESTABLISHED. By then it is CLOSE, as tcp_disconnect() makes
 * it.
 */
static bool is_reset_of_established(const struct facts *facts, const struct entry *entry)
{
	return entry->flags & ENTRY_OWN && entry->tcp.flags & TCP_FLAG_RST &&
	       facts->syn_ack != NO_ENTRY && facts->syn_received == NO_ENTRY &&
	       facts_is_acknowledged(facts, entry->tcp.seq) &&
	       entry->tcp.ack == entry_at(facts, facts->syn_ack)->tcp.seq + 1;
}

/* Whatever it carries, data or FIN: it acknowledges the SYN-ACK. */
static bool is_ack_of_answer(const struct facts *facts, const struct entry *entry)
{
	return entry->kind == EVENT_XMIT && facts->syn_ack != NO_ENTRY &&
	       (entry->tcp.flags & (TCP_FLAG_ACK | TCP_FLAG_SYN | TCP_FLAG_RST)) == TCP_FLAG_ACK &&
	       entry->tcp.ack == entry_at(facts, facts->syn_ack)->tcp.seq + 1;
}

void facts_read_transmitted(struct facts *facts, const struct entry *entry, int index)
{
	if (entry->flags & ENTRY_ICMP)
		return;
	facts_note_witness(facts,
			   is_reset_of_established(facts, entry) ? TCP_STATE_ESTABLISHED
								 : entry->tcp.state,
			   index);
	if (is_ack_of_answer(facts, entry))
		facts_set_first(&facts->ack_sent, index);
	if (!facts_is_syn(&entry->tcp))
		return;
	facts_learn_isn(facts, entry->tcp.seq);
	if (entry->kind == EVENT_QUEUE || entry->tcp.queued_ns != UINT32_MAX)
		facts_set_first(&facts->first_queued, index);
	if (is_same_transmission(facts, entry))
		take_back_last_syn(facts);
	if (entry->kind == EVENT_QUEUE)
		return;
	facts->is_on_loopback = entry->flags & ENTRY_LOOPBACK;
	facts->syn_repeats += entry->count - 1u;
	facts->syn_count++;
	if (facts->syn_count <= FACTS_MAX_SYNS)
		facts->syns[facts->syn_count - 1] = index;
}

/* Had another device handed it to this one? */
static bool is_from_another_device(const struct facts *facts, int index)
{
	for (int i = index - 1; i >= 0; i--)
		if (entry_is_handed_on(entry_at(facts, i), entry_at(facts, index)))
			return true;
	return false;
}

/* A driver, or the device below it, dropped what it had just been given: that SYN did not leave. */
static bool is_driver_drop(const struct facts *facts, const struct entry *entry)
{
	const struct entry *last;

	if (!facts->syn_count || facts->syn_count > FACTS_MAX_SYNS)
		return false;
	last = entry_at(facts, facts->syns[facts->syn_count - 1]);
	if (entry->time_ns - last->time_ns >= DRIVER_DROP_NS)
		return false;
	/* A bridge that floods gives a copy to each port: what one drops, another one sends. */
	return entry->ifindex == last->ifindex ||
	       !is_from_another_device(facts, facts->syns[facts->syn_count - 1]);
}

/* A single one is taken out; of a drop's folded repeats as many are taken off at the end. */
static void take_off(struct facts *facts, unsigned syn, unsigned count)
{
	if (count == 1 && facts->syn_count <= FACTS_MAX_SYNS)
		memmove(&facts->syns[syn], &facts->syns[syn + 1],
			(facts->syn_count - syn - 1) * sizeof(facts->syns[0]));
	facts->syn_count -= count < facts->syn_count ? count : facts->syn_count;
}

/* The SYNs that drivers dropped did not leave after all. */
void facts_take_off_driver_drops(struct facts *facts)
{
	const struct entry *drop;

	if (facts->drop_out == NO_ENTRY)
		return;
	drop = entry_at(facts, facts->drop_out);
	for (unsigned i = 0; i < facts->syn_count && i < FACTS_MAX_SYNS; i++) {
		const struct entry *syn = entry_at(facts, facts->syns[i]);
		struct facts before = *facts;

		before.syn_count = i + 1;
		if (syn->time_ns <= drop->time_ns && is_driver_drop(&before, drop)) {
			facts->is_dropped_by_driver = true;
			take_off(facts, i, drop->count);
			return;
		}
	}
}

/* A SYN of ours, or the SYN-ACK that answers a crossing one. */
bool facts_is_outbound_syn(const struct entry *entry)
{
	if (entry->flags & ENTRY_ICMP)
		return false;
	switch (entry->kind) {
	case EVENT_QUEUE:
	case EVENT_XMIT:
		return entry->tcp.flags & TCP_FLAG_SYN;
	case EVENT_DROP:
		return entry->drop.is_outbound && !entry->drop.is_icmp &&
		       entry->drop.flags & TCP_FLAG_SYN;
	}
	return false;
}

static bool has_syn_left(const struct facts *facts, uint64_t from_ns, uint64_t to_ns,
			 uint32_t ifindex)
{
	for (int i = 0; i < facts->attempt->entry_count; i++) {
		const struct entry *entry = entry_at(facts, i);

		if (entry->kind == EVENT_XMIT && facts_is_outbound_syn(entry) &&
		    entry->time_ns >= from_ns && entry->time_ns <= to_ns &&
		    (!ifindex || entry->ifindex == ifindex))
			return true;
	}
	return false;
}

/*
 * One SYN that is not counted by another entry: SYN-ACKs are none of syns[], and a drop right
 * behind a transmission is of what was transmitted. A queue keeps a flow's packets in their order:
 * when a later one has left, what became of those before was not seen.
 */
static bool accounts_for_more(const struct facts *facts, const struct entry *entry)
{
	if (!facts_is_outbound_syn(entry))
		return false;
	switch (entry->kind) {
	case EVENT_QUEUE:
		return !has_syn_left(facts, entry->time_ns, UINT64_MAX, entry->ifindex);
	case EVENT_XMIT:
		return entry->tcp.flags & TCP_FLAG_ACK;
	}
	return !has_syn_left(facts, entry->time_ns - SAME_TRANSMISSION_NS, entry->time_ns, 0);
}

/* By the queue, which none has left since: else what was queued before does not count any more. */
static bool is_last_queue_drop(const struct facts *facts, int index)
{
	const struct entry *entry = entry_at(facts, index);

	return entry->kind == EVENT_DROP && facts_is_queue_drop(facts, index) &&
	       !has_syn_left(facts, entry->time_ns, UINT64_MAX, entry->ifindex);
}

/* SYNs that left, wait in a queue or were dropped here by then: all that the socket may count. */
static unsigned count_accounted(const struct facts *facts, uint64_t until_ns)
{
	unsigned count = facts->syn_count > FACTS_MAX_SYNS ? facts->syn_count - FACTS_MAX_SYNS : 0,
		 queued = 0, dropped_by_queue = 0;

	for (unsigned i = 0; i < facts->syn_count && i < FACTS_MAX_SYNS; i++)
		if (entry_at(facts, facts->syns[i])->time_ns <= until_ns)
			count += entry_at(facts, facts->syns[i])->count;
	for (int i = 0; i < facts->attempt->entry_count && entry_at(facts, i)->time_ns <= until_ns;
	     i++) {
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
	return count + facts->attempt->left_out_syns +
	       (queued > dropped_by_queue ? queued : dropped_by_queue);
}

/* SYNs that wait for a silent next hop are counted too. An unknown state explains nothing. */
static bool is_next_hop_silent(const struct facts *facts)
{
	uint8_t state = facts->neighbour != NO_ENTRY
				? entry_at(facts, facts->neighbour)->neighbour.state
				: NEIGHBOUR_UNKNOWN;

	return state == NEIGHBOUR_INCOMPLETE || state == NEIGHBOUR_FAILED;
}

/* The socket's own count, against what had been seen by the time it was asked. */
unsigned facts_missing_syns(struct facts *facts)
{
	const struct entry *info;

	if (facts->info == NO_ENTRY || facts->syn_sent_state == NO_ENTRY)
		return 0;
	info = entry_at(facts, facts->info);
	facts->syns_counted = 1 + info->info.retransmits;
	facts->syns_observed = count_accounted(facts, info->time_ns);
	if (!info->info.retransmits || is_next_hop_silent(facts) ||
	    facts->syns_observed >= facts->syns_counted)
		return 0;
	return facts->syns_counted - facts->syns_observed;
}
