/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the scripted peer will send later: a heap by due time, without allocation after
 * peer_queue_new().
 */
#ifndef LAB_PEER_QUEUE_H
#define LAB_PEER_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/lab/peer_packet.h"

enum peer_job_kind {
	PEER_JOB_ANSWER,
	PEER_JOB_RESET,	 /* after the handshake */
	PEER_JOB_FINISH, /* after the handshake */
};

struct peer_job {
	uint64_t due_ns;
	enum peer_job_kind kind;
	uint32_t repeats_left;
	uint32_t syn_number;	/* of the SYN to answer */
	uint32_t action;	/* of the port's script, from 1; 0: the port's rule */
	struct segment segment; /* the SYN to answer, or the ACK that completed the handshake */
};

struct peer_queue;

/* NULL when there is no memory. */
struct peer_queue *peer_queue_new(void);

/* Returns false when it is full. The job is copied. */
bool peer_queue_add(struct peer_queue *queue, const struct peer_job *job);

/* UINT64_MAX when empty. */
uint64_t peer_queue_due_ns(const struct peer_queue *queue);

/* Takes the job that is due first. Returns false when none is due at now_ns. */
bool peer_queue_take(struct peer_queue *queue, uint64_t now_ns, struct peer_job *ret_job);

#endif
