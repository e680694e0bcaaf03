// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Who else may be speaking? */
#include "user/core/verdict/suspect.h"

#include <string.h>

#include "user/base/hash.h"
#include "user/core/verdict/pairing.h"

static bool asks_for_ecn(const struct entry *syn)
{
	const uint8_t both = TCP_FLAG_ECE | TCP_FLAG_CWR;

	return (syn->tcp.flags & both) == both;
}

/*
 * RFC 3168, section 6.1.1.1: a SYN that asks for ECN goes unanswered, and one that does not is answered. The first may just as well have been lost; so it takes
 * a certain pairing to say even that much.
 */
static bool is_ecn_black_hole(const struct facts *facts, const struct verdict *verdict)
{
	struct pairing pairing;

	if (verdict->answer_entry == NO_ENTRY || facts->syn_repeats || facts->syn_count > FACTS_MAX_SYNS)
		return false;
	facts_pair(facts, verdict->answer_entry, &pairing);
	if (pairing.syn == NO_ENTRY || pairing.syn == facts->syns[0] || asks_for_ecn(entry_at(facts, pairing.syn)))
		return false;
	for (unsigned i = 0; i < facts->syn_count && facts->syns[i] != pairing.syn; i++)
		if (!asks_for_ecn(entry_at(facts, facts->syns[i])))
			return false;
	return true;
}

/* Who answers in a server's place cannot know its window yet, and keeps the client from sending until it does (nf_synproxy_core.c). */
static bool is_without_window(const struct facts *facts, const struct verdict *verdict)
{
	return verdict->answer == ANSWER_SYN_ACK && verdict->answer_entry != NO_ENTRY &&
	       !(entry_at(facts, verdict->answer_entry)->flags & ENTRY_CUT) && entry_at(facts, verdict->answer_entry)->tcp.window == 0;
}

void suspect_attempt(const struct facts *facts, struct verdict *verdict)
{
	if (verdict->status != STATUS_OPEN && verdict->status != STATUS_CLOSED)
		return;
	if (is_without_window(facts, verdict))
		verdict->notes |= NOTE_SUSPECTED_SYN_PROXY;
	if (is_ecn_black_hole(facts, verdict))
		verdict->notes |= NOTE_SUSPECTED_ECN_BLACK_HOLE;
}

static unsigned place_of(const struct address *host, uint32_t netns)
{
	uint32_t hash = hash_bytes(HASH_START ^ netns, host->bytes, sizeof(host->bytes));

	return (hash ^ hash >> 16) % TTL_MEMORY_HOSTS;
}

void suspect_by_ttl(struct ttl_memory *memory, const struct attempt *attempt, struct verdict *verdict)
{
	unsigned place = place_of(&verdict->answer_from, attempt->netns);
	bool is_open = verdict->status == STATUS_OPEN && verdict->answer == ANSWER_SYN_ACK;
	const struct entry *answer;
	uint8_t other;

	if ((!is_open && verdict->status != STATUS_CLOSED) || verdict->answer_entry == NO_ENTRY)
		return;
	answer = &attempt->entries[verdict->answer_entry];
	if (!address_equal(&memory->hosts[place].host, &verdict->answer_from) || memory->hosts[place].netns != attempt->netns ||
	    memory->hosts[place].ifindex != answer->ifindex) {
		memset(&memory->hosts[place], 0, sizeof(memory->hosts[place]));
		memory->hosts[place].host = verdict->answer_from;
		memory->hosts[place].netns = attempt->netns;
		memory->hosts[place].ifindex = answer->ifindex;
	}
	other = is_open ? memory->hosts[place].rst : memory->hosts[place].syn_ack;
	*(is_open ? &memory->hosts[place].syn_ack : &memory->hosts[place].rst) = answer->tcp.ttl;
	if (!other || other == answer->tcp.ttl)
		return;
	verdict->other_ttl = other;
	verdict->notes |= is_open ? NOTE_SUSPECTED_SYN_PROXY : NOTE_SUSPECTED_MIDDLEBOX;
}
