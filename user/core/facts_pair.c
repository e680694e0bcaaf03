// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which SYN was answered? */
#include "user/core/facts_parts.h"

/* Linux repeats a SYN-ACK after 1 s by its own timer; clocks and queues get a tenth. */
#define CERTAIN_WITHIN_NS 900000000ull

/* The SYN that the answer's own words point to, as an index into syns[]; -1 when it says nothing, or fits several or none. */
static int echoed_syn(const struct facts *facts, const struct entry *answer, unsigned count)
{
	bool is_icmp = answer->flags & ENTRY_ICMP;
	uint32_t echo = is_icmp ? answer->icmp.tsval : answer->tcp.tsecr;
	int found = -1;

	if (!is_icmp && !(answer->tcp.options & TCP_HAS_TIMESTAMPS))
		return -1;
	for (unsigned i = 0; i < count; i++) {
		const struct tcp_entry *syn = &entry_at(facts, facts->syns[i])->tcp;
		bool is_by_stamp = echo && syn->options & TCP_HAS_TIMESTAMPS;

		if (is_by_stamp ? syn->tsval != echo : (!is_icmp || !answer->icmp.ip_id || syn->ip_id != answer->icmp.ip_id))
			continue;
		if (found >= 0)
			return -1;
		found = (int)i;
	}
	return found;
}

/* Did each SYN that may be meant leave at a time we know? */
static bool are_all_listed(const struct facts *facts, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (entry_at(facts, facts->syns[i])->count > 1)
			return false;
	return facts->syn_count <= FACTS_MAX_SYNS;
}

static void list_candidates(const struct facts *facts, uint64_t answer_ns, unsigned first, unsigned count, struct pairing *pairing)
{
	for (unsigned i = count; i-- > first && pairing->candidate_count < VERDICT_MAX_CANDIDATES;)
		pairing->candidates_ns[pairing->candidate_count++] = answer_ns - entry_at(facts, facts->syns[i])->time_ns;
}

void facts_pair(const struct facts *facts, int answer, struct pairing *ret_pairing)
{
	const struct entry *packet = entry_at(facts, answer);
	struct pairing pairing = {.syn = NO_ENTRY, .rtt_ns = TIME_UNKNOWN_NS};
	unsigned count = 0;
	uint64_t since_last_ns;
	int echoed;

	while (count < facts->syn_count && count < FACTS_MAX_SYNS && entry_at(facts, facts->syns[count])->time_ns <= packet->time_ns)
		count++;
	*ret_pairing = pairing;
	if (!count || !are_all_listed(facts, count))
		return;
	echoed = echoed_syn(facts, packet, count);
	since_last_ns = packet->time_ns - entry_at(facts, facts->syns[count - 1])->time_ns;
	/* An ICMP error is made from the very packet it quotes, and nobody repeats it by a timer. */
	if (packet->flags & ENTRY_ICMP && (echoed >= 0 || count == 1)) {
		pairing.syn = facts->syns[echoed >= 0 ? echoed : 0];
	} else if (since_last_ns < CERTAIN_WITHIN_NS && (count == 1 || echoed == (int)count - 1)) {
		pairing.syn = facts->syns[count - 1];
	}
	if (pairing.syn != NO_ENTRY)
		pairing.rtt_ns = packet->time_ns - entry_at(facts, pairing.syn)->time_ns;
	else
		list_candidates(facts, packet->time_ns, echoed > 0 ? (unsigned)echoed : 0, count, &pairing);
	*ret_pairing = pairing;
}
