/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Signs that somebody else than the target may be speaking, or meddling. They are notes beside a verdict, with their evidence, and never change it: each of
 * them has innocent histories that look the same.
 */
#ifndef CORE_SUSPECT_H
#define CORE_SUSPECT_H

#include "user/core/verdict/facts.h"

/* From one attempt alone: adds notes. */
void suspect_attempt(const struct facts *facts, struct verdict *verdict);

#define TTL_MEMORY_HOSTS 1024 /* of two hosts with the same place the newer one is remembered */

/* With which TTL each host's SYN-ACKs and RSTs came in last, as far as they proved something; 0: none did. A zeroed one remembers nothing. */
struct ttl_memory {
	struct {
		struct address host; /* port 0 */
		uint32_t netns;
		uint32_t ifindex; /* another device may be another way */
		uint8_t syn_ack;
		uint8_t rst;
	} hosts[TTL_MEMORY_HOSTS];
};

/*
 * Compare an open or closed verdict's answer with the other kind of answer of the same host: adds notes, and sets other_ttl where the two differ. Then remember
 * the answer.
 */
void suspect_by_ttl(struct ttl_memory *memory, const struct attempt *attempt, struct verdict *verdict);

#endif
