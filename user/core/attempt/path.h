/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where an attempt's first SYN went: the devices of this host that it passed, in whatever
 * namespace, in the order of time.
 *
 * In the socket's own namespace these are the devices it left by; in others also those it came in
 * by, known by EVENT_HOP. It decides nothing: what no hop tells of may have happened all the same.
 */
#ifndef CORE_PATH_H
#define CORE_PATH_H

#include "user/core/attempt/attempt.h"

#define PATH_MAX_HOPS 16 /* with those of the socket's own namespace; further ones are left out */

struct path_hop {
	const char *device; /* NULL: the name is not known */
	uint32_t ifindex;
	uint32_t netns;
	uint64_t after_ns; /* since the first hop */
	bool is_received;  /* it came in here; else it left */
	/* HOP_CHANGED_*: in another namespace, what differs from the hop before */
	uint8_t changed;
	struct address address; /* the end that is another one now; the destination when both are */
};

struct path {
	struct path_hop hops[PATH_MAX_HOPS];
	unsigned count; /* 0: no SYN left */
};

/* Names are the attempt's: valid as long as it is. */
void path_of(const struct attempt *attempt, struct path *ret_path);
/* A single one, of an entry of kind EVENT_HOP; after_ns is 0. */
struct path_hop path_hop_of(const struct entry *entry);

/* For attempt_add() only: the first SYN, at a device and in a direction not seen before. */
bool path_wants_hop(const struct attempt *attempt, const struct packet_event *event);
/* Fills the entry, and remembers the addresses for the next one. device is interned, or NULL. */
void path_fill_hop(struct hop_entry *ret_entry, struct attempt *attempt,
		   const struct packet_event *event, const char *device);

#endif
