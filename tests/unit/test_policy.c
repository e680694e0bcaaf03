/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is asked for decides how a run is made; neither the number of targets nor the output does.
 */
#include <criterion/criterion.h>

#include "user/core/run/policy.h"

#define SECOND_NS 1000000000ull

TestSuite(policy);

static const struct policy_request four_probes = {
	.count = 4,
	.targets = 1,
	.alive_ns = 8 * SECOND_NS,
	.interval_ns = SECOND_NS,
	.processors = 2,
	.descriptors = 1000000,
	.connects_in_memory = 500000,
};

static struct policy_request one_of_each(uint64_t targets)
{
	struct policy_request request = four_probes;

	request.count = 1;
	request.asks_many = true;
	request.targets = targets;
	return request;
}

Test(policy, a_tally_is_made_of_one_probe_of_each_of_many_only)
{
	const struct {
		uint64_t count;
		bool asks_many, wants_row, is_held, is_kept;
	} cases[] = {
		{4, false, false, false, true}, {1, false, false, false, true},
		{0, true, false, false, true},	{4, true, false, false, true},
		{1, true, true, false, true},	{1, true, false, true, true},
		{1, true, false, false, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct policy_request request = four_probes;
		struct policy policy;

		request.count = cases[i].count;
		request.asks_many = cases[i].asks_many;
		request.wants_row = cases[i].wants_row;
		request.is_held = cases[i].is_held;
		policy = policy_for(&request);
		cr_expect_eq(policy.keeps_targets, cases[i].is_kept, "case %zu", i);
		cr_expect_eq(policy.watches_on, cases[i].is_kept, "case %zu", i);
		cr_expect_eq(policy.skips_route, cases[i].count == 1 && !cases[i].is_held,
			     "case %zu", i);
		cr_expect_eq(policy.kernel_forgets, !cases[i].is_kept, "case %zu", i);
	}
}

Test(policy, how_many_there_are_changes_no_more_than_lanes_and_room)
{
	static const uint64_t numbers[] = {1, 2, 64, 65, 100000, UINT64_MAX};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct policy_request request = one_of_each(numbers[i]), kept = four_probes;

		kept.targets = numbers[i];
		cr_expect_not(policy_for(&request).keeps_targets);
		cr_expect(policy_for(&kept).keeps_targets);
		cr_expect_eq(policy_for(&kept).lanes, 1);
	}
}

Test(policy, a_lane_more_is_for_so_many_targets_more)
{
	const struct {
		uint64_t targets, inflight;
		unsigned processors;
		bool needs_series;
		unsigned lanes;
	} cases[] = {
		{1, 0, 2, false, 1},	      {2047, 0, 2, false, 1},	    {2048, 0, 2, false, 2},
		{65535, 0, 2, false, 2},      {65535, 0, 8, false, 8},	    {6000, 0, 8, false, 3},
		{65535, 0, 8, true, 1},	      {65535, 1, 8, false, 1},	    {65535, 3, 8, false, 3},
		{UINT64_MAX, 0, 4, false, 4}, {UINT64_MAX, 0, 0, false, 1},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct policy_request request = one_of_each(cases[i].targets);

		request.inflight = cases[i].inflight;
		request.processors = cases[i].processors;
		request.needs_series = cases[i].needs_series;
		cr_expect_eq(policy_for(&request).lanes, cases[i].lanes, "case %zu: %u", i,
			     policy_for(&request).lanes);
	}
}

Test(policy, connects_under_way_are_bounded_by_wish_descriptors_memory_and_targets)
{
	const struct {
		uint64_t targets, inflight, descriptors, memory;
		uint32_t each; /* lane */
	} cases[] = {
		{65535, 0, 1000000, 500000, POLICY_ATTEMPTS_MAX / 2},
		{65535, 0, 1000, 500000, 500},
		{65535, 0, 1000000, 300, 150},
		{65535, 20000, 1000000, 300,
		 10000}, /* what is wished for is not held against memory */
		{65535, 20000, 1000, 300, 500},
		{3, 0, 1000000, 500000, 3},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct policy_request request = one_of_each(cases[i].targets);
		struct policy policy;

		request.inflight = cases[i].inflight;
		request.descriptors = cases[i].descriptors;
		request.connects_in_memory = cases[i].memory;
		policy = policy_for(&request);
		cr_expect_eq(policy.inflight, cases[i].each, "case %zu: %u", i, policy.inflight);
		cr_expect_eq(policy.attempts, cases[i].each + POLICY_CLOSING + POLICY_SAMPLE,
			     "case %zu: %u", i, policy.attempts);
	}
}

/* Those that wait, are held and are watched on, each asked again once. */
Test(policy, attempts_of_a_series_are_those_that_are_alive_at_once)
{
	struct policy_request request = four_probes;

	cr_expect_eq(policy_for(&request).attempts, 64);
	request.targets = 100;
	cr_expect_eq(policy_for(&request).attempts, 800, "four of each, and a repeat of each");
	request.count = 0;
	cr_expect_eq(policy_for(&request).attempts, 1800, "nine of each are alive");
	request.targets = UINT64_MAX;
	cr_expect_eq(policy_for(&request).attempts, POLICY_ATTEMPTS_MAX);
	request.inflight = 7;
	cr_expect_eq(policy_for(&request).inflight, 7);
}
