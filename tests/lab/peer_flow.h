/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the scripted peer remembers of an attempt: a table where a newer attempt may take an older
 * one's place.
 */
#ifndef LAB_PEER_FLOW_H
#define LAB_PEER_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/lab/peer_packet.h"

struct peer_flow {
	uint32_t isn, host;
	uint32_t first_tsval, newest_tsval;
	uint32_t syns_read, syns_answered;
	/* the larger, the newer, among those that share a set of the table; 0: no attempt */
	uint32_t age;
	uint16_t client_port, port;
	bool is_ipv6;
	bool has_finished; /* the handshake's ACK was seen */
};

/* The last four bytes of the address that the segment was sent to. */
uint32_t segment_host(const struct segment *segment);
/* The client's first sequence number, from its SYN or from the ACK of the handshake. */
uint32_t segment_isn(const struct segment *segment);

/* NULL when there is no memory. */
struct peer_flow *peer_flows_new(void);
/* The attempt of a SYN or of the ACK of its handshake; NULL when unknown. */
struct peer_flow *peer_flow_find(struct peer_flow *flows, const struct segment *segment);
/* Count the SYN, of a new attempt or a known one. */
struct peer_flow *peer_flow_note_syn(struct peer_flow *flows, const struct segment *syn);

#endif
