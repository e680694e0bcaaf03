// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The last ones, by a hash of the host. */
#include "user/core/correlate/ttl_memory.h"

#include <string.h>

/* FNV-1a */
static unsigned place_of(const struct address *host, uint32_t netns)
{
	uint32_t hash = 2166136261u ^ netns;

	for (size_t i = 0; i < sizeof(host->bytes); i++)
		hash = (hash ^ host->bytes[i]) * 16777619u;
	return (hash ^ hash >> 16) % TTL_MEMORY_HOSTS;
}

void ttl_suspect(struct ttl_memory *memory, const struct attempt *attempt, struct verdict *verdict)
{
	unsigned place = place_of(&verdict->answer_from, attempt->netns);
	bool is_open = verdict->status == STATUS_OPEN && verdict->answer == ANSWER_SYN_ACK;
	const struct entry *answer;
	uint8_t other;

	if ((!is_open && verdict->status != STATUS_CLOSED) || verdict->answer_entry == NO_ENTRY)
		return;
	answer = &attempt->entries[verdict->answer_entry];
	if (!address_equal(&memory->hosts[place].host, &verdict->answer_from) ||
	    memory->hosts[place].netns != attempt->netns ||
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
