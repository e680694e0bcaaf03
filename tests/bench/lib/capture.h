/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * An independent witness: an AF_PACKET socket on the lab client's TUN device, with the kernel's
 * nanosecond stamps (CLOCK_REALTIME).
 *
 * It keeps handshakes over IPv4 only, and the kernel hands it nothing but segments with SYN. The
 * stamps are made when the packet passes; reading them late changes nothing, as long as the
 * socket's buffer holds them all.
 */
#ifndef BENCH_CAPTURE_H
#define BENCH_CAPTURE_H

#include <stddef.h>
#include <stdint.h>

#include "tests/lab/lab.h"

/* A SYN that left, and the SYN-ACK that acknowledges its sequence number. */
struct exchange {
	uint16_t client_port, port;
	uint32_t isn;
	int64_t first_syn_ns;
	int64_t syn_ns;	   /* the last one before the answer */
	int64_t answer_ns; /* the first one; 0: none so far */
	/* the exchange before it that has the same client port, counted from 1; 0: none */
	uint32_t before;
};

struct capture {
	int fd;
	struct exchange *exchanges; /* in the order of their first SYN */
	size_t count, capacity;
	uint32_t *newest; /* by client port, counted from 1; 0: none */
};

/* Returns 0, or -errno with the sentence. */
int capture_open(struct lab *lab, struct capture *ret_capture, struct error *ret_error);
void capture_close(struct capture *capture);

/* Take in what has passed since. Returns how many packets the buffer had no room for. */
unsigned capture_read(struct capture *capture);

/* NULL when there is none, or more than one: ports are used again. */
const struct exchange *capture_find(const struct capture *capture, uint16_t client_port,
				    uint16_t port);
/* The same, by the time of its first SYN. */
const struct exchange *capture_find_between(const struct capture *capture, uint16_t port,
					    int64_t from_ns, int64_t to_ns);

/*
 * How many of the exchanges with these ports, the first one and count - 1 more, were without an
 * answer at the same time, at most.
 */
size_t capture_most_at_once(const struct capture *capture, uint16_t first_port, unsigned count);

#endif
