// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What came back, and what this host dropped. */
#include "user/core/verdict/facts_came.h"

#include "user/core/attempt/drop.h"
#include "user/core/verdict/facts_syn.h"

static void read_icmp(struct facts *facts, const struct entry *entry, int index)
{
	if (!facts->has_isn || entry->icmp.seq != facts->isn)
		return; /* about an older connection on the same tuple */
	if (packet_is_fragmentation_needed(facts->attempt->requested.family, entry->icmp.type,
					   entry->icmp.code))
		facts_set_first(&facts->fragmentation_needed, index);
	else
		facts_set_first(&facts->icmp, index);
}

static bool is_same_segment(const struct tcp_entry *a, const struct tcp_entry *b)
{
	return a->seq == b->seq && a->ack == b->ack && a->flags == b->flags &&
	       a->tsval == b->tsval && a->ip_id == b->ip_id;
}

static bool is_same_answer(const struct tcp_entry *a, const struct tcp_entry *b)
{
	return a->flags == b->flags && a->ack == b->ack;
}

/* A bridge shows one received packet at several devices. */
static bool is_seen_before(const struct facts *facts, const struct entry *entry, int index)
{
	for (int i = index - 1;
	     i >= 0 && entry->time_ns - entry_at(facts, i)->time_ns < SAME_TRANSMISSION_NS; i--) {
		const struct entry *other = entry_at(facts, i);

		if (other->kind == EVENT_RECEIVE && other->ifindex != entry->ifindex &&
		    other->flags == entry->flags && is_same_segment(&other->tcp, &entry->tcp))
			return true;
	}
	return false;
}

static bool is_our_syn(const struct facts *facts, const struct tcp_entry *tcp)
{
	return facts_is_syn(tcp) && facts->has_isn && tcp->seq == facts->isn;
}

/* Whatever it says, the socket hears nothing of it. */
static void read_stray(struct facts *facts, const struct entry *entry, int index)
{
	if (entry->flags & ENTRY_ICMP) {
		if (facts->has_isn && entry->icmp.seq == facts->isn &&
		    icmp_meaning(facts->attempt->requested.family, entry->icmp.type,
				 entry->icmp.code))
			facts_set_first(&facts->stray_icmp, index);
		facts->doubtful_count += facts->stray_icmp == index;
	} else if (is_our_syn(facts, &entry->tcp)) {
		facts_set_first(&facts->returned, index);
	} else if (facts_is_acknowledged(facts, entry->tcp.ack)) {
		if (facts->returned != NO_ENTRY && entry->flags & ENTRY_LOOPBACK) {
			facts_set_first(&facts->self_answer, index);
			return;
		}
		facts_set_first(&facts->stray, index);
		facts->answer_count += entry->count;
	}
}

void facts_read_received(struct facts *facts, const struct entry *entry, int index)
{
	const struct tcp_entry *tcp = &entry->tcp;
	bool is_acknowledging = tcp->flags & TCP_FLAG_ACK && facts_is_acknowledged(facts, tcp->ack);
	bool is_forged = entry->flags & ENTRY_LOOPBACK && !facts->is_on_loopback;

	if (entry->flags & ENTRY_DAMAGED)
		facts_set_first(&facts->damaged, index);
	else if (entry->flags & ENTRY_CUT)
		facts_set_first(&facts->unreadable, index);
	if (is_seen_before(facts, entry, index))
		return;
	if (entry->flags & (ENTRY_DAMAGED | ENTRY_CUT)) {
		facts->doubtful_count += facts->established == NO_ENTRY ? entry->count : 0;
		return;
	}
	if (entry->flags & ENTRY_STRAY) {
		read_stray(facts, entry, index);
		return;
	}
	if (entry->flags & ENTRY_ICMP) {
		read_icmp(facts, entry, index);
		facts->answer_count += facts->icmp == index;
		facts->forged_count += facts->icmp == index && is_forged;
		return;
	}
	if (is_our_syn(facts, tcp))
		return; /* our own SYN, come back over loopback */
	/* Whatever follows the handshake is no answer to the SYN. */
	if (facts->established == NO_ENTRY) {
		facts->answer_count += entry->count;
		facts->forged_count += is_forged ? entry->count : 0;
	}
	if (is_acknowledging && tcp->flags & TCP_FLAG_RST)
		facts_set_first(&facts->reset, index);
	else if (is_acknowledging && tcp->flags & TCP_FLAG_SYN)
		facts_set_first(&facts->syn_ack, index);
	else if (is_acknowledging && facts->syn_received != NO_ENTRY &&
		 facts->established == NO_ENTRY)
		facts_set_first(&facts->crossing_ack, index);
	else if (facts->established == NO_ENTRY)
		facts_set_first(&facts->invalid, index);
}

