/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What an attempt waited for on this host itself: none of it is the network's time. */
#ifndef CORE_WAITS_H
#define CORE_WAITS_H

#include "user/core/verdict/facts.h"

/* Less than that goes unsaid: a busy machine costs as much now and then. */
#define WAITS_TOLD_NS (10 * MILLISECOND_NS)

/* Entries are NO_ENTRY, and times 0, where there was no such wait. */
struct waits {
	int drop_out;	       /* our SYN, dropped here, so that another one had to be sent */
	int drop_in;	       /* the answer, dropped here, so that it had to be sent again */
	int neighbour;	       /* the next hop whose link-layer address our SYN waited for */
	uint64_t neighbour_ns; /* until a queue got that SYN */
	uint64_t call_ns;      /* connect() -> SYN_SENT */
	uint64_t stack_ns;     /* SYN_SENT -> the first queue, when nothing above is the cause */
	/* in a device's queue: the longest, of the answered SYN if certain, else the first */
	uint64_t queue_ns;
	uint32_t queue_ifindex;
	bool is_queue_longer; /* queue_ns is a lower bound */
	uint64_t inbound_ns;  /* the answer, from the device to the socket */
};

/* answered: as in struct pairing. */
void waits_read(const struct facts *facts, int answered, struct waits *ret_waits);

/* When a queue got it; TIME_UNKNOWN_NS when that was too long ago to be kept. */
uint64_t waits_queued_at(const struct entry *entry);
/* For the SYN with that entry: the first of the devices that handed it on to each other. */
int waits_first_device(const struct facts *facts, int syn);

#endif
