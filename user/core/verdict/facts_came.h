/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The part of facts_read.c that reads what came back, and what this host dropped. */
#ifndef CORE_FACTS_CAME_H
#define CORE_FACTS_CAME_H

#include "user/core/verdict/facts.h"

/* The entry with that index is a packet that came, or one that was dropped. */
void facts_read_received(struct facts *facts, const struct entry *entry, int index);
void facts_read_drop(struct facts *facts, const struct entry *entry, int index);

/* At the end: what came in pieces too small to be read is what the socket made of it. */
void facts_take_pieces(struct facts *facts);
/* The answer is the one that the socket took, not those before it that were dropped here. */
void facts_pass_over_refused(struct facts *facts);
/* An ICMP error that was dropped here does not end the attempt: the socket never hears of it. */
void facts_pass_over_unheard(struct facts *facts);

#endif
