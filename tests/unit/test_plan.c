/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* When which row's next probe starts. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "user/core/run/plan.h"

#define ROWS_MAX 5

struct fixture {
	struct plan plan;
	struct plan_row rows[ROWS_MAX];
};

static struct fixture fixture_of(uint64_t count, uint64_t interval_ns)
{
	return (struct fixture){.plan = {.count = count, .interval_ns = interval_ns}};
}

static void start(struct fixture *f, unsigned row, uint64_t now_ns)
{
	plan_start(&f->plan, &f->rows[row], now_ns);
}

static void expect_probe(struct fixture *f, uint64_t now_ns, unsigned row, uint64_t sequence)
{
	uint64_t got_sequence = 0;
	struct plan_row *got = plan_next(&f->plan, now_ns, &got_sequence);

	cr_assert_not_null(got, "at %llu", (unsigned long long)now_ns);
	cr_expect_eq(got - f->rows, row, "at %llu: row %td", (unsigned long long)now_ns,
		     got - f->rows);
	cr_expect_eq(got_sequence, sequence, "at %llu: sequence %llu", (unsigned long long)now_ns,
		     (unsigned long long)got_sequence);
}

static void expect_nothing(struct fixture *f, uint64_t now_ns, uint64_t due_ns)
{
	uint64_t sequence = 77;

	cr_expect_null(plan_next(&f->plan, now_ns, &sequence), "at %llu",
		       (unsigned long long)now_ns);
	cr_expect_eq(sequence, 77);
	cr_expect_eq(plan_due_ns(&f->plan), due_ns, "at %llu: due %llu", (unsigned long long)now_ns,
		     (unsigned long long)plan_due_ns(&f->plan));
}

Test(plan, a_row_that_joins_late_counts_on_to_the_common_end)
{
	struct fixture f = fixture_of(4, 10);

	plan_join(&f.plan, &f.rows[2], 2, 100);
	expect_nothing(&f, 99, 100);
	expect_probe(&f, 100, 2, 3);
	expect_probe(&f, 110, 2, 4);
	expect_nothing(&f, 200, UINT64_MAX);
}

Test(plan, nothing_is_due_before_a_row_is_started)
{
	struct fixture f = fixture_of(4, 10);

	expect_nothing(&f, 1000, UINT64_MAX);
}

Test(plan, the_nth_probe_is_due_at_start_plus_n_intervals_up_to_the_count)
{
	struct fixture f = fixture_of(3, 10);

	start(&f, 0, 100);
	expect_probe(&f, 100, 0, 1);
	expect_nothing(&f, 109, 110);
	expect_probe(&f, 110, 0, 2);
	expect_nothing(&f, 119, 120);
	expect_probe(&f, 120, 0, 3);
	expect_nothing(&f, 5000, UINT64_MAX);
}

Test(plan, being_late_once_does_not_shift_the_others)
{
	struct fixture f = fixture_of(0, 10);

	start(&f, 0, 100);
	expect_probe(&f, 107, 0, 1);
	expect_nothing(&f, 107, 110);
	expect_probe(&f, 120, 0, 2); /* late by exactly an interval: still on its row */
	expect_probe(&f, 120, 0, 3);
	expect_nothing(&f, 120, 130);
}

Test(plan, late_by_more_than_an_interval_skips_none_and_bursts_none)
{
	struct fixture f = fixture_of(4, 10);

	start(&f, 0, 100);
	expect_probe(&f, 100, 0, 1);
	expect_probe(&f, 175, 0, 2);
	expect_nothing(&f, 175, 185);
	expect_probe(&f, 185, 0, 3);
	expect_probe(&f, 195, 0, 4);
	expect_nothing(&f, 195, UINT64_MAX);
}

Test(plan, a_row_back_from_being_late_does_not_delay_those_on_time)
{
	struct fixture f = fixture_of(0, 10);

	start(&f, 0, 100);
	start(&f, 1, 118);
	expect_probe(&f, 120, 0, 1); /* late by 20: next at 130 */
	expect_probe(&f, 120, 1, 1); /* late by 2: next at 128 */
	expect_nothing(&f, 127, 128);
	expect_probe(&f, 128, 1, 2);
	expect_nothing(&f, 129, 130);
	expect_probe(&f, 130, 0, 2);
}

Test(plan, a_row_that_starts_later_comes_before_others_that_are_due_later)
{
	struct fixture f = fixture_of(0, 10);

	start(&f, 1, 100);
	expect_probe(&f, 100, 1, 1);
	start(&f, 0, 103);
	expect_nothing(&f, 102, 103);
	expect_probe(&f, 103, 0, 1);
	expect_nothing(&f, 103, 110);
	expect_probe(&f, 110, 1, 2);
	expect_nothing(&f, 110, 113);
}

