// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Addresses that changed on their way, and suspicions: a suspicion is called one, and says what it rests on. */
#include "user/words/explain_notes.h"

#include "user/core/verdict/facts.h"

static const struct entry *answer_entry(const struct attempt *attempt, const struct verdict *verdict)
{
	return verdict->answer_entry == NO_ENTRY ? NULL : &attempt->entries[verdict->answer_entry];
}

static void say_rewritten(struct sentence *s, const struct verdict *verdict)
{
	/* The sentence of a redirect names it already. */
	if (verdict->notes & NOTE_REWRITTEN_TO && verdict->reason != REASON_REDIRECTED_LOCAL)
		sentence_address(sentence_add(s, "; on the wire it went to "), &verdict->wire_destination);
	if (verdict->notes & NOTE_SOURCE_REWRITTEN)
		sentence_address(sentence_add(s, "; on the wire it came from "), &verdict->wire_source);
}

static void say_proxy(struct sentence *s, const struct attempt *attempt, const struct verdict *verdict)
{
	const struct entry *answer = answer_entry(attempt, verdict);

	sentence_add(s, "; suspicious: ");
	if (answer && answer->tcp.window == 0)
		sentence_add(s, "the SYN-ACK has a window of 0");
	if (answer && answer->tcp.window == 0 && verdict->other_ttl)
		sentence_add(s, " and ");
	if (answer && verdict->other_ttl)
		sentence_add(s, "%s ttl %u where a RST of this host had %u", answer->tcp.window == 0 ? "its" : "the SYN-ACK has",
			     answer->tcp.ttl, verdict->other_ttl);
	sentence_add(s, ", so a SYN proxy may answer in the server's place");
}

static void say_middlebox(struct sentence *s, const struct attempt *attempt, const struct verdict *verdict)
{
	const struct entry *answer = answer_entry(attempt, verdict);

	if (answer)
		sentence_add(
			s, "; suspicious: the RST has ttl %u where a SYN-ACK of this host had %u, so something on the way may have sent it",
			answer->tcp.ttl, verdict->other_ttl);
}

void explain_notes(struct sentence *s, const struct attempt *attempt, const struct verdict *verdict)
{
	say_rewritten(s, verdict);
	/* Where it is a contradiction, it is said as one. */
	if (verdict->notes & NOTE_NEVER_ASKED && verdict->app_agrees)
		sentence_add(s, "; the program never asked how it went");
	if (verdict->notes & NOTE_NOT_YET)
		sentence_add(s, "; the program gave up when all it had been told was to wait");
	if (verdict->notes & NOTE_SIMULTANEOUS_OPEN)
		sentence_add(s, "; a SYN of the other end crossed ours");
	if (verdict->notes & NOTE_FRAGMENTATION_NEEDED)
		sentence_add(s, "; a router asked for smaller packets");
	if (verdict->notes & NOTE_SUSPECTED_SYN_PROXY)
		say_proxy(s, attempt, verdict);
	if (verdict->notes & NOTE_SUSPECTED_MIDDLEBOX)
		say_middlebox(s, attempt, verdict);
	if (verdict->notes & NOTE_SUSPECTED_ECN_BLACK_HOLE)
		sentence_add(s,
			     "; suspicious: what asked for ECN went unanswered and what did not was answered, so something on the way may "
			     "drop SYNs with ECN");
}

void explain_reset_ttl(struct sentence *s, const struct attempt *attempt, int before)
{
	struct facts facts;
	uint8_t ttl;

	facts_read(attempt, UINT64_MAX, &facts);
	if (facts.syn_ack == NO_ENTRY)
		return;
	ttl = attempt->entries[facts.syn_ack].tcp.ttl;
	for (int i = before - 1; i >= 0; i--) {
		const struct entry *entry = &attempt->entries[i];

		if (entry->kind != EVENT_RECEIVE || entry->flags & ENTRY_ICMP || !(entry->tcp.flags & TCP_FLAG_RST))
			continue;
		if (entry->tcp.ttl != ttl)
			sentence_add(s, ", with ttl %u where the SYN-ACK had %u: perhaps one of them is not its own", entry->tcp.ttl, ttl);
		return;
	}
}
