/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Random schedules of the scripted peer: the same seed and number give the same schedule, on any
 * machine.
 */
#ifndef PROPERTY_SCHEDULE_H
#define PROPERTY_SCHEDULE_H

#include <stddef.h>
#include <stdint.h>

#include "tests/lab/peer.h"

/* The next of a sequence that its state alone determines. */
uint64_t random_next(uint64_t *state);

/*
 * What the peer does to one attempt: delays, losses, repeats, right and wrong answers, in any
 * order.
 */
struct peer_script schedule_make(uint64_t seed, uint64_t number, int family);

/* "SYN 1: syn-ack after 120 ms, echoes the first; SYN 2: …" */
void schedule_tell(const struct peer_script *script, char *ret_text, size_t size);

/* "syn-ack", "wrong-ack syn-ack" and so on. */
const char *schedule_answer_name(enum peer_answer answer);

#endif
