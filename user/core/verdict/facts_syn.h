/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The part of facts_read.c that reads our SYNs, and what tells of some that were not seen. */
#ifndef CORE_FACTS_SYN_H
#define CORE_FACTS_SYN_H

#include "user/core/verdict/facts.h"

static inline bool facts_is_syn(const struct tcp_entry *tcp)
{
	return (tcp->flags & (TCP_FLAG_SYN | TCP_FLAG_ACK | TCP_FLAG_RST)) == TCP_FLAG_SYN;
}

/* ESTABLISHED, and the states that only it leads to. */
bool facts_is_beyond_handshake(const struct facts *facts, uint8_t state);
/* The socket's state at that entry; what led to it was recorded before, or is missing. */
void facts_note_witness(struct facts *facts, uint8_t state, int index);
/* The first that tells it is right. */
void facts_learn_isn(struct facts *facts, uint32_t isn);
/* The entry with that index is a packet that left, or a SYN in a queue. */
void facts_read_transmitted(struct facts *facts, const struct entry *entry, int index);

/* When all entries have been read: the SYNs that drivers dropped did not leave after all. */
void facts_take_off_driver_drops(struct facts *facts);
/* A SYN of ours, or the SYN-ACK that answers a crossing one. */
bool facts_is_outbound_syn(const struct entry *entry);
/* The socket's own count, against what had been seen by the time it was asked. */
unsigned facts_missing_syns(struct facts *facts);

#endif
