/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * With which TTL a host answers: where its SYN-ACKs and RSTs differ, another host may have answered
 * (see measure_answer.h).
 */
#ifndef CORE_TTL_MEMORY_H
#define CORE_TTL_MEMORY_H

#include "user/core/verdict/verdict.h"

#define TTL_MEMORY_HOSTS 1024 /* of two hosts with the same place the newer one is remembered */

/*
 * With which TTL each host's SYN-ACKs and RSTs came in last, as far as they proved something; 0:
 * none did. A zeroed one remembers nothing.
 */
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
 * Compare an open or closed verdict's answer with the other kind of answer of the same host: adds
 * notes, and sets other_ttl where the two differ. Then remember the answer.
 */
void ttl_suspect(struct ttl_memory *memory, const struct attempt *attempt, struct verdict *verdict);

#endif
