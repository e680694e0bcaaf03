// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Late evidence, entry by entry. */
#include "user/core/verdict/amend.h"

/* From the first SYN to the answer that made the socket ESTABLISHED: no round trip takes longer. */
static uint64_t round_trip_ns(const struct facts *facts)
{
	const struct entry *entries = facts->attempt->entries;

	return facts->syn_ack != NO_ENTRY && facts->syn_count
		       ? entries[facts->syn_ack].time_ns - entries[facts->syns[0]].time_ns
		       : 0;
}

/*
 * One that comes sooner is the network's copy, or the answer to another of our SYNs.
 *
 * When, at the earliest, a SYN-ACK can only be a repeat that the server made though what we had
 * sent at sent_ns should have reached it: it has to get there, and the SYN-ACK to come here. With
 * several SYNs the last one's own answer may still be under way.
 */
static uint64_t repeated_from_ns(const struct facts *facts, uint64_t sent_ns)
{
	const struct entry *entries = facts->attempt->entries;
	unsigned count = facts->syn_count < FACTS_MAX_SYNS ? facts->syn_count : FACTS_MAX_SYNS;
	uint64_t last_ns = count ? entries[facts->syns[count - 1]].time_ns : 0,
		 established_ns = entries[facts->established].time_ns;
	uint64_t from_ns = established_ns + REPEAT_EARLIEST_NS, round_trip = round_trip_ns(facts);

	if (count > 1 && from_ns < last_ns + round_trip + REPEAT_EARLIEST_NS)
		from_ns = last_ns + round_trip + REPEAT_EARLIEST_NS;
	return from_ns > sent_ns + round_trip ? from_ns : sent_ns + round_trip;
}

/* Our own RST, which ended the connection; UINT64_MAX: none was sent. */
static uint64_t reset_ns(const struct facts *facts)
{
	const struct entry *entries = facts->attempt->entries;

	for (int i = facts->established; i < facts->attempt->entry_count; i++)
		if (entries[i].kind == EVENT_XMIT && entries[i].flags & ENTRY_OWN &&
		    !(entries[i].flags & ENTRY_ICMP) && entries[i].tcp.flags & TCP_FLAG_RST)
			return entries[i].time_ns;
	return UINT64_MAX;
}

/* Of the peer, that is, which the socket may have taken. */
#define NO_SEGMENT (ENTRY_ICMP | ENTRY_STRAY | ENTRY_DAMAGED | ENTRY_CUT)

static bool is_syn_ack(const struct facts *facts, const struct entry *entry)
{
	const uint8_t both = TCP_FLAG_SYN | TCP_FLAG_ACK;

	return entry->kind == EVENT_RECEIVE && !(entry->flags & NO_SEGMENT) &&
	       (entry->tcp.flags & (both | TCP_FLAG_RST)) == both &&
	       facts_is_acknowledged(facts, entry->tcp.ack);
}

static bool is_repeated(const struct facts *facts, const struct entry *syn_ack, uint64_t sent_ns)
{
	return syn_ack->time_ns >= repeated_from_ns(facts, sent_ns);
}

/* A server that has our RST repeats nothing; an earlier repeat says nothing. */
static enum amendment_kind classify_repeat(const struct facts *facts, const struct entry *syn_ack)
{
	uint64_t sent_ns = reset_ns(facts);

	if (sent_ns >= syn_ack->time_ns)
		return AMENDMENT_NOT_ACCEPTED;
	return is_repeated(facts, syn_ack, sent_ns) ? AMENDMENT_RESET_LOST : 0;
}

/* A RST, which any host may send, is told of by itself when the socket takes it. */
static bool is_of_another_ttl(const struct facts *facts, const struct entry *entry)
{
	return facts->syn_ack != NO_ENTRY && entry->kind == EVENT_RECEIVE &&
	       !(entry->flags & NO_SEGMENT) && !(entry->tcp.flags & TCP_FLAG_RST) &&
	       entry->tcp.ttl != facts->attempt->entries[facts->syn_ack].tcp.ttl;
}