Test(plan, an_interval_of_zero_takes_the_rows_in_turn)
{
	struct fixture f = fixture_of(0, 0);

	for (uint32_t row = 0; row < 3; row++)
		start(&f, row, 100);
	for (uint64_t sequence = 1; sequence <= 4; sequence++) {
		for (uint32_t row = 0; row < 3; row++)
			expect_probe(&f, 100 + sequence / 3 * 50, row, sequence);
	}
}

Test(plan, a_stopped_row_gets_nothing_wherever_it_waits)
{
	struct fixture f = fixture_of(2, 10);

	for (uint32_t row = 0; row < 4; row++)
		start(&f, row, 100);
	plan_stop(&f.rows[1]); /* in the middle */
	plan_stop(&f.rows[3]); /* last */
	plan_stop(&f.rows[4]); /* never started */
	expect_probe(&f, 100, 0, 1);
	plan_stop(&f.rows[0]); /* between two probes */
	expect_probe(&f, 100, 2, 1);
	expect_probe(&f, 110, 2, 2);
	plan_stop(&f.rows[2]); /* has none left */
	plan_stop(&f.rows[2]);
	expect_nothing(&f, 5000, UINT64_MAX);
}

Test(plan, an_interval_without_end_never_wraps_into_the_past)
{
	struct fixture f = fixture_of(0, UINT64_MAX - 5);

	start(&f, 0, 100);
	expect_probe(&f, 100, 0, 1);
	expect_nothing(&f, 1000000, UINT64_MAX);
}

/*
 * A model that is too slow and obviously right: all due times in an array, the least one is next.
 */
struct model_row {
	uint64_t due_ns, taken;
};

Test(plan, due_times_agree_with_a_naive_model_under_jitter)
{
	enum { ROWS = 17, COUNT = 50, INTERVAL = 100 };
	struct plan plan = {.count = COUNT, .interval_ns = INTERVAL};
	struct plan_row rows[ROWS] = {0};
	struct model_row model[ROWS];
	uint32_t started = 0, random = 12345;
	uint64_t now = 1000, taken = 0;

	for (int i = 0; i < ROWS; i++)
		model[i] = (struct model_row){UINT64_MAX, 0};
	while (taken < ROWS * COUNT && now < 1000000) {
		uint64_t least = UINT64_MAX, sequence;
		struct plan_row *taken_row;
		ptrdiff_t row;

		random = random * 1103515245 + 12345;
		now += (random >> 16) % 30 == 0 ? 250 : (random >> 16) % 13;
		if (started < ROWS && (random >> 20) % 5 == 0) {
			plan_start(&plan, &rows[started], now);
			model[started++].due_ns = now;
		}
		for (int i = 0; i < ROWS; i++)
			least = model[i].due_ns < least ? model[i].due_ns : least;
		cr_assert_eq(plan_due_ns(&plan), least);
		taken_row = plan_next(&plan, now, &sequence);
		if (!taken_row) {
			cr_assert_gt(least, now);
			continue;
		}
		row = taken_row - rows;
		cr_assert_leq(least, now);
		cr_assert_eq(model[row].due_ns, least);
		cr_assert_eq(sequence, ++model[row].taken);
		model[row].due_ns = (now - least > INTERVAL ? now : least) + INTERVAL;
		if (sequence == COUNT)
			model[row].due_ns = UINT64_MAX;
		taken++;
	}
	cr_expect_eq(taken, ROWS * COUNT);
}

Test(plan, a_postponed_probe_is_due_again_with_its_number_and_the_next_ones_follow_it)
{
	struct fixture f = fixture_of(2, 10 * PLAN_POSTPONE_NS);
	const uint64_t again_ns = 100 + PLAN_POSTPONE_NS;

	start(&f, 0, 100);
	expect_probe(&f, 100, 0, 1);
	plan_postpone(&f.plan, &f.rows[0], 100);
	expect_nothing(&f, again_ns - 1, again_ns);
	expect_probe(&f, again_ns, 0, 1);
	expect_nothing(&f, again_ns, again_ns + 10 * PLAN_POSTPONE_NS);
	expect_probe(&f, again_ns + 10 * PLAN_POSTPONE_NS, 0, 2);
	plan_postpone(&f.plan, &f.rows[0],
		      again_ns + 10 * PLAN_POSTPONE_NS); /* the last one: there is none after it */
	expect_probe(&f, 5000000000, 0, 2);
	expect_nothing(&f, 5000000000, UINT64_MAX);
}
