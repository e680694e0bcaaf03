/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * SYNs without a connection: as many as wanted at the scripted peer, from a source that the lab's
 * client does not have, so that it drops the answers.
 */
#ifndef BENCH_FLOOD_H
#define BENCH_FLOOD_H

#include <stdint.h>

#include "tests/lab/lab.h"

/*
 * In the calling process, send SYNs to the port of LAB_PEER4 for that time, so many a second (0: as
 * fast as it goes). Returns how many were sent, or
 * -errno with the sentence.
 */
int64_t flood_run(struct lab *lab, uint16_t port, uint64_t per_second, unsigned time_ms,
		  struct error *ret_error);

#endif
