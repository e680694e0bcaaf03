// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* When a scan whose resets are lost is slowed down, and when it is let go again. */
#include <criterion/criterion.h>

#include "user/base/time.h"
#include "user/core/run/reset_watch.h"

Test(reset_watch, what_piles_up_is_a_share)
{
	static const struct {
		uint32_t ends, lost;
		enum reset_trend trend;
	} cases[] = {
		{0, 0, RESETS_STEADY},	  {1, 1, RESETS_STEADY},   {15, 15, RESETS_STEADY},
		{16, 16, RESETS_PILE_UP}, {16, 2, RESETS_PILE_UP}, {16, 1, RESETS_STEADY},
		{64, 8, RESETS_PILE_UP},  {64, 7, RESETS_STEADY},  {64, 3, RESETS_STEADY},
		{64, 2, RESETS_ARRIVE},	  {64, 0, RESETS_ARRIVE},  {31, 0, RESETS_STEADY},
		{32, 0, RESETS_ARRIVE},	  {32, 1, RESETS_ARRIVE},  {32, 2, RESETS_STEADY},
		{64, 64, RESETS_PILE_UP},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_eq(reset_trend_of(cases[i].ends, cases[i].lost), cases[i].trend,
			     "%u of %u", cases[i].lost, cases[i].ends);
}

/* So many ends, until the rate changes; returns whether it did. */
static bool ends(struct reset_watch *watch, uint32_t count, bool is_lost, double asked,
		 uint64_t now_ns)
{
	for (uint32_t i = 0; i < count; i++)
		if (reset_watch_end(watch, is_lost, now_ns, asked, now_ns))
			return true;
	return false;
}

Test(reset_watch, the_rate_asked_for_is_halved_to_the_least_and_comes_back)
{
	struct reset_watch watch = {0};
	uint64_t now_ns = 10 * SECOND_NS;
	unsigned falls = 0, rises = 0;

	watch.since_ns = now_ns - 5 * SECOND_NS;
	watch.started = 500; /* 100 a second */
	cr_assert(ends(&watch, 64, true, 100, now_ns));
	cr_expect_float_eq(watch.rate, 50, 0.01);
	cr_expect_eq(watch.ends, 0);
	for (; falls < 10; falls++) {
		now_ns += 10 * SECOND_NS;
		watch.started = (uint64_t)(watch.rate * 10);
		if (!ends(&watch, 64, true, 100, now_ns))
			break;
	}
	cr_expect_eq(falls, 3); /* 25, 12.5, 10 */
	cr_expect_float_eq(watch.rate, RESET_RATE_LEAST, 0.01);
	watch.ends = 0;
	watch.lost = 0;
	for (; watch.rate > 0 && rises < 20; rises++)
		cr_assert(ends(&watch, 64, false, 100, now_ns += 10 * SECOND_NS));
	cr_expect_eq(rises, 11);
	cr_expect(!ends(&watch, 64, false, 100, now_ns));
}

/* Without a rate, or below it, what was reached is halved. */
Test(reset_watch, what_was_reached_is_halved)
{
	static const double asked[] = {0, 5000};

	for (size_t i = 0; i < 2; i++) {
		struct reset_watch watch = {.started = 2000, .since_ns = SECOND_NS};

		cr_assert(ends(&watch, 64, true, asked[i], 2 * SECOND_NS));
		cr_expect_float_eq(watch.rate, 1000, 0.01);
	}
}

Test(reset_watch, those_that_began_before_prove_nothing_of_the_new_rate)
{
	struct reset_watch watch = {.started = 2000, .since_ns = SECOND_NS};

	cr_assert(ends(&watch, 64, true, 0, 2 * SECOND_NS));
	for (unsigned i = 0; i < 64; i++)
		cr_expect(!reset_watch_end(&watch, true, SECOND_NS, 0, 3 * SECOND_NS));
	cr_expect_eq(watch.ends, 0);
}

/* A few are lost anywhere. */
Test(reset_watch, one_in_twenty_slows_nothing_down)
{
	struct reset_watch watch = {.started = 2000, .since_ns = SECOND_NS};

	for (unsigned i = 1; i < 10000; i++)
		cr_assert(!reset_watch_end(&watch, i % 20 == 0, SECOND_NS, 0, 2 * SECOND_NS));
	cr_expect_eq(watch.rate, 0);
}
