// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Marked where it came in. */
#include "user/core/attempt/attempt_damage.h"

/* The kernel drops what it has just received, in the same interrupt or on another processor. */
#define DAMAGE_NS (5 * MILLISECOND_NS)

/* What has no flags was cut before them. */
static bool is_same(const struct entry *received, const struct entry *end)
{
	const struct drop_entry *drop = &end->drop;

	if (received->kind != EVENT_RECEIVE || received->time_ns > end->time_ns ||
	    end->time_ns - received->time_ns > DAMAGE_NS ||
	    (received->flags & ENTRY_ICMP) != (drop->is_icmp ? ENTRY_ICMP : 0))
		return false;
	if (drop->is_icmp)
		return received->icmp.seq == drop->seq;
	return received->tcp.seq == drop->seq &&
	       (end->flags & ENTRY_CUT ||
		(received->tcp.flags == drop->flags && received->tcp.ack == drop->ack));
}

/* Once at each device: a bridge shows it at several. */
void attempt_mark_damage(struct attempt *attempt, const struct entry *drop)
{
	uint32_t first = 0;

	for (unsigned i = attempt->entry_count; i-- > 0;) {
		struct entry *entry = &attempt->entries[i];

		if (entry->flags & ENTRY_DAMAGED || !is_same(entry, drop))
			continue;
		if (entry->ifindex == first)
			return;
		entry->flags |= ENTRY_DAMAGED;
		first = first ? first : entry->ifindex;
	}
}
