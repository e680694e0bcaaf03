/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* For the files that facts are read by: facts.c, entry by entry, facts_packet.c, and pairing.c. */
#ifndef CORE_FACTS_PARTS_H
#define CORE_FACTS_PARTS_H

#include "user/core/verdict/facts.h"

static inline void set_first(int *slot, int index)
{
	if (*slot == NO_ENTRY)
		*slot = index;
}

/* The first that tells it is right. */
void facts_learn_isn(struct facts *facts, uint32_t isn);
/* The entry with that index is a packet (or a SYN in a queue) that left, one that came, one that was thrown away. */
void facts_read_transmitted(struct facts *facts, const struct entry *entry, int index);
void facts_read_received(struct facts *facts, const struct entry *entry, int index);
void facts_read_drop(struct facts *facts, const struct entry *entry, int index);
/* The state that the socket was in at that entry; what led to it was recorded before, or is missing. */
void facts_note_witness(struct facts *facts, uint8_t state, int index);
/* When all entries have been read. */
void facts_take_off_driver_drops(struct facts *facts);
/* What came in pieces too small to be read is what the socket made of it. */
void facts_take_pieces(struct facts *facts);
void facts_pass_over_refused(struct facts *facts);

#endif
