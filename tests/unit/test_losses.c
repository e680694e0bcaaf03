/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Losses by their spans: who was there, and how much of it. */
#include <criterion/criterion.h>

#include "user/core/correlate/losses.h"

static void lose(struct losses *losses, uint64_t from_ns, uint64_t to_ns, uint64_t count)
{
	losses_add(losses, &(struct lost_event){from_ns, to_ns, count});
}

Test(losses, touch_whoever_was_there_in_their_span)
{
	static const struct {
		uint64_t began_ns, closed_ns, count;
	} cases[] = {
		{0, 0, 7},  {10, 0, 7}, {20, 0, 7}, {21, 0, 4}, {40, 0, 4},
		{41, 0, 0},						     /* it goes on */
		{0, 9, 0},  {0, 10, 3}, {0, 29, 3}, {0, 30, 7}, {25, 26, 0}, /* it was closed */
	};
	struct losses losses = {0};

	lose(&losses, 10, 20, 3);
	lose(&losses, 30, 40, 4);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_eq(losses_since(&losses, 0, cases[i].began_ns, cases[i].closed_ns),
			     cases[i].count, "case %zu", i);
}

Test(losses, are_told_once)
{
	struct losses losses = {0};
	uint64_t seen;

	lose(&losses, 10, 20, 3);
	seen = losses.total;
	cr_expect_eq(losses_since(&losses, seen, 0, 0), 0);
	lose(&losses, 10, 20, 4);
	cr_expect_eq(losses_since(&losses, seen, 0, 0), 4);
}

/* However many spans there were: whoever came in the middle has lost what was lost since. */
Test(losses, beyond_what_is_kept_apart_are_counted_all_the_same)
{
	struct losses losses = {0};

	for (uint64_t i = 0; i < 10 * LOSSES_SPANS; i++) {
		lose(&losses, 10 * i, 10 * i + 5, 2);
		cr_expect_eq(losses_since(&losses, i, 0, 0), 2 * i + 2 - i);
	}
	cr_expect_eq(losses_since(&losses, 0, 0, 0), 20 * LOSSES_SPANS);
	cr_expect_eq(losses_since(&losses, 2, 10 * 10 * LOSSES_SPANS, 0), 0,
		     "it began after all of them");
	cr_expect_eq(losses_since(&losses, 0, 10 * (10 * LOSSES_SPANS - 1) + 5, 0), 2,
		     "only the last one reaches it");
}

Test(losses, that_are_past_counting_stay_so)
{
	struct losses losses = {0};

	lose(&losses, 1, 2, UINT64_MAX - 1);
	lose(&losses, 1, 2, 5);
	cr_expect_eq(losses.total, UINT64_MAX);
	cr_expect_eq(losses_since(&losses, 0, 0, 0), UINT64_MAX);
}
