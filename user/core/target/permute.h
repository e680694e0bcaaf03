/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * An order for shuffled targets: each number below `count` once, in an order that the seed decides,
 * without a list of them.
 *
 * A Feistel network over the next even number of bits (Luby and Rackoff 1988), walked until it
 * falls below count (Black and Rogaway 2002); so one number costs at most four rounds' worth of
 * walks on average. It hides nothing: it only keeps neighbours apart.
 */
#ifndef CORE_PERMUTE_H
#define CORE_PERMUTE_H

#include <stdint.h>

struct permutation {
	uint64_t count;
	uint64_t seed;
	unsigned half_bits;
};

/* count: 1 to 2^62. */
struct permutation permutation_make(uint64_t count, uint64_t seed);
/* The index-th number, index < count. */
uint64_t permutation_at(const struct permutation *permutation, uint64_t index);

#endif
