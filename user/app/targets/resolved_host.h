/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A host on its way to targets: its addresses are known, or known not to be. */
#ifndef APP_RESOLVED_HOST_H
#define APP_RESOLVED_HOST_H

#include "user/base/list.h"
#include "user/core/target/target.h"
#include "user/io/net/resolver.h"

struct target;

struct resolved_host {
	struct host host;
	uint64_t number;     /* in the order of words and lines, from 0 */
	unsigned references; /* of targets, of a lookup, of who expands it; freed with the last */
	/* port 0; owned. NULL for a network: see resolved_host_address() */
	struct address *addresses;
	uint32_t address_count;
	uint32_t address_total; /* of all that the name has; 0 for a literal */
	uint64_t resolve_ns;	/* TIME_UNKNOWN_NS for a literal */
	/* of all its targets at once; by several lanes */
	bool is_failure_told;
	char *failure;	  /* a sentence, owned; NULL: resolved */
	uint64_t lookups; /* of the name, begun so far */
	bool is_being_resolved;
	/* asked again there was no answer: said on stderr, once until there is one */
	bool has_failed_again;
	bool has_other_addresses; /* than one, now or before: its targets are called by theirs */
	struct target *targets;	  /* through target.next_of_host */
	/* in the queue of those that are ready, or of those to be asked again */
	struct list_node node;
	uint64_t retry_ns; /* when; 0: it has not failed yet */
};

/* Gives a reference back. NULL is harmless. */
void resolved_host_release(struct resolved_host *host);

/* How many are probed: one of a name unless all are wanted, all of a network; 0: none. */
uint64_t resolved_host_probed_addresses(const struct resolved_host *host, bool is_each);
/* index: below that. Port 0. */
struct address resolved_host_address(const struct resolved_host *host, uint64_t index);

/* These instead of those it had. */
void resolved_host_set_addresses(struct resolved_host *host, const struct lookup_answer *answer);

/* A copy of these instead of those it had; total: of all that the name has. */
void resolved_host_set(struct resolved_host *host, const struct address *addresses, uint32_t count,
		       uint32_t total);

#endif
