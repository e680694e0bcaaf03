// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A small block cipher on numbers below a count. */
#include "user/core/target/permute.h"

#include <assert.h>

#define ROUNDS 4

struct permutation permutation_make(uint64_t count, uint64_t seed)
{
	struct permutation permutation = {.count = count, .seed = seed, .half_bits = 1};

	assert(count > 0 && count <= 1ull << 62);
	while (1ull << 2 * permutation.half_bits < count)
		permutation.half_bits++;
	return permutation;
}

/* The finaliser of splitmix64. */
static uint64_t mix(uint64_t value)
{
	value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9ull;
	value = (value ^ value >> 27) * 0x94d049bb133111ebull;
	return value ^ value >> 31;
}

static uint64_t encrypt(const struct permutation *permutation, uint64_t number)
{
	uint64_t mask = (1ull << permutation->half_bits) - 1;
	uint64_t left = number >> permutation->half_bits, right = number & mask;

	for (unsigned round = 0; round < ROUNDS; round++) {
		uint64_t next =
			left ^
			(mix(permutation->seed + right * 0x9e3779b97f4a7c15ull + round) & mask);

		left = right;
		right = next;
	}
	return left << permutation->half_bits | right;
}

uint64_t permutation_at(const struct permutation *permutation, uint64_t index)
{
	uint64_t number = index;

	do
		number = encrypt(permutation, number);
	while (number >= permutation->count);
	return number;
}
