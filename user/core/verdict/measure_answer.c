// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which packet it is, which SYN it answers, and who else may have sent it. */
#include "user/core/verdict/measure_answer.h"

#include <string.h>

#include "user/core/verdict/pairing.h"

static int deciding_answer(const struct facts *facts, const struct verdict *verdict)
{
	const int candidates[] = {facts->syn_ack, facts->crossing_ack, facts->reset,
				  facts->icmp,	  facts->stray,	       facts->stray_icmp,
				  facts->invalid, facts->damaged,      facts->unreadable};
	int first = NO_ENTRY;

	for (size_t i = 0; i < sizeof(candidates) / sizeof(candidates[0]); i++) {
		for (unsigned k = 0; k < verdict->evidence_count; k++)
			if (candidates[i] != NO_ENTRY && verdict->evidence[k] == candidates[i])
				return candidates[i];
		if (candidates[i] != NO_ENTRY && (first == NO_ENTRY || candidates[i] < first))
			first = candidates[i];
	}
	return first;
}

/* What came in pieces has no flags of its own. */
static enum answer_kind classify_answer(const struct facts *facts, int index)
{
	const struct entry *entry = entry_at(facts, index);
	uint8_t flags = entry->tcp.flags;

	if (entry->flags & ENTRY_CUT && index == facts->syn_ack)
		return ANSWER_SYN_ACK;
	if (entry->flags & ENTRY_CUT && index == facts->reset)
		return ANSWER_RST;

	if (entry->flags & ENTRY_ICMP)
		return ANSWER_ICMP;
	if (flags & TCP_FLAG_RST)
		return ANSWER_RST;
	if (flags & TCP_FLAG_SYN)
		return flags & TCP_FLAG_ACK ? ANSWER_SYN_ACK : ANSWER_SYN;
	return flags & TCP_FLAG_ACK ? ANSWER_ACK : ANSWER_OTHER;
}

static void set_sender(const struct attempt *attempt, uint8_t sender, struct address *ret_address)
{
	const struct address *address = attempt_sender(attempt, sender);

	if (!address)
		return;
	*ret_address = *address;
	ret_address->port = 0;
}

void measure_answer(const struct facts *facts, struct verdict *verdict)
{
	const struct attempt *attempt = facts->attempt;
	int index = deciding_answer(facts, verdict);
	const struct entry *entry;

	verdict->answer = ANSWER_NONE;
	verdict->answer_entry = (int8_t)index;
	if (index == NO_ENTRY)
		return;
	entry = entry_at(facts, index);
	verdict->answer = classify_answer(facts, index);
	if (verdict->answer == ANSWER_ICMP) {
		verdict->answer_from = address_make(attempt->requested.family, entry->icmp.from, 0);
	} else {
		set_sender(attempt, entry->tcp.sender, &verdict->answer_from);
	}
}

/* Dropped by a policy of this host, not by TCP, nor for damage: it was the answer all the same. */
static bool is_sound_refusal(const struct facts *facts)
{
	return facts->syn_ack_refused != NO_ENTRY && facts->bad_checksum == NO_ENTRY &&
	       facts_is_policy_drop(facts, facts->drop_in);
}

/*
 * Of answers that were dropped the first one may tell more than the one that got through: when it
 * came no more than one SYN was out. That it was dropped says nothing of how far away it was
 * sent.
 */
static void pair_answer(const struct facts *facts, const struct verdict *verdict,
			struct pairing *ret_pairing)
{
	struct pairing first;

	facts_pair(facts, verdict->answer_entry, ret_pairing);
	if (ret_pairing->syn != NO_ENTRY || verdict->answer_entry != facts->syn_ack ||
	    !is_sound_refusal(facts))
		return;
	facts_pair(facts, facts->syn_ack_refused, &first);
	if (first.syn != NO_ENTRY)
		*ret_pairing = first;
}

