/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which entries of a timeline may decide a verdict, an amendment, or what a program is accused of? The others tell the story,
 * and give their places up to those that decide.
 *
 * What is read from a timeline (facts.h, app_view.h, amend.h) is the first of its kind, the last, or a number of repeats. So of
 * each kind a few entries decide, however many there are.
 */
#ifndef CORE_EVIDENCE_H
#define CORE_EVIDENCE_H

#include "user/core/attempt/attempt.h"

/* By index: may the entry decide? Every entry of our own calls, and every SYN that left, does. Hops do not. */
void evidence_mark(const struct attempt *attempt, bool ret_decides[ATTEMPT_MAX_ENTRIES]);

/* What tells answers from other segments, and before from after. */
struct handshake {
	bool has_isn; /* of a SYN that left, waits in a queue, or was dropped here */
	uint32_t isn;
	uint16_t syn_bytes;	 /* as the attempt has it */
	uint64_t established_ns; /* when it was complete; UINT64_MAX: not yet, or not seen */
};

struct handshake evidence_handshake(const struct attempt *attempt);

/* Both acknowledge our SYN, or neither does: a peer may choose one wrong number after the other. */
bool handshake_takes_alike(const struct handshake *handshake, uint32_t ack, uint32_t other);

/* A SYN of the attempt, or its SYN-ACK that answers a crossing one, which left or waits in a queue. */
bool evidence_is_syn(const struct entry *entry);

#endif
