// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The roles of packets: what left, what came, what was dropped. */
#include "user/core/attempt/evidence_packet.h"

#include <string.h>

#include "user/core/attempt/drop.h"

/* ICMP errors are none here. */
void evidence_read_sent(struct roles *roles, const struct entry *entry, unsigned index)
{
	if (entry->kind != EVENT_XMIT || entry->flags & ENTRY_ICMP || handshake_is_syn(entry))
		return;
	roles_keep_first(roles, entry->tcp.flags & TCP_FLAG_RST ? ROLE_RESET_OUT : ROLE_ACK, index);
}

/* What came before the SYN is of another connection; without a known SYN it may be of ours. */
static bool may_be_about(const struct roles *roles, uint32_t seq)
{
	return !roles->handshake.has_isn || (roles->is_syn_seen && seq == roles->handshake.isn);
}

/* Likewise. */
static bool may_acknowledge(const struct roles *roles, uint32_t ack)
{
	return !roles->handshake.has_isn ||
	       (roles->is_syn_seen &&
		attempt_is_acknowledged(roles->attempt, roles->handshake.isn, ack));
}

static bool may_answer(const struct roles *roles, uint8_t flags, uint32_t ack)
{
	return flags & TCP_FLAG_ACK && flags & (TCP_FLAG_SYN | TCP_FLAG_RST) &&
	       may_acknowledge(roles, ack);
}

/* What a SYN-ACK of ours is answered with, when two SYNs have crossed. */
static bool is_bare_ack(uint8_t flags)
{
	return (flags & (TCP_FLAG_ACK | TCP_FLAG_SYN | TCP_FLAG_RST)) == TCP_FLAG_ACK;
}

/* About another connection of the same tuple it decides nothing. */
static void read_icmp(struct roles *roles, const struct entry *entry, unsigned index)
{
	const struct icmp_entry *icmp = &entry->icmp;
	bool is_note = packet_is_fragmentation_needed(roles->attempt->requested.family, icmp->type,
						      icmp->code);

	if (may_be_about(roles, icmp->seq))
		roles_keep_first(roles, is_note ? ROLE_FRAGMENTATION : ROLE_ICMP, index);
}

static bool has_other_ttl(const struct roles *roles, const struct tcp_entry *tcp)
{
	const struct entry *entries = roles->attempt->entries;

	return roles_have(roles, ROLE_SYN_ACK) &&
	       entries[roles->entries[ROLE_SYN_ACK]].tcp.ttl != tcp->ttl;
}

static void read_early(struct roles *roles, const struct tcp_entry *tcp, unsigned index)
{
	bool is_own_syn =
		(tcp->flags & (TCP_FLAG_SYN | TCP_FLAG_ACK | TCP_FLAG_RST)) == TCP_FLAG_SYN &&
		roles->is_syn_seen && tcp->seq == roles->handshake.isn;

	if (is_bare_ack(tcp->flags) && may_acknowledge(roles, tcp->ack))
		roles_keep_first(roles, ROLE_CROSSING_ACK, index);
	if (may_answer(roles, tcp->flags, tcp->ack) && !(tcp->flags & TCP_FLAG_RST))
		roles_keep_last(roles, ROLE_SYN_ACK_LAST, index);
	else if (!may_answer(roles, tcp->flags, tcp->ack) && !is_own_syn)
		roles_keep_first(roles, ROLE_INVALID, index);
}

static void read_late(struct roles *roles, const struct tcp_entry *tcp, unsigned index)
{
	if (tcp->flags & TCP_FLAG_RST)
		return;
	if (may_answer(roles, tcp->flags, tcp->ack))
		roles_keep_last(roles, ROLE_SYN_ACK_AGAIN, index);
	if (has_other_ttl(roles, tcp))
		roles_keep_first(roles, ROLE_OTHER_TTL, index);
}

static void read_stray(struct roles *roles, const struct entry *entry, unsigned index)
{
	if (entry->flags & ENTRY_ICMP)
		roles_keep_first(roles, ROLE_STRAY_ICMP, index);
	else
		roles_keep_first(
			roles, entry->tcp.flags & TCP_FLAG_ACK ? ROLE_STRAY : ROLE_RETURNED, index);
}

void evidence_read_received(struct roles *roles, const struct entry *entry, unsigned index)
{
	const struct tcp_entry *tcp = &entry->tcp;

	if (entry->flags & (ENTRY_DAMAGED | ENTRY_CUT)) {
		roles_keep_first(roles,
				 entry->flags & ENTRY_DAMAGED ? ROLE_DAMAGED : ROLE_UNREADABLE,
				 index);
		return;
	}
	if (entry->flags & ENTRY_STRAY) {
		read_stray(roles, entry, index);
		return;
	}
	if (entry->flags & ENTRY_ICMP) {
		read_icmp(roles, entry, index);
		return;
	}
	if (may_answer(roles, tcp->flags, tcp->ack))
		roles_keep_first(roles, tcp->flags & TCP_FLAG_RST ? ROLE_RESET : ROLE_SYN_ACK,
				 index);
	if (tcp->flags & TCP_FLAG_RST && !roles_have(roles, ROLE_KIND + EVENT_RESET_RECEIVED))
		roles_keep_last(roles, ROLE_RESET_LAST, index);
	if (entry->time_ns < roles->handshake.established_ns)
		read_early(roles, tcp, index);
	else
		read_late(roles, tcp, index);
}

static void read_own_drop(struct roles *roles, const struct drop_entry *drop, unsigned index)
{
	roles_keep_first(roles, ROLE_DROP_OUT, index);
	if (drop_is_neighbour_failure(drop))
		roles_keep_first(roles, ROLE_NEIGHBOUR_FAILED, index);
	if (!roles_have(roles, ROLE_RESET) && !roles_have(roles, ROLE_ICMP))
		roles_keep_last(roles, ROLE_DROP_OUT_LAST, index);
}

void evidence_read_drop(struct roles *roles, const struct entry *entry, unsigned index)
{
	const struct drop_entry *drop = &entry->drop;

	if (entry->flags & ENTRY_DAMAGED || (entry->flags & ENTRY_CUT && !drop->is_outbound)) {
		roles_keep_first(roles, ROLE_DROP_DAMAGED, index);
		return;
	}
	if (drop->is_icmp)
		return;
	if (entry->flags & ENTRY_STRAY) {
		roles_keep_first(roles,
				 drop->flags & TCP_FLAG_ACK ? ROLE_DROP_STRAY : ROLE_DROP_RETURNED,
				 index);
		return;
	}
	if (drop->is_outbound && roles_have(roles, ROLE_RETURNED) && !(entry->flags & ENTRY_OWN))
		roles_keep_first(roles, ROLE_DROP_RETURNED, index);
	if (drop->is_outbound) {
		if ((drop->flags & (TCP_FLAG_SYN | TCP_FLAG_ACK)) == TCP_FLAG_SYN)
			read_own_drop(roles, drop, index);
		return;
	}
	roles_keep_first(roles, ROLE_DROP_IN, index);
	if (may_answer(roles, drop->flags, drop->ack))
		roles_keep_first(roles, ROLE_DROP_ANSWER, index);
}
