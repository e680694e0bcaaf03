/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The distribution of the RTTs: which bucket has which. */
#include <criterion/criterion.h>

#include "user/core/run/stats.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void add_rtt(struct stats *stats, uint64_t rtt_ns)
{
	struct verdict verdict = {
		.status = STATUS_OPEN, .answer = ANSWER_SYN_ACK, .rtt_ns = rtt_ns, .syn_sent = 1};

	stats_add_verdict(stats, &verdict, STATUS_OPEN, 0);
}

Test(stats_histogram, bucket_bounds_are_six_a_decade_from_a_microsecond_to_100_seconds)
{
	static const struct {
		unsigned bucket;
		uint64_t floor_ns;
	} rows[] = {
		{0, 0},
		{1, 1000},
		{2, 1500},
		{3, 2000},
		{4, 3000},
		{5, 5000},
		{6, 7000},
		{7, 10000},
		{8, 15000},
		{19, 1000000},
		{24, 7000000},
		{37, 1000000000},
		{48, 70000000000},
		{49, 100000000000},
		{STATS_BUCKETS, UINT64_MAX},
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		cr_expect_eq(stats_bucket_floor_ns(rows[i].bucket), rows[i].floor_ns, "bucket %u",
			     rows[i].bucket);
}

Test(stats_histogram, a_sample_is_in_the_bucket_between_whose_bounds_it_lies)
{
	for (unsigned bucket = 0; bucket < STATS_BUCKETS; bucket++) {
		uint64_t floor_ns = stats_bucket_floor_ns(bucket),
			 next_ns = stats_bucket_floor_ns(bucket + 1);
		struct stats stats;

		cr_assert_lt(floor_ns, next_ns);
		stats_init(&stats);
		add_rtt(&stats, floor_ns);
		add_rtt(&stats, floor_ns + (next_ns - floor_ns) / 2);
		/* The last nanosecond of the last bucket of all means "unknown". */
		add_rtt(&stats, bucket + 1 < STATS_BUCKETS ? next_ns - 1 : next_ns - 2);
		for (unsigned other = 0; other < STATS_BUCKETS; other++)
			cr_expect_eq(stats.histogram[other], other == bucket ? 3 : 0,
				     "bucket %u of %u", other, bucket);
		stats_release(&stats);
	}
}

Test(stats_histogram, the_histogram_has_every_sample_beyond_the_bound_of_the_store_too)
{
	struct stats stats;

	stats_init(&stats);
	for (uint32_t n = 0; n < STATS_MAX_SAMPLES + 1000; n++)
		add_rtt(&stats, 1200);
	cr_expect_eq(stats.histogram[1], STATS_MAX_SAMPLES + 1000);
	stats_release(&stats);
}
