// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What a timeline says of itself. */
#include "user/core/attempt/attempt.h"

#include <string.h>

void attempt_init(struct attempt *attempt, struct attempt_key key)
{
	memset(attempt, 0, sizeof(*attempt));
	attempt->key = key;
}

const char *attempt_device_name(const struct attempt *attempt, uint32_t ifindex)
{
	for (unsigned i = 0; ifindex && i < attempt->device_count; i++)
		if (attempt->devices[i].ifindex == ifindex)
			return attempt->devices[i].name;
	return NULL;
}

const struct entry *attempt_waits_for(const struct attempt *attempt)
{
	for (unsigned i = attempt->entry_count; i-- > 0;)
		if (attempt->entries[i].kind == EVENT_NEIGHBOUR &&
		    attempt->entries[i].flags & ENTRY_OWN)
			return &attempt->entries[i];
	return NULL;
}

const struct address *attempt_sender(const struct attempt *attempt, uint8_t sender)
{
	if (!sender)
		return &attempt->wire_destination;
	return sender <= attempt->sender_count ? &attempt->senders[sender - 1] : NULL;
}

/* When a device's queue got it; UINT32_MAX of queued_ns: not seen. */
static uint64_t handed_over_ns(const struct entry *entry)
{
	bool is_known = entry->kind == EVENT_XMIT && entry->tcp.queued_ns != UINT32_MAX;

	return entry->time_ns - (is_known ? entry->tcp.queued_ns : 0);
}

/* A retransmit's own stamp tells it from the same segment that a neighbour kept waiting. */
static bool is_soon_enough(const struct entry *before, const struct entry *after)
{
	uint64_t handed_ns = handed_over_ns(after);

	return handed_ns >= before->time_ns &&
	       (after->tcp.tsval || handed_ns - before->time_ns < SAME_TRANSMISSION_NS);
}

bool entry_is_handed_on(const struct entry *before, const struct entry *after)
{
	return before->kind == EVENT_XMIT && !((before->flags | after->flags) & ENTRY_ICMP) &&
	       before->ifindex != after->ifindex && before->tcp.seq == after->tcp.seq &&
	       before->tcp.flags == after->tcp.flags && before->tcp.tsval == after->tcp.tsval &&
	       before->tcp.ip_id == after->tcp.ip_id && is_soon_enough(before, after);
}
