// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which number our SYN has, and when the handshake was complete. */
#include "user/core/attempt/handshake.h"

bool handshake_is_syn(const struct entry *entry)
{
	bool has_left = entry->kind == EVENT_QUEUE || entry->kind == EVENT_XMIT;

	return has_left && !(entry->flags & ENTRY_ICMP) && entry->tcp.flags & TCP_FLAG_SYN;
}

bool handshake_find_isn(const struct entry *entry, uint32_t *ret_isn)
{
	bool is_dropped = entry->kind == EVENT_DROP && entry->drop.is_outbound &&
			  entry->drop.flags & TCP_FLAG_SYN;

	if (entry->kind == EVENT_SOCKET_INFO && entry->info.isn) {
		*ret_isn = entry->info.isn;
		return true;
	}
	if (!is_dropped && !handshake_is_syn(entry))
		return false;
	*ret_isn = is_dropped ? entry->drop.seq : entry->tcp.seq;
	return true;
}

/* The state that the handshake leads to shows it, or one that only that state leads to. */
static bool shows_connection(const struct entry *entry)
{
	return entry->kind == EVENT_STATE && (entry->state.new_state == TCP_STATE_ESTABLISHED ||
					      entry->state.old_state == TCP_STATE_ESTABLISHED ||
					      entry->state.old_state == TCP_STATE_CLOSE_WAIT);
}

struct handshake handshake_of(const struct attempt *attempt)
{
	struct handshake handshake = {.syn_bytes = attempt->syn_bytes,
				      .established_ns = UINT64_MAX};

	for (unsigned i = 0; i < attempt->entry_count; i++) {
		const struct entry *entry = &attempt->entries[i];

		if (shows_connection(entry) && handshake.established_ns == UINT64_MAX)
			handshake.established_ns = entry->time_ns;
		if (!handshake.has_isn)
			handshake.has_isn = handshake_find_isn(entry, &handshake.isn);
	}
	return handshake;
}

bool handshake_takes_alike(const struct handshake *handshake, uint32_t ack, uint32_t other)
{
	uint32_t right = handshake->isn + 1;

	return ack == other || (handshake->has_isn && ack - right > handshake->syn_bytes &&
				other - right > handshake->syn_bytes);
}