/* Does what was dropped look like an answer to our SYN? */
static bool is_right_answer(const struct facts *facts, const struct drop_entry *drop)
{
	return drop->flags & TCP_FLAG_ACK && drop->flags & (TCP_FLAG_SYN | TCP_FLAG_RST) &&
	       facts_is_acknowledged(facts, drop->ack);
}

/* The first; but a right answer's says more than those of wrong ones before it. */
static void set_drop_in(struct facts *facts, const struct drop_entry *drop, int index)
{
	if (facts->drop_in != NO_ENTRY &&
	    (!is_right_answer(facts, drop) ||
	     is_right_answer(facts, &entry_at(facts, facts->drop_in)->drop)))
		return;
	facts->drop_in = index;
	if (!is_right_answer(facts, drop) || facts->syn_ack != NO_ENTRY || facts->reset != NO_ENTRY)
		return;
	facts->is_answer_dropped = true;
	facts->answer_count += entry_at(facts, index)->count;
}

/* It may have the addresses that it left with: the device by which it came back shows it. */
static bool is_returned(const struct facts *facts, const struct entry *entry)
{
	return facts->returned != NO_ENTRY && !(entry->flags & ENTRY_OWN) &&
	       entry->ifindex == entry_at(facts, facts->returned)->ifindex &&
	       entry->drop.seq == facts->isn && !facts->is_target_local;
}

static void read_stray_drop(struct facts *facts, const struct drop_entry *drop, int index)
{
	if ((drop->flags & (TCP_FLAG_SYN | TCP_FLAG_ACK)) == TCP_FLAG_SYN)
		facts_set_first(&facts->drop_returned, index);
	else if (is_right_answer(facts, drop))
		facts_set_first(&facts->drop_stray, index);
}

/* What came of the SYN that was answered, if one was: an earlier one may have met another fate. */
static void set_drop_self(struct facts *facts, int index)
{
	if (facts->drop_self == NO_ENTRY || (facts->reset == NO_ENTRY && facts->icmp == NO_ENTRY))
		facts->drop_self = index;
}

void facts_read_drop(struct facts *facts, const struct entry *entry, int index)
{
	const struct drop_entry *drop = &entry->drop;
	bool is_syn_out =
		drop->is_outbound && (drop->flags & (TCP_FLAG_SYN | TCP_FLAG_ACK)) == TCP_FLAG_SYN;

	if (entry->flags & ENTRY_DAMAGED || (entry->flags & ENTRY_CUT && !drop->is_outbound)) {
		facts_set_first(&facts->drop_damaged, index);
		return;
	}
	if (drop->is_icmp) {
		if (!drop->is_outbound && facts->has_isn && drop->seq == facts->isn)
			facts_set_first(&facts->drop_icmp, index);
		return;
	}
	if (entry->flags & ENTRY_STRAY || (is_syn_out && is_returned(facts, entry))) {
		read_stray_drop(facts, drop, index);
		return;
	}
	if (!is_syn_out) {
		if (!drop->is_outbound)
			set_drop_in(facts, drop, index);
		return;
	}
	facts_learn_isn(facts, drop->seq);
	if (drop_is_neighbour_failure(drop))
		facts_set_first(&facts->neighbour_failed, index);
	/* A VRF's device for its own addresses brings in what it is given, as loopback does. */
	if ((facts->is_on_loopback || facts->is_target_local) && facts->syn_count)
		set_drop_self(facts, index);
	else
		facts_set_first(&facts->drop_out, index);
}

