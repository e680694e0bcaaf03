/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What may be said of an attempt, by one who knows what the peer did.
 *
 * It knows the peer's log, the kernel's rules for a socket in SYN_SENT, and what each word of a
 * verdict claims; nothing of how the program comes to its verdicts, none of whose code it uses.
 * What the peer's clock cannot decide, such as which came first of an answer and the deadline, is
 * admitted both ways: a busy machine makes the oracle milder, never wrong.
 */
#ifndef PROPERTY_ORACLE_H
#define PROPERTY_ORACLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/lab/peer.h"

/* What the peer knows of one attempt, in the order of its log. */
struct truth {
	int family;
	const struct peer_event *events;
	size_t count;
	uint64_t timeout_ns;
	uint64_t worst_late_ns; /* the peer's own measure of how busy the machine was */
	/*
	 * an answer written is received so much later at most, and a SYN may leave meanwhile; 0:
	 * within write()
	 */
	uint64_t crossing_ns;
};

struct objection {
	char text[512];
};

/* Returns false when the probe's record contradicts the truth, and how. */
bool oracle_admits(const struct truth *truth, const json_t *record,
		   struct objection *ret_objection);

#endif