/* Returns the answered SYN's entry, or NO_ENTRY when that is not certain. */
int measure_rtt(const struct facts *facts, struct verdict *verdict)
{
	struct pairing pairing;

	verdict->rtt_ns = TIME_UNKNOWN_NS;
	/*
	 * With events lost a SYN or an earlier answer may be missing; a wrong answer answers no SYN
	 * of ours, a bare ACK our SYN-ACK, and one from elsewhere took another way; what this host
	 * itself says of it was never on the wire; and what came before an attempt was given up has
	 * not been judged: it may be damaged.
	 */
	if (verdict->answer_entry == NO_ENTRY || !verdict->is_complete ||
	    verdict->answer_entry == facts->invalid ||
	    verdict->answer_entry == facts->crossing_ack || verdict->answer_entry == facts->stray ||
	    verdict->answer_entry == facts->stray_icmp || verdict->answer_entry == facts->damaged ||
	    verdict->answer_entry == facts->unreadable ||
	    verdict_has(verdict, VERDICT_IS_FORGED_HERE) || verdict->status == STATUS_ABORTED)
		return NO_ENTRY;
	pair_answer(facts, verdict, &pairing);
	/* Rules cite the first SYN; where the answered one is known, that is the evidence. */
	for (unsigned i = 0; pairing.syn != NO_ENTRY && i < verdict->evidence_count; i++)
		if (verdict->evidence[i] == facts->syns[0])
			verdict->evidence[i] = (int8_t)pairing.syn;
	verdict->rtt_ns = pairing.rtt_ns;
	verdict->rtt_candidate_count = pairing.candidate_count;
	memcpy(verdict->rtt_candidates_ns, pairing.candidates_ns, sizeof(pairing.candidates_ns));
	if (pairing.candidate_count)
		verdict->notes |= NOTE_RTT_AMBIGUOUS;
	return pairing.syn;
}

static bool asks_for_ecn(const struct entry *syn)
{
	const uint8_t both = TCP_FLAG_ECE | TCP_FLAG_CWR;

	return (syn->tcp.flags & both) == both;
}

/*
 * RFC 3168, section 6.1.1.1: a SYN that asks for ECN goes unanswered, and one that does not is
 * answered. The first may just as well have been lost; so it takes a certain pairing to say even
 * that much.
 */
static bool is_ecn_black_hole(const struct facts *facts, const struct verdict *verdict)
{
	struct pairing pairing;

	if (verdict->answer_entry == NO_ENTRY || facts->syn_repeats ||
	    facts->syn_count > FACTS_MAX_SYNS)
		return false;
	facts_pair(facts, verdict->answer_entry, &pairing);
	if (pairing.syn == NO_ENTRY || pairing.syn == facts->syns[0] ||
	    asks_for_ecn(entry_at(facts, pairing.syn)))
		return false;
	for (unsigned i = 0; i < facts->syn_count && facts->syns[i] != pairing.syn; i++)
		if (!asks_for_ecn(entry_at(facts, facts->syns[i])))
			return false;
	return true;
}

/* A SYN proxy does not know the server's window yet: the client waits (nf_synproxy_core.c). */
static bool is_without_window(const struct facts *facts, const struct verdict *verdict)
{
	return verdict->answer == ANSWER_SYN_ACK && verdict->answer_entry != NO_ENTRY &&
	       !(entry_at(facts, verdict->answer_entry)->flags & ENTRY_CUT) &&
	       entry_at(facts, verdict->answer_entry)->tcp.window == 0;
}

void measure_suspicions(const struct facts *facts, struct verdict *verdict)
{
	if (verdict->status != STATUS_OPEN && verdict->status != STATUS_CLOSED)
		return;
	if (is_without_window(facts, verdict))
		verdict->notes |= NOTE_SUSPECTED_SYN_PROXY;
	if (is_ecn_black_hole(facts, verdict))
		verdict->notes |= NOTE_SUSPECTED_ECN_BLACK_HOLE;
}
