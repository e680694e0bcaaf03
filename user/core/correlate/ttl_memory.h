/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where the TTLs of a host's SYN-ACKs and RSTs differ, another host may have answered. */
#ifndef CORE_TTL_MEMORY_H
#define CORE_TTL_MEMORY_H

#include "user/core/verdict/verdict.h"

#define TTL_MEMORY_HOSTS 1024 /* of two hosts with the same place the newer one is remembered */

/* The TTLs of each host's last SYN-ACK and RST that proved something; 0: none. Zeroed: empty. */
struct ttl_host {
	struct address host; /* port 0 */
	uint32_t netns;
	uint32_t ifindex; /* another device may be another way */
	uint8_t syn_ack;
	uint8_t rst;
};

struct ttl_memory {
	struct ttl_host hosts[TTL_MEMORY_HOSTS];
};

/*
 * Compare an open or closed verdict's answer with the other kind of answer of the same host: adds
 * notes, and sets other_ttl where the two differ. Then remember the answer.
 */
void ttl_suspect(struct ttl_memory *memory, const struct attempt *attempt, struct verdict *verdict);

#endif
