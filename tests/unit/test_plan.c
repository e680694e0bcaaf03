/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* When which stream's next probe starts. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "user/core/plan.h"

static void expect_probe(struct plan *plan, uint64_t now_ns, uint32_t stream, uint64_t sequence)
{
	uint32_t got_stream = UINT32_MAX;
	uint64_t got_sequence = 0;

	cr_expect(plan_next(plan, now_ns, &got_stream, &got_sequence), "at %llu", (unsigned long long)now_ns);
	cr_expect_eq(got_stream, stream, "at %llu: stream %u", (unsigned long long)now_ns, got_stream);
	cr_expect_eq(got_sequence, sequence, "at %llu: sequence %llu", (unsigned long long)now_ns, (unsigned long long)got_sequence);
}

static void expect_nothing(struct plan *plan, uint64_t now_ns, uint64_t due_ns)
{
	uint32_t stream = 77;
	uint64_t sequence = 77;

	cr_expect_not(plan_next(plan, now_ns, &stream, &sequence), "at %llu", (unsigned long long)now_ns);
	cr_expect_eq(stream, 77);
	cr_expect_eq(sequence, 77);
	cr_expect_eq(plan_due_ns(plan), due_ns, "at %llu: due %llu", (unsigned long long)now_ns, (unsigned long long)plan_due_ns(plan));
}

Test(plan, nothing_is_due_before_a_stream_is_started)
{
	struct plan *plan = plan_new(2, 4, 10);

	expect_nothing(plan, 1000, UINT64_MAX);
	plan_free(plan);
}

Test(plan, the_nth_probe_is_due_at_start_plus_n_intervals_up_to_the_count)
{
	struct plan *plan = plan_new(1, 3, 10);

	plan_start(plan, 0, 100);
	expect_probe(plan, 100, 0, 1);
	expect_nothing(plan, 109, 110);
	expect_probe(plan, 110, 0, 2);
	expect_nothing(plan, 119, 120);
	expect_probe(plan, 120, 0, 3);
	expect_nothing(plan, 5000, UINT64_MAX);
	plan_free(plan);
}

Test(plan, being_late_once_does_not_shift_the_others)
{
	struct plan *plan = plan_new(1, 0, 10);

	plan_start(plan, 0, 100);
	expect_probe(plan, 107, 0, 1);
	expect_nothing(plan, 107, 110);
	expect_probe(plan, 120, 0, 2); /* late by exactly an interval: still on its row */
	expect_probe(plan, 120, 0, 3);
	expect_nothing(plan, 120, 130);
	plan_free(plan);
}

Test(plan, late_by_more_than_an_interval_skips_none_and_bursts_none)
{
	struct plan *plan = plan_new(1, 4, 10);

	plan_start(plan, 0, 100);
	expect_probe(plan, 100, 0, 1);
	expect_probe(plan, 175, 0, 2);
	expect_nothing(plan, 175, 185);
	expect_probe(plan, 185, 0, 3);
	expect_probe(plan, 195, 0, 4);
	expect_nothing(plan, 195, UINT64_MAX);
	plan_free(plan);
}

Test(plan, a_stream_back_from_being_late_does_not_delay_those_on_time)
{
	struct plan *plan = plan_new(2, 0, 10);

	plan_start(plan, 0, 100);
	plan_start(plan, 1, 118);
	expect_probe(plan, 120, 0, 1); /* late by 20: next at 130 */
	expect_probe(plan, 120, 1, 1); /* late by 2: next at 128 */
	expect_nothing(plan, 127, 128);
	expect_probe(plan, 128, 1, 2);
	expect_nothing(plan, 129, 130);
	expect_probe(plan, 130, 0, 2);
	plan_free(plan);
}

Test(plan, a_stream_that_starts_later_comes_before_others_that_are_due_later)
{
	struct plan *plan = plan_new(2, 0, 10);

	plan_start(plan, 1, 100);
	expect_probe(plan, 100, 1, 1);
	plan_start(plan, 0, 103);
	expect_nothing(plan, 102, 103);
	expect_probe(plan, 103, 0, 1);
	expect_nothing(plan, 103, 110);
	expect_probe(plan, 110, 1, 2);
	expect_nothing(plan, 110, 113);
	plan_free(plan);
}

