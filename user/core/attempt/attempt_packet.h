/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The part of attempt_record.c that is about packets. */
#ifndef CORE_ATTEMPT_PACKET_H
#define CORE_ATTEMPT_PACKET_H

#include "user/core/attempt/attempt.h"

/* An event's names as its entry keeps them, interned. NULL or "": it has none. */
struct entry_names {
	const char *reason; /* EVENT_DROP, and the next one */
	const char *function;
	const char *device; /* EVENT_HOP: other packets' devices are the attempt's own */
};

/* The event is a packet that left, came, or was dropped. */
void attempt_record_packet(struct entry *entry, struct attempt *attempt, const struct event *event,
			   const struct entry_names *names);
/* What left: where our SYN goes on the wire. */
void attempt_note_transmitted(struct attempt *attempt, const struct packet *packet);
/* What an interface is called. */
void attempt_note_device(struct attempt *attempt, uint32_t ifindex, const char *name);

#endif
