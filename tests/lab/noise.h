/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Traffic that is not the prober's: the router sends the client UDP datagrams and TCP segments
 * (SYN, ACK, RST) for ports at which nothing listens, each from another port, and the client
 * refuses them.
 */
#ifndef LAB_NOISE_H
#define LAB_NOISE_H

#include <stdint.h>
#include <sys/types.h>

#include "tests/lab/lab.h"

struct noise {
	pid_t senders[2]; /* of UDP, of TCP */
	uint64_t *sent;	  /* by each, shared with them */
};

/*
 * Half of the packets are UDP, half are TCP. A sender that falls behind catches up with at most a
 * hundredth of a second. Returns 0, or -errno with the sentence.
 */
int noise_start(struct lab *lab, int family, unsigned per_second, struct noise *ret_noise,
		struct error *ret_error);
/* Returns how many were sent. */
uint64_t noise_stop(struct noise *noise);

#endif