Test(plan, an_interval_of_zero_takes_the_streams_in_turn)
{
	struct plan *plan = plan_new(3, 0, 0);

	for (uint32_t stream = 0; stream < 3; stream++)
		plan_start(plan, stream, 100);
	for (uint64_t sequence = 1; sequence <= 4; sequence++) {
		for (uint32_t stream = 0; stream < 3; stream++)
			expect_probe(plan, 100 + sequence / 3 * 50, stream, sequence);
	}
	plan_free(plan);
}

Test(plan, a_stopped_stream_gets_nothing_wherever_it_waits)
{
	struct plan *plan = plan_new(5, 2, 10);

	for (uint32_t stream = 0; stream < 4; stream++)
		plan_start(plan, stream, 100);
	plan_stop(plan, 1); /* in the middle */
	plan_stop(plan, 3); /* last */
	plan_stop(plan, 4); /* not started yet */
	plan_start(plan, 4, 100);
	expect_probe(plan, 100, 0, 1);
	plan_stop(plan, 0); /* between two probes */
	expect_probe(plan, 100, 2, 1);
	expect_probe(plan, 110, 2, 2);
	plan_stop(plan, 2); /* has none left */
	plan_stop(plan, 2);
	expect_nothing(plan, 5000, UINT64_MAX);
	plan_free(plan);
}

Test(plan, an_interval_without_end_never_wraps_into_the_past)
{
	struct plan *plan = plan_new(1, 0, UINT64_MAX - 5);

	plan_start(plan, 0, 100);
	expect_probe(plan, 100, 0, 1);
	expect_nothing(plan, 1000000, UINT64_MAX);
	plan_free(plan);
}

Test(plan, freeing_nothing_is_fine)
{
	struct plan *plan = plan_new(0, 1, 1);

	cr_assert_not_null(plan);
	cr_expect_eq(plan_due_ns(plan), UINT64_MAX);
	plan_free(plan);
	plan_free(NULL);
}

/* A model that is too slow and obviously right: all due times in an array, the least one is next. */
struct model_stream {
	uint64_t due_ns, taken;
};

Test(plan, due_times_agree_with_a_naive_model_under_jitter)
{
	enum { STREAMS = 17, COUNT = 50, INTERVAL = 100 };
	struct plan *plan = plan_new(STREAMS, COUNT, INTERVAL);
	struct model_stream model[STREAMS];
	uint32_t started = 0, random = 12345;
	uint64_t now = 1000, taken = 0;

	for (int i = 0; i < STREAMS; i++)
		model[i] = (struct model_stream){UINT64_MAX, 0};
	while (taken < STREAMS * COUNT && now < 1000000) {
		uint64_t least = UINT64_MAX, sequence;
		uint32_t stream;

		random = random * 1103515245 + 12345;
		now += (random >> 16) % 30 == 0 ? 250 : (random >> 16) % 13;
		if (started < STREAMS && (random >> 20) % 5 == 0) {
			plan_start(plan, started, now);
			model[started++].due_ns = now;
		}
		for (int i = 0; i < STREAMS; i++)
			least = model[i].due_ns < least ? model[i].due_ns : least;
		cr_assert_eq(plan_due_ns(plan), least);
		if (!plan_next(plan, now, &stream, &sequence)) {
			cr_assert_gt(least, now);
			continue;
		}
		cr_assert_leq(least, now);
		cr_assert_eq(model[stream].due_ns, least);
		cr_assert_eq(sequence, ++model[stream].taken);
		model[stream].due_ns = (now - least > INTERVAL ? now : least) + INTERVAL;
		if (sequence == COUNT)
			model[stream].due_ns = UINT64_MAX;
		taken++;
	}
	cr_expect_eq(taken, STREAMS * COUNT);
	plan_free(plan);
}
