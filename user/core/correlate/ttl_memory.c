// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The last ones, by a hash of the host. */
#include "user/core/correlate/ttl_memory.h"

#include "user/base/hash.h"

static unsigned place_of(const struct address *host, uint32_t netns)
{
	uint32_t hash = hash_bytes(HASH_START ^ netns, host->bytes, sizeof(host->bytes));

	return (hash ^ hash >> 16) % TTL_MEMORY_HOSTS;
}

void ttl_suspect(struct ttl_memory *memory, const struct attempt *attempt, struct verdict *verdict)
{
	struct ttl_host *known = &memory->hosts[place_of(&verdict->answer_from, attempt->netns)];
	bool is_open = verdict->status == STATUS_OPEN && verdict->answer == ANSWER_SYN_ACK;
	const struct entry *answer;
	uint8_t other;

	if ((!is_open && verdict->status != STATUS_CLOSED) || verdict->answer_entry == NO_ENTRY)
		return;
	answer = &attempt->entries[verdict->answer_entry];
	if (!address_equal(&known->host, &verdict->answer_from) || known->netns != attempt->netns ||
	    known->ifindex != answer->ifindex)
		*known = (struct ttl_host){verdict->answer_from, attempt->netns, answer->ifindex, 0,
					   0};
	other = is_open ? known->rst : known->syn_ack;
	*(is_open ? &known->syn_ack : &known->rst) = answer->tcp.ttl;
	if (!other || other == answer->tcp.ttl)
		return;
	verdict->other_ttl = other;
	verdict->notes |= is_open ? NOTE_SUSPECTED_SYN_PROXY : NOTE_SUSPECTED_MIDDLEBOX;
}
