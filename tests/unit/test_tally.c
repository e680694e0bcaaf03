/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Tallies of several threads, put together, are those of one. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "user/core/run/tally.h"

static struct verdict open_after(uint64_t rtt_ns)
{
	return (struct verdict){.status = STATUS_OPEN,
				.reason = REASON_SYN_ACK,
				.answer = ANSWER_SYN_ACK,
				.rtt_ns = rtt_ns,
				.syn_sent = 1};
}

static void expect_near(double actual, double wanted, const char *what)
{
	cr_expect(fabs(actual - wanted) <= wanted * 0.02 + 1, "%s: %f, not %f", what, actual,
		  wanted);
}

/* The same verdicts in one tally, and dealt to two of different size. */
static void expect_same(uint64_t count, uint64_t every)
{
	struct tally one, first, second;
	struct rtt_summary whole, merged;

	tally_init(&one);
	tally_init(&first);
	tally_init(&second);
	srand(7);
	for (uint64_t i = 0; i < count; i++) {
		struct verdict verdict = open_after(1000 + (uint64_t)rand() % 1000000);

		tally_add(&one, &verdict, STATUS_OPEN, i);
		tally_add(i % every ? &first : &second, &verdict, STATUS_OPEN, i);
	}
	tally_merge(&first, &second);
	stats_rtt(&one.stats, &whole);
	stats_rtt(&first.stats, &merged);
	cr_expect_eq(first.groups[STATUS_OPEN][REASON_SYN_ACK], count);
	cr_expect_eq(first.stats.probes, count);
	cr_expect_eq(first.stats.expected, count);
	cr_expect_eq(merged.count, whole.count);
	cr_expect_eq(merged.min, whole.min);
	cr_expect_eq(merged.max, whole.max);
	cr_expect(fabs(merged.mean - whole.mean) < 0.01);
	cr_expect(fabs(merged.stddev - whole.stddev) < 0.01);
	expect_near(merged.p50, whole.p50, "p50");
	expect_near(merged.p99, whole.p99, "p99");
	tally_release(&one);
	tally_release(&first);
	tally_release(&second);
}

Test(tally, put_together_they_are_as_one)
{
	expect_same(1, 2);
	expect_same(100, 3);
	expect_same(1000, 2000); /* all but one in the first */
	expect_same(60000, 2);
	expect_same(300000, 2);	 /* beyond what is kept of each */
	expect_same(300000, 50); /* with different strides */
}

Test(tally, groups_are_by_status_and_reason)
{
	struct verdict verdicts[] = {
		{.status = STATUS_CLOSED, .reason = REASON_RESET},
		{.status = STATUS_FILTERED, .reason = REASON_NO_REPLY},
		{.status = STATUS_FILTERED, .reason = REASON_ICMP_ADMIN_PROHIBITED},
		{.status = STATUS_FILTERED, .reason = REASON_NO_REPLY},
	};
	struct tally tally, empty;

	tally_init(&tally);
	tally_init(&empty);
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
		tally_add(&tally, &verdicts[i], STATUS_OPEN, i);
	tally_merge(&tally, &empty);
	cr_expect_eq(tally.groups[STATUS_FILTERED][REASON_NO_REPLY], 2);
	cr_expect_eq(tally.groups[STATUS_FILTERED][REASON_ICMP_ADMIN_PROHIBITED], 1);
	cr_expect_eq(tally_status(&tally, STATUS_FILTERED), 3);
	cr_expect_eq(tally_status(&tally, STATUS_CLOSED), 1);
	tally_release(&tally);
}
