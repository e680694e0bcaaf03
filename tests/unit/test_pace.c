/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How many start, and when. */
#include <criterion/criterion.h>

#include "user/core/run/pace.h"

/* Asked every step_ns, for so long. */
static uint64_t taken(struct pace *pace, uint64_t from_ns, uint64_t for_ns, uint64_t step_ns)
{
	uint64_t count = 0;

	for (uint64_t now_ns = from_ns; now_ns < from_ns + for_ns; now_ns += step_ns)
		while (count < 10000000 && pace_take(pace, now_ns))
			count++;
	return count;
}

Test(pace, a_second_has_so_many_at_any_rate)
{
	static const uint64_t rates[] = {1, 3, 1000, 33333, 999999, 3000000};

	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		struct pace pace = pace_make((double)rates[i]);
		uint64_t count, allowance = rates[i] / 100 + 2; /* the first burst */

		count = taken(&pace, 5 * SECOND_NS, SECOND_NS, 100000);
		cr_expect(count >= rates[i] && count <= rates[i] + allowance, "%llu of %llu",
			  (unsigned long long)count, (unsigned long long)rates[i]);
	}
}

Test(pace, a_stall_is_not_made_up_for)
{
	struct pace pace = pace_make(1000);
	uint64_t before = taken(&pace, 5 * SECOND_NS, SECOND_NS, 1000000),
		 after = taken(&pace, 65 * SECOND_NS, 1, 1);

	cr_expect_leq(before, 1012);
	cr_expect_leq(after, 12);
}

Test(pace, without_a_rate_nothing_is_held_back)
{
	struct pace none = pace_make(0), zeroed = {0};

	for (int i = 0; i < 100; i++)
		cr_assert(pace_take(&none, 1) && pace_take(&zeroed, 1));
	cr_expect_eq(pace_due_ns(&none), 0);
}
