/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One name through getaddrinfo(): blocks for as long as that does. What the resolver's threads run.
 */
#ifndef IO_LOOKUP_H
#define IO_LOOKUP_H

#include <stdint.h>

#include "user/base/address.h"

/*
 * More than the 4095 that a DNS message has room for; what a file of hosts has beyond them is told
 * by `total`.
 */
#define LOOKUP_MAX_ADDRESSES 4096
#define LOOKUP_FAILURE_MAX   160

struct lookup_answer {
	uint32_t id; /* as asked */
	/* 0, or an EAI_* of netdb.h, which are negative */
	int result;
	/* In getaddrinfo()'s order, without duplicates; ports 0 */
	struct address addresses[LOOKUP_MAX_ADDRESSES];
	/* Of these; 0 on failure, else at least 1 */
	uint32_t count;
	/* Of all that the name has; more than count when they do not fit */
	uint32_t total;
	/* Of the lookup alone, not of waiting for a thread */
	uint64_t elapsed_ns;
	char failure[LOOKUP_FAILURE_MAX]; /* a sentence for a person; "" on success */
};

/*
 * Fills everything but the id of an answer that is zeroed otherwise. Needs no more than the stack
 * that the resolver's threads have.
 */
void lookup_run(const char *name, int family, struct lookup_answer *answer);

#endif
