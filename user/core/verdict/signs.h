/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Small questions about facts that more than one rule asks. drop: an entry's index, or NO_ENTRY, which is nothing. */
#ifndef CORE_SIGNS_H
#define CORE_SIGNS_H

#include "user/core/attempt/drop.h"
#include "user/core/verdict/facts.h"

bool facts_has_left(const struct facts *facts);
/* Some SYN had left before that entry. */
bool facts_has_left_before(const struct facts *facts, int index);
/* What the socket said when an attempt was found that had begun before anybody watched; NULL: it was none. */
const struct entry *facts_late_info(const struct facts *facts);
/* The SYN for another host stayed on this one. */
bool facts_is_redirected(const struct facts *facts);
/* By the route itself: nobody turned it around. */
bool facts_is_sent_to_loopback(const struct facts *facts);
/* A RST that answers our SYN came in, and the socket took it. */
bool facts_is_accepted_reset(const struct facts *facts);
/* A SYN-ACK or RST that answers our SYN came in. */
bool facts_is_valid_answer(const struct facts *facts);
/* The segment's TSecr is the TSval of none of our SYNs, all of which are known. */
bool facts_echoes_nothing(const struct facts *facts, int segment);

/* The kernel's own name for a drop is enough where it is that plain. */
bool facts_is_dropped_as(const struct facts *facts, int drop, const char *reason);
bool facts_is_dropped_by(const struct facts *facts, int drop, const char *function);
/* Thrown away while it waited for the next hop's link-layer address: nobody refused it. */
bool facts_is_neighbour_drop(const struct facts *facts, int drop);
/*
 * The neighbour to blame: the one that the kernel kept the dropped SYN for, or keeps it for; where it did not tell, the next hop that was asked for, but only
 * one without an address on the device of the drop. NO_ENTRY: nobody is proven to be.
 */
int facts_silent_neighbour(const struct facts *facts);
/* Thrown away by the device's queue. */
bool facts_is_queue_drop(const struct facts *facts, int drop);
/* Thrown away because this host's rules, filters or programs say so. */
bool facts_is_policy_drop(const struct facts *facts, int drop);
/* TCP knew no socket for it. */
bool facts_is_without_socket(const struct facts *facts, int drop);
/* TCP itself refused the segment, as against a filter on the way to it or within it. */
bool facts_is_refused_by_tcp(const struct facts *facts, int drop);

/* What the socket was told, as a positive errno; 0 for nothing. */
int facts_reported_error(const struct facts *facts);
/* Can a refusal produce this errno? The kernel's own giving up, and an abort, are none. */
bool facts_is_refusal(int error);

#endif
