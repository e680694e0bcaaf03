// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* By the clock and by what the answer echoes. */
#include "user/core/verdict/pairing.h"

/* The SYNs that the answer may be for, in the order of time. */
struct asked {
	int syns[FACTS_MAX_SYNS];
	unsigned count;
};

/* What left for this very host and was dropped on its way in was not answered. */
static bool is_lost_here(const struct facts *facts, int syn)
{
	const uint64_t left_ns = entry_at(facts, syn)->time_ns;

	for (int i = syn + 1; i < facts->attempt->entry_count &&
			      entry_at(facts, i)->time_ns - left_ns < SAME_TRANSMISSION_NS;
	     i++) {
		const struct entry *entry = entry_at(facts, i);

		if (entry->kind == EVENT_DROP && entry->drop.is_outbound && !entry->drop.is_icmp &&
		    entry->drop.flags & TCP_FLAG_SYN && !facts_is_refused_by_tcp(facts, i))
			return facts->is_on_loopback || facts->is_target_local;
	}
	return false;
}

static struct asked asked_before(const struct facts *facts, uint64_t time_ns)
{
	struct asked asked = {.count = 0};

	for (unsigned i = 0; i < facts->syn_count && i < FACTS_MAX_SYNS &&
			     entry_at(facts, facts->syns[i])->time_ns <= time_ns;
	     i++)
		if (!is_lost_here(facts, facts->syns[i]))
			asked.syns[asked.count++] = facts->syns[i];
	return asked;
}

/* The SYN that the answer itself points to, as an index into asked; -1: none, or several. */
static int echoed_syn(const struct facts *facts, const struct entry *answer,
		      const struct asked *asked)
{
	bool is_icmp = answer->flags & ENTRY_ICMP;
	uint32_t echo = is_icmp ? answer->icmp.tsval : answer->tcp.tsecr;
	int found = -1;

	if (!is_icmp && !(answer->tcp.options & TCP_HAS_TIMESTAMPS))
		return -1;
	for (unsigned i = 0; i < asked->count; i++) {
		const struct tcp_entry *syn = &entry_at(facts, asked->syns[i])->tcp;
		bool is_by_stamp = echo && syn->options & TCP_HAS_TIMESTAMPS;

		if (is_by_stamp
			    ? syn->tsval != echo
			    : (!is_icmp || !answer->icmp.ip_id || syn->ip_id != answer->icmp.ip_id))
			continue;
		if (found >= 0)
			return -1;
		found = (int)i;
	}
	return found;
}

/* Did each SYN that may be meant leave at a time we know? */
static bool are_all_listed(const struct facts *facts, const struct asked *asked)
{
	for (unsigned i = 0; i < asked->count; i++)
		if (entry_at(facts, asked->syns[i])->count > 1)
			return false;
	return facts->syn_count <= FACTS_MAX_SYNS;
}

static void list_candidates(const struct facts *facts, uint64_t answer_ns, unsigned first,
			    const struct asked *asked, struct pairing *pairing)
{
	for (unsigned i = asked->count;
	     i-- > first && pairing->candidate_count < VERDICT_MAX_CANDIDATES;)
		pairing->candidates_ns[pairing->candidate_count++] =
			answer_ns - entry_at(facts, asked->syns[i])->time_ns;
}

void facts_pair(const struct facts *facts, int answer, struct pairing *ret_pairing)
{
	const struct entry *packet = entry_at(facts, answer);
	struct asked asked = asked_before(facts, packet->time_ns);
	struct pairing pairing = {.syn = NO_ENTRY, .rtt_ns = TIME_UNKNOWN_NS};
	uint64_t since_last_ns;
	int echoed;

	*ret_pairing = pairing;
	if (!asked.count || !are_all_listed(facts, &asked))
		return;
	echoed = echoed_syn(facts, packet, &asked);
	since_last_ns = packet->time_ns - entry_at(facts, asked.syns[asked.count - 1])->time_ns;
	/* An ICMP error is made from the very packet it quotes, and no timer repeats it. */
	if (packet->flags & ENTRY_ICMP && (echoed >= 0 || asked.count == 1)) {
		pairing.syn = asked.syns[echoed >= 0 ? echoed : 0];
	} else if (since_last_ns < REPEAT_EARLIEST_NS &&
		   (asked.count == 1 || echoed == (int)asked.count - 1)) {
		pairing.syn = asked.syns[asked.count - 1];
	}
	if (pairing.syn != NO_ENTRY)
		pairing.rtt_ns = packet->time_ns - entry_at(facts, pairing.syn)->time_ns;
	else
		list_candidates(facts, packet->time_ns, echoed > 0 ? (unsigned)echoed : 0, &asked,
				&pairing);
	*ret_pairing = pairing;
}
