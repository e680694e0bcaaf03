/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Shuffled, each number comes once. */
#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdlib.h>

#include "user/core/target/permute.h"

static void expect_each_once(uint64_t count, uint64_t seed)
{
	struct permutation permutation = permutation_make(count, seed);
	bool *seen = calloc(count, sizeof(*seen));

	for (uint64_t i = 0; i < count; i++) {
		uint64_t number = permutation_at(&permutation, i);

		cr_assert_lt(number, count);
		cr_assert_not(seen[number], "%llu twice, of %llu", (unsigned long long)number,
			      (unsigned long long)count);
		seen[number] = true;
	}
	free(seen);
}

Test(permute, every_number_comes_once)
{
	static const uint64_t counts[] = {1,   2,   3,	 4,	5,     16,    17,
					  255, 256, 257, 65535, 65536, 65537, 1000003};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		expect_each_once(counts[i], i);
}

Test(permute, the_seed_decides_and_neighbours_part)
{
	struct permutation one = permutation_make(65535, 1), other = permutation_make(65535, 2);
	unsigned same = 0, near = 0;

	for (uint64_t i = 0; i < 1000; i++) {
		uint64_t number = permutation_at(&one, i), next = permutation_at(&one, i + 1);

		same += number == permutation_at(&other, i);
		near += (number > next ? number - next : next - number) < 16;
		cr_assert_eq(number, permutation_at(&one, i));
	}
	cr_expect_lt(same, 5);
	cr_expect_lt(near, 10);
}

Test(permute, the_largest_count_is_walked_too)
{
	struct permutation permutation = permutation_make(1ull << 62, 7);

	cr_expect_lt(permutation_at(&permutation, (1ull << 62) - 1), 1ull << 62);
}
