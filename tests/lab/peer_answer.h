/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the scripted peer's rule makes of a SYN: the packet, and whether a TCP that knows the SYN
 * would send it.
 */
#ifndef LAB_PEER_ANSWER_H
#define LAB_PEER_ANSWER_H

#include "tests/lab/peer.h"
#include "tests/lab/peer_flow.h"
#include "tests/lab/peer_packet.h"

#define PEER_DEFAULT_TTL 64

/*
 * The stamp that the answer carries, or quotes. flow: what is remembered of the attempt, or NULL.
 */
uint32_t peer_answer_echo(const struct peer_rule *rule, const struct peer_flow *flow,
			  const struct segment *syn);
bool peer_answer_has_timestamps(const struct peer_rule *rule, const struct segment *syn);
bool peer_answer_is_correct(const struct peer_rule *rule, const struct segment *syn);

/*
 * Of any answer but silence and a script. tsval: our own. Returns the length written to ret_packet,
 * of REPLY_MAX bytes.
 */
size_t peer_answer_build(const struct peer *peer, const struct peer_rule *rule,
			 const struct peer_flow *flow, const struct segment *syn, uint32_t tsval,
			 uint8_t *ret_packet);

#endif
