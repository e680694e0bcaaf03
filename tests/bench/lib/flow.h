/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Somebody else's TCP connection on the lab's hosts: from the client to a server, small messages
 * back and forth, or as much as goes.
 */
#ifndef BENCH_FLOW_H
#define BENCH_FLOW_H

#include "tests/lab/lab.h"

#define FLOW_MESSAGE_BYTES 64
#define FLOW_BULK_BYTES	   65536 /* a write */

struct flow {
	int fd;	      /* the client's end */
	pid_t server; /* answers each small message, swallows bulk */
};

/*
 * server: LAB_SERVER, two veth pairs away, or LAB_CLIENT itself, over loopback. Returns 0, or
 * -errno with the sentence.
 */
int flow_open(struct lab *lab, enum lab_host server, uint16_t port, bool is_bulk,
	      struct flow *ret_flow, struct error *ret_error);
void flow_close(struct flow *flow);

/*
 * Use it for that time: both ends on the first processor, bulk from the first to the second. Each
 * returns how many a second, or a negative number when it broke: messages that came back, bytes
 * taken.
 */
double flow_exchange(struct flow *flow, unsigned time_ms);
double flow_push(struct flow *flow, unsigned time_ms);

#endif
