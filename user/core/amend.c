// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Late evidence, entry by entry. */
#include "user/core/amend.h"

#include "user/core/facts.h"

/*
 * A server repeats its SYN-ACK by its own timer, at 1 s the earliest, as long as it has not seen our ACK or cannot accept. One that comes
 * sooner is the network's copy, or the answer to another of our SYNs.
 */
#define REPEATED_AFTER_NS 900000000ull

static enum amendment_kind classify_open(const struct facts *facts, const struct entry *entry)
{
	const struct entry *established = &facts->attempt->entries[facts->established];
	uint8_t flags = entry->tcp.flags;

	if (flags & TCP_FLAG_RST)
		return AMENDMENT_RESET_BY_PEER;
	if (flags & TCP_FLAG_FIN)
		return AMENDMENT_CLOSED_BY_PEER;
	if (flags & TCP_FLAG_SYN && flags & TCP_FLAG_ACK && entry->tcp.ack == facts->isn + 1 &&
	    entry->time_ns >= established->time_ns + REPEATED_AFTER_NS)
		return AMENDMENT_NOT_ACCEPTED;
	return 0;
}

/* Silence, and then an answer after all. */
static enum amendment_kind classify_silent(const struct facts *facts, const struct entry *entry)
{
	bool is_acknowledging = entry->tcp.flags & TCP_FLAG_ACK && facts->has_isn && entry->tcp.ack == facts->isn + 1;

	return is_acknowledging && entry->tcp.flags & (TCP_FLAG_SYN | TCP_FLAG_RST) ? AMENDMENT_LATE_ANSWER : 0;
}

static enum amendment_kind classify(const struct facts *facts, const struct verdict *verdict, const struct entry *entry)
{
	if (entry->kind != EVENT_RECEIVE || entry->flags & ENTRY_ICMP)
		return 0;
	if (facts->established != NO_ENTRY && verdict->status == STATUS_OPEN)
		return classify_open(facts, entry);
	if (verdict->answer == ANSWER_NONE)
		return classify_silent(facts, entry);
	return 0;
}

/* What the verdict has not taken into account. An open one rests on the handshake alone: the peer may hang up before it is spoken. */
static bool is_after(const struct facts *facts, const struct verdict *verdict, const struct entry *entry)
{
	uint64_t known_ns = verdict->time_ns;

	if (verdict->status == STATUS_OPEN && facts->established != NO_ENTRY)
		known_ns = facts->attempt->entries[facts->established].time_ns;
	return entry->time_ns > known_ns;
}

bool amend_find(const struct attempt *attempt, const struct verdict *verdict, uint32_t said, struct amendment *ret_amendment)
{
	struct facts facts;

	facts_read(attempt, UINT64_MAX, &facts);
	for (int i = 0; i < attempt->entry_count; i++) {
		const struct entry *entry = &attempt->entries[i];
		enum amendment_kind kind = is_after(&facts, verdict, entry) ? classify(&facts, verdict, entry) : 0;

		if (!kind || said & 1u << kind)
			continue;
		*ret_amendment = (struct amendment){
			.kind = kind,
			.evidence = (int8_t)i,
			.time_ns = entry->time_ns,
			.after_ns = entry->time_ns > verdict->time_ns ? entry->time_ns - verdict->time_ns : 0,
		};
		return true;
	}
	return false;
}
