// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Rewritten addresses, suspicions (called so, with what they rest on), and what came later. */
#include "user/words/explain_notes.h"

static void say_rewritten(struct sentence *s, const struct verdict *verdict)
{
	/* The sentence of a redirect names it already. */
	if (verdict->notes & NOTE_REWRITTEN_TO && !verdict_has(verdict, VERDICT_ENDS_HERE))
		sentence_address(sentence_add(s, "; on the wire it went to "),
				 &verdict->wire_destination);
	if (verdict->notes & NOTE_SOURCE_REWRITTEN)
		sentence_address(sentence_add(s, "; on the wire it came from "),
				 &verdict->wire_source);
}

static void say_proxy(struct sentence *s, const struct judgement *j)
{
	const struct entry *answer = judgement_answer(j);

	sentence_add(s, "; suspicious: ");
	if (answer && answer->tcp.window == 0)
		sentence_add(s, "the SYN-ACK has a window of 0");
	if (answer && answer->tcp.window == 0 && j->verdict->other_ttl)
		sentence_add(s, " and ");
	if (answer && j->verdict->other_ttl)
		sentence_add(s, "%s ttl %u where a RST of this host had %u",
			     answer->tcp.window == 0 ? "its" : "the SYN-ACK has", answer->tcp.ttl,
			     j->verdict->other_ttl);
	sentence_add(s, ", so a SYN proxy may answer in the server's place");
}

static void say_middlebox(struct sentence *s, const struct judgement *j)
{
	const struct entry *answer = judgement_answer(j);

	if (answer)
		sentence_add(s,
			     "; suspicious: the RST has ttl %u where a SYN-ACK of this host had "
			     "%u, so something on the way may have sent it",
			     answer->tcp.ttl, j->verdict->other_ttl);
}

void explain_notes(struct sentence *s, const struct judgement *j)
{
	say_rewritten(s, j->verdict);
	/* Where it is a contradiction, it is said as one. */
	if (j->verdict->notes & NOTE_NEVER_ASKED && j->verdict->app_agrees)
		sentence_add(s, "; the program never asked how it went");
	if (j->verdict->notes & NOTE_NOT_YET)
		sentence_add(s, "; the program gave up when all it had been told was to wait");
	if (j->verdict->notes & NOTE_SIMULTANEOUS_OPEN)
		sentence_add(s, "; a SYN of the other end crossed ours");
	if (j->verdict->notes & NOTE_FRAGMENTATION_NEEDED)
		sentence_add(s, "; a router asked for smaller packets");
	if (j->verdict->notes & NOTE_SUSPECTED_SYN_PROXY)
		say_proxy(s, j);
	if (j->verdict->notes & NOTE_SUSPECTED_MIDDLEBOX)
		say_middlebox(s, j);
	if (j->verdict->notes & NOTE_SUSPECTED_ECN_BLACK_HOLE)
		sentence_add(s, "; suspicious: what asked for ECN went unanswered and what did not "
				"was answered, so something on the way may "
				"drop SYNs with ECN");
}

/* When the RST differs so, one of the two may not be its own. */
static void say_reset_ttl(struct sentence *s, const struct judgement *j)
{
	const struct entry *entries = j->attempt->entries;
	uint8_t ttl;

	if (j->facts->syn_ack == NO_ENTRY)
		return;
	ttl = entries[j->facts->syn_ack].tcp.ttl;
	for (int i = j->amendment->evidence - 1; i >= 0; i--) {
		const struct entry *entry = &entries[i];

		if (entry->kind != EVENT_RECEIVE || entry->flags & ENTRY_ICMP ||
		    !(entry->tcp.flags & TCP_FLAG_RST))
			continue;
		if (entry->tcp.ttl != ttl)
			sentence_add(s,
				     ", with ttl %u where the SYN-ACK had %u: perhaps one of them "
				     "is not its own",
				     entry->tcp.ttl, ttl);
		return;
	}
}

char *explain_amendment(const struct judgement *j, char *text)
{
	const struct amendment *amendment = j->amendment;
	struct sentence s = sentence_start(text, EXPLAIN_MAX);

	sentence_add(&s, "after ");
	sentence_seconds(&s, amendment->after_ns);
	switch (amendment->kind) {
	case AMENDMENT_NOT_ACCEPTED:
		sentence_add(&s, " its SYN-ACK was repeated: the server has not accepted the "
				 "connection (its queue is full, or it waits for data: "
				 "TCP_DEFER_ACCEPT, with a single repeat), or our ACK was lost");
		break;
	case AMENDMENT_RESET_LOST:
		sentence_add(&s, " its SYN-ACK was repeated, though this host had reset the "
				 "connection: the RST was lost, or is dropped on the way");
		break;
	case AMENDMENT_RESET_BY_PEER:
		sentence_add(&s, " the peer reset the connection");
		say_reset_ttl(&s, j);
		break;
	case AMENDMENT_RESET_LOCALLY:
		sentence_add(&s, " this host reset the connection itself, over loopback: a rule "
				 "rejects what follows the handshake");
		break;
	case AMENDMENT_CLOSED_BY_PEER:
		sentence_add(&s, " the peer closed the connection");
		break;
	case AMENDMENT_SUSPECTED_SYN_PROXY:
		sentence_add(&s,
			     " a packet came with ttl %u: suspicious, for the SYN-ACK had another "
			     "one, so a SYN proxy may have answered in the "
			     "server's place",
			     j->attempt->entries[amendment->evidence].tcp.ttl);
		break;
	case AMENDMENT_LATE_ANSWER:
		sentence_add(&s, " an answer came after all, too late for this verdict");
		break;
	case AMENDMENT_COUNT:
		break;
	}
	return text;
}