/* How many of these answers were dropped before that entry? */
static unsigned count_refused(const struct facts *facts, uint8_t flags, int before)
{
	unsigned count = 0;

	for (int i = 0; i < before; i++) {
		const struct entry *entry = entry_at(facts, i);

		if (entry->kind == EVENT_DROP &&
		    !(entry->flags & (ENTRY_DAMAGED | ENTRY_CUT | ENTRY_STRAY)) &&
		    !entry->drop.is_outbound && !entry->drop.is_icmp &&
		    entry->drop.flags == flags && is_right_answer(facts, &entry->drop))
			count += entry->count;
	}
	return count;
}

/*
 * The SYN-ACK that made the socket ESTABLISHED is the answer: those before it were dropped here, or
 * it would not have been in SYN_SENT any more. The last one it is at most, for the drops' repeats
 * are folded and may be later.
 */
void facts_pass_over_refused(struct facts *facts)
{
	unsigned refused;

	if (facts->syn_ack == NO_ENTRY || facts->established == NO_ENTRY)
		return;
	refused = count_refused(facts, entry_at(facts, facts->syn_ack)->tcp.flags,
				facts->established) +
		  facts->attempt->left_out_refused;
	if (refused)
		facts->syn_ack_refused = facts->syn_ack;
	for (int i = facts->syn_ack + 1; refused && i < facts->established; i++) {
		const struct entry *entry = entry_at(facts, i);

		if (entry->kind != EVENT_RECEIVE ||
		    entry->flags & (ENTRY_ICMP | ENTRY_DAMAGED | ENTRY_CUT | ENTRY_STRAY) ||
		    is_seen_before(facts, entry, i) ||
		    !is_same_answer(&entry->tcp, &entry_at(facts, facts->syn_ack)->tcp))
			continue;
		facts->syn_ack = i;
		refused--;
	}
}

/* Our ACK tells the number that the SYN-ACK had. */
static bool is_acknowledged(const struct facts *facts, uint32_t seq)
{
	for (int i = 0; i < facts->attempt->entry_count; i++) {
		const struct entry *entry = entry_at(facts, i);

		if (entry->kind == EVENT_XMIT && !(entry->flags & ENTRY_ICMP) &&
		    entry->time_ns <= facts->until_ns &&
		    (entry->tcp.flags & (TCP_FLAG_SYN | TCP_FLAG_ACK)) == TCP_FLAG_ACK &&
		    entry->tcp.ack == seq + 1)
			return true;
	}
	return false;
}

/*
 * The first fragment may have no more than ports and numbers in it. The socket, which was given the
 * whole, became ESTABLISHED by it and acknowledged its number, or accepted it as a RST: that takes
 * a right acknowledgement (RFC 9293, section 3.10.7.3).
 */
void facts_take_pieces(struct facts *facts)
{
	bool is_reset = facts->established == NO_ENTRY && facts->reset == NO_ENTRY &&
			facts->reset_received > facts->unreadable;
	bool is_syn_ack = facts->syn_ack == NO_ENTRY && facts->established > facts->unreadable;

	if (facts->unreadable == NO_ENTRY || entry_at(facts, facts->unreadable)->flags & ENTRY_ICMP)
		return;
	if (is_syn_ack && is_acknowledged(facts, entry_at(facts, facts->unreadable)->tcp.seq))
		facts->syn_ack = facts->unreadable;
	else if (is_reset)
		facts->reset = facts->unreadable;
	else
		return;
	facts->unreadable = NO_ENTRY;
	facts->answer_count++;
	facts->doubtful_count -= facts->doubtful_count > 0;
}

/* Copies for error queues and raw sockets are dropped too, but then the socket got the error. */
void facts_pass_over_unheard(struct facts *facts)
{
	const struct icmp_entry *icmp =
		facts->icmp == NO_ENTRY ? NULL : &entry_at(facts, facts->icmp)->icmp;

	if (!icmp || facts->drop_icmp == NO_ENTRY || facts->error_report != NO_ENTRY ||
	    !icmp_meaning(facts->attempt->requested.family, icmp->type, icmp->code))
		return;
	facts_set_first(&facts->stray_icmp, facts->icmp);
	facts->icmp = NO_ENTRY;
	facts->answer_count--;
	facts->doubtful_count++;
}
