/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How far an attempt's handshake is, by its entries. */
#ifndef CORE_HANDSHAKE_H
#define CORE_HANDSHAKE_H

#include "user/core/attempt/attempt.h"

/* What tells answers from other segments, and before from after. */
struct handshake {
	bool has_isn; /* of a SYN that left, waits in a queue, or was dropped here */
	uint32_t isn;
	uint16_t syn_bytes;	 /* as the attempt has it */
	uint64_t established_ns; /* when it was complete; UINT64_MAX: not yet, or not seen */
};

struct handshake handshake_of(const struct attempt *attempt);

/* Both acknowledge our SYN, or neither does: a peer may choose one wrong number after the other. */
bool handshake_takes_alike(const struct handshake *handshake, uint32_t ack, uint32_t other);

/* Does the entry tell the initial sequence number? */
bool handshake_find_isn(const struct entry *entry, uint32_t *ret_isn);

/* A SYN of the attempt, or its SYN-ACK to a crossing one, which left or waits in a queue. */
bool handshake_is_syn(const struct entry *entry);

#endif