/* The RST that the socket took came from this host, though its SYN-ACK did not. */
static bool is_forged_here(const struct facts *facts, const struct entry *reset_received)
{
	const struct entry *entries = facts->attempt->entries;

	if (facts->syn_ack == NO_ENTRY || entries[facts->syn_ack].flags & ENTRY_LOOPBACK)
		return false;
	for (const struct entry *entry = reset_received; entry-- > entries;)
		if (entry->kind == EVENT_RECEIVE && !(entry->flags & ENTRY_ICMP) &&
		    entry->tcp.flags & TCP_FLAG_RST)
			return entry->flags & ENTRY_LOOPBACK;
	return false;
}

/* The peer's RST or FIN counts only when the socket took it: it may be outside of the window. */
static enum amendment_kind classify_open(const struct facts *facts, const struct entry *entry)
{
	if (entry->kind == EVENT_RESET_RECEIVED)
		return is_forged_here(facts, entry) ? AMENDMENT_RESET_LOCALLY
						    : AMENDMENT_RESET_BY_PEER;
	if (entry->kind == EVENT_STATE && entry->state.new_state == TCP_STATE_CLOSE_WAIT)
		return AMENDMENT_CLOSED_BY_PEER;
	if (is_syn_ack(facts, entry) &&
	    is_repeated(facts, entry, facts->attempt->entries[facts->established].time_ns))
		return classify_repeat(facts, entry);
	return is_of_another_ttl(facts, entry) ? AMENDMENT_SUSPECTED_SYN_PROXY : 0;
}

/* After silence or a refusal an answer. A SYN-ACK dropped here is repeated in any case. */
static enum amendment_kind classify_other(const struct facts *facts, const struct verdict *verdict,
					  const struct entry *entry)
{
	if (verdict->answer != ANSWER_SYN_ACK && is_syn_ack(facts, entry))
		return AMENDMENT_LATE_ANSWER;
	if (verdict->answer == ANSWER_NONE && entry->kind == EVENT_RECEIVE &&
	    !(entry->flags & NO_SEGMENT) && entry->tcp.flags & TCP_FLAG_RST &&
	    entry->tcp.flags & TCP_FLAG_ACK && facts_is_acknowledged(facts, entry->tcp.ack))
		return AMENDMENT_LATE_ANSWER;
	return 0;
}

static enum amendment_kind classify(const struct facts *facts, const struct verdict *verdict,
				    const struct entry *entry)
{
	if (verdict->status == STATUS_OPEN)
		return facts->established != NO_ENTRY ? classify_open(facts, entry) : 0;
	/* Whatever comes then comes from this host. */
	if (verdict_has(verdict, VERDICT_ENDS_HERE))
		return 0;
	return classify_other(facts, verdict, entry);
}

/*
 * Up to when the verdict has taken all into account. An open one rests on the handshake alone: the
 * peer may hang up before it is spoken. And of our own probes nothing counts that came after the
 * deadline.
 */
static uint64_t known_until_ns(const struct facts *facts, const struct verdict *verdict)
{
	const struct entry *entries = facts->attempt->entries;

	if (verdict->status == STATUS_OPEN && facts->established != NO_ENTRY)
		return entries[facts->established].time_ns;
	if (facts->attempt->is_ours && facts->deadline != NO_ENTRY &&
	    entries[facts->deadline].time_ns < verdict->time_ns)
		return entries[facts->deadline].time_ns;
	return verdict->time_ns;
}

bool amend_find(const struct facts *facts, const struct verdict *verdict, uint32_t said,
		struct amendment *ret_amendment)
{
	uint64_t known_ns = known_until_ns(facts, verdict);
	uint64_t spoken_ns = verdict->status == STATUS_OPEN ? verdict->time_ns : known_ns;

	for (int i = 0; i < facts->attempt->entry_count; i++) {
		const struct entry *entry = &facts->attempt->entries[i];
		enum amendment_kind kind =
			entry->time_ns > known_ns ? classify(facts, verdict, entry) : 0;

		if (!kind || said & 1u << kind)
			continue;
		*ret_amendment = (struct amendment){
			.kind = kind,
			.evidence = (int8_t)i,
			.time_ns = entry->time_ns,
			.after_ns = entry->time_ns > spoken_ns ? entry->time_ns - spoken_ns : 0,
		};
		return true;
	}
	return false;
}
