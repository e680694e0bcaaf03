/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a target's probes add up to. */
#include <criterion/criterion.h>
#include <math.h>

#include "user/core/run/stats.h"
#include "user/words/vocabulary.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void add_rtt(struct stats *stats, uint64_t rtt_ns)
{
	struct verdict verdict = {
		.status = STATUS_OPEN, .answer = ANSWER_SYN_ACK, .rtt_ns = rtt_ns, .syn_sent = 1};

	stats_add_verdict(stats, &verdict, STATUS_OPEN, 0);
}

static void expect_near(double got, double wanted, const char *what)
{
	cr_expect(fabs(got - wanted) <= 1e-9 * fabs(wanted), "%s: %.9f instead of %.9f", what, got,
		  wanted);
}

Test(stats, probes_are_counted_by_status_and_syns_added_up)
{
	static const struct {
		enum status status;
		uint16_t syn_sent, syn_unanswered;
	} rows[] = {
		{STATUS_OPEN, 1, 0},	{STATUS_OPEN, 2, 1},	   {STATUS_FILTERED, 4, 4},
		{STATUS_BLOCKED, 3, 0}, {STATUS_INCOMPLETE, 0, 0},
	};
	struct stats stats;

	stats_init(&stats);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct verdict verdict = {.status = rows[i].status,
					  .syn_sent = rows[i].syn_sent,
					  .syn_unanswered = rows[i].syn_unanswered,
					  .rtt_ns = TIME_UNKNOWN_NS};

		stats_add_verdict(&stats, &verdict, STATUS_FILTERED, 0);
	}
	cr_expect_eq(stats.probes, 5);
	cr_expect_eq(stats.by_status[STATUS_OPEN], 2);
	cr_expect_eq(stats.by_status[STATUS_FILTERED], 1);
	cr_expect_eq(stats.by_status[STATUS_BLOCKED], 1);
	cr_expect_eq(stats.by_status[STATUS_CLOSED], 0);
	cr_expect_eq(stats.by_status[STATUS_INCOMPLETE], 1);
	cr_expect_eq(stats.syn_sent, 10);
	cr_expect_eq(stats.syn_unanswered, 5);
	cr_expect_eq(stats.expected, 1);
	stats_release(&stats);
}

Test(stats, a_connect_that_is_no_probe_of_its_own_has_syns_only)
{
	const struct verdict other = {
		.status = STATUS_INCOMPLETE, .syn_sent = 3, .syn_unanswered = 2, .rtt_ns = 1};
	struct stats stats;

	stats_init(&stats);
	add_rtt(&stats, 1000);
	stats_add_syns(&stats, other.syn_sent, other.syn_unanswered);
	cr_expect_eq(stats.probes, 1);
	cr_expect_eq(stats.by_status[STATUS_INCOMPLETE], 0);
	cr_expect_eq(stats.syn_sent, 4);
	cr_expect_eq(stats.syn_unanswered, 2);
	cr_expect_eq(stats.rtt_count, 1);
	stats_release(&stats);
}

Test(stats, what_this_host_answered_itself_has_no_time_to_the_target)
{
	static const struct verdict rows[] = {
		{.status = STATUS_INTERCEPTED,
		 .reason = REASON_REDIRECTED_LOCAL,
		 .answer = ANSWER_SYN_ACK,
		 .rtt_ns = 20000},
		{.status = STATUS_BLOCKED,
		 .reason = REASON_REDIRECTED_LOCAL,
		 .answer = ANSWER_SYN_ACK,
		 .rtt_ns = 20000},
		{.status = STATUS_SELF_CONNECT,
		 .reason = REASON_SELF_CONNECT,
		 .answer = ANSWER_SYN_ACK,
		 .rtt_ns = 20000},
	};
	struct stats stats;

	stats_init(&stats);
	for (size_t i = 0; i < COUNT(rows); i++)
		stats_add_verdict(&stats, &rows[i], STATUS_OPEN, 0);
	cr_expect_eq(stats.rtt_count, 0);
	stats_release(&stats);
}

Test(stats, amendments_are_counted_by_kind)
{
	struct stats stats;

	stats_init(&stats);
	stats_add_amendment(&stats, AMENDMENT_NOT_ACCEPTED);
	stats_add_amendment(&stats, AMENDMENT_LATE_ANSWER);
	stats_add_amendment(&stats, AMENDMENT_LATE_ANSWER);
	cr_expect_eq(stats.by_amendment[AMENDMENT_NOT_ACCEPTED], 1);
	cr_expect_eq(stats.by_amendment[AMENDMENT_LATE_ANSWER], 2);
	cr_expect_eq(stats.by_amendment[AMENDMENT_RESET_BY_PEER], 0);
	stats_release(&stats);
}

Test(stats, only_syn_acks_with_a_certain_rtt_enter_the_figures)
{
	static const struct {
		enum status status;
		enum answer_kind answer;
		uint64_t rtt_ns;
		bool is_counted;
	} rows[] = {
		{STATUS_OPEN, ANSWER_SYN_ACK, 1000, true},
		{STATUS_BLOCKED, ANSWER_SYN_ACK, 3000,
		 true}, /* the wire answered; this host threw it away */
		{STATUS_OPEN, ANSWER_SYN_ACK, TIME_UNKNOWN_NS, false},
		{STATUS_CLOSED, ANSWER_RST, 9000, false},
		{STATUS_UNREACHABLE, ANSWER_ICMP, 9000, false},
		{STATUS_FILTERED, ANSWER_NONE, TIME_UNKNOWN_NS, false},
	};
	struct stats stats;
	struct rtt_summary rtt;
	uint64_t counted = 0;

	stats_init(&stats);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct verdict verdict = {.status = rows[i].status,
					  .answer = rows[i].answer,
					  .rtt_ns = rows[i].rtt_ns};

		stats_add_verdict(&stats, &verdict, STATUS_OPEN, 0);
		counted += rows[i].is_counted;
		cr_expect_eq(stats.rtt_count, counted, "row %zu", i);
	}
	stats_rtt(&stats, &rtt);
	cr_expect_eq(rtt.count, 2);
	expect_near(rtt.mean, 2000, "mean");
	expect_near(rtt.max, 3000, "max");
	stats_release(&stats);
}

Test(stats, no_sample_gives_zeroes)
{
	struct stats stats;
	struct rtt_summary rtt = {.count = 7, .min = 7, .jitter = 7, .stddev = NAN};

	stats_init(&stats);
	stats_rtt(&stats, &rtt);
	cr_expect_eq(rtt.count, 0);
	cr_expect(rtt.min == 0 && rtt.mean == 0 && rtt.max == 0 && rtt.p50 == 0 && rtt.p99 == 0 &&
		  rtt.stddev == 0 && rtt.jitter == 0);
}

Test(stats, one_sample_is_every_figure_without_spread)
{
	struct stats stats;
	struct rtt_summary rtt;

	stats_init(&stats);
	add_rtt(&stats, 412000);
	stats_rtt(&stats, &rtt);
	cr_expect(rtt.min == 412000 && rtt.mean == 412000 && rtt.max == 412000);
	cr_expect(rtt.p50 == 412000 && rtt.p90 == 412000 && rtt.p95 == 412000 && rtt.p99 == 412000);
	cr_expect(rtt.stddev == 0 && rtt.jitter == 0);
	stats_release(&stats);
}

Test(stats, figures_of_a_known_row)
{
	static const uint64_t row[] = {2000, 4000, 4000, 4000, 5000,
				       5000, 7000, 9000}; /* mean 5000, population deviation 2000 */
	struct stats stats;
	struct rtt_summary rtt;

	stats_init(&stats);
	for (size_t i = 0; i < COUNT(row); i++)
		add_rtt(&stats, row[i]);
	stats_rtt(&stats, &rtt);
	cr_expect_eq(rtt.count, 8);
	expect_near(rtt.min, 2000, "min");
	expect_near(rtt.mean, 5000, "mean");
	expect_near(rtt.max, 9000, "max");
	expect_near(rtt.stddev, 2000, "stddev");
	expect_near(rtt.jitter, 1000, "jitter"); /* (2 + 0 + 0 + 1 + 0 + 2 + 2) / 7 */
	expect_near(rtt.p50, 4000, "p50");
	expect_near(rtt.p90, 9000, "p90");
	stats_release(&stats);
}

Test(stats, jitter_follows_the_order_of_arrival_in_both_directions)
{
	static const uint64_t row[] = {1000, 5000, 2000, 2000};
	struct stats stats;
	struct rtt_summary rtt;

	stats_init(&stats);
	for (size_t i = 0; i < COUNT(row); i++)
		add_rtt(&stats, row[i]);
	stats_rtt(&stats, &rtt);
	expect_near(rtt.jitter, 7000.0 / 3, "jitter");
	stats_release(&stats);
}

Test(stats, percentiles_are_nearest_rank_whatever_the_order)
{
	static const struct {
		uint32_t count;
		double p50, p90, p95, p99;
	} rows[] = {
		{2, 1, 2, 2, 2},      {4, 2, 4, 4, 4},	     {10, 5, 9, 10, 10},
		{20, 10, 18, 19, 20}, {100, 50, 90, 95, 99}, {1000, 500, 900, 950, 990},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct stats stats;
		struct rtt_summary rtt;

		stats_init(&stats);
		/* 1..count, shuffled: 7919 is a prime that divides none of the counts. */
		for (uint32_t n = 0; n < rows[i].count; n++)
			add_rtt(&stats, n * 7919ull % rows[i].count + 1);
		stats_rtt(&stats, &rtt);
		cr_expect(rtt.p50 == rows[i].p50, "%u: p50 %f", rows[i].count, rtt.p50);
		cr_expect(rtt.p90 == rows[i].p90, "%u: p90 %f", rows[i].count, rtt.p90);
		cr_expect(rtt.p95 == rows[i].p95, "%u: p95 %f", rows[i].count, rtt.p95);
		cr_expect(rtt.p99 == rows[i].p99, "%u: p99 %f", rows[i].count, rtt.p99);
		stats_release(&stats);
	}
}

Test(stats, the_store_is_bounded_and_thins_out_evenly_while_the_rest_stays_exact)
{
	enum { SAMPLES = STATS_MAX_SAMPLES * 3 };
	struct stats stats;
	struct rtt_summary rtt;

	stats_init(&stats);
	for (uint32_t n = 1; n <= SAMPLES; n++) {
		add_rtt(&stats, n);
		cr_assert_leq(stats.sample_count, STATS_MAX_SAMPLES);
	}
	for (uint32_t i = 0; i < stats.sample_count; i++)
		cr_assert_eq(stats.samples[i], (uint64_t)i * stats.sample_stride + 1, "sample %u",
			     i);
	cr_expect_eq(stats.sample_stride, 4);
	stats_rtt(&stats, &rtt);
	cr_expect_eq(rtt.count, SAMPLES);
	cr_expect(rtt.min == 1 && rtt.max == SAMPLES);
	expect_near(rtt.mean, (SAMPLES + 1) / 2.0, "mean");
	cr_expect(fabs(rtt.stddev - sqrt(((double)SAMPLES * SAMPLES - 1) / 12)) < 0.01, "stddev %f",
		  rtt.stddev);
	expect_near(rtt.jitter, 1, "jitter");
	cr_expect(fabs(rtt.p50 - SAMPLES * 0.50) <= 4, "p50 %f", rtt.p50);
	cr_expect(fabs(rtt.p99 - SAMPLES * 0.99) <= 4, "p99 %f", rtt.p99);
	stats_release(&stats);
}

Test(stats, up_to_the_bound_every_sample_is_kept)
{
	struct stats stats;

	stats_init(&stats);
	for (uint32_t n = 0; n < STATS_MAX_SAMPLES; n++)
		add_rtt(&stats, n);
	cr_expect_eq(stats.sample_count, STATS_MAX_SAMPLES);
	cr_expect_eq(stats.sample_stride, 1);
	add_rtt(&stats, 1);
	cr_expect_eq(stats.sample_stride, 2);
	cr_expect_eq(stats.sample_count, STATS_MAX_SAMPLES / 2 + 1);
	stats_release(&stats);
}

Test(stats, small_differences_of_large_values_are_not_lost)
{
	struct stats stats;
	struct rtt_summary rtt;

	stats_init(&stats);
	for (int i = 0; i < 1000; i++)
		add_rtt(&stats, 4000000000000ull + (i % 2 ? 10 : 0));
	stats_rtt(&stats, &rtt);
	cr_expect(fabs(rtt.stddev - 5) < 0.01, "stddev %f", rtt.stddev);
	stats_release(&stats);
}

/* Two probes of these statuses, a second apart: what the second between them counts for. */
static struct availability_summary second_after(enum status status, enum status expected,
						bool *ret_is_known)
{
	struct verdict verdict = {.status = status, .rtt_ns = TIME_UNKNOWN_NS};
	struct availability_summary summary;
	struct stats stats;

	stats_init(&stats);
	stats_add_verdict(&stats, &verdict, expected, 5000000000);
	stats_add_verdict(&stats, &verdict, expected, 6000000000);
	*ret_is_known = stats_has_availability(&stats);
	availability_summarise(&stats.availability, &summary);
	stats_release(&stats);
	return summary;
}

Test(stats, the_expected_status_is_up_any_other_verdict_down_and_no_verdict_neither)
{
	bool is_known;

	for (enum status status = 0; status < STATUS_COUNT; status++) {
		bool is_verdict = status != STATUS_ABORTED && status != STATUS_INCOMPLETE;
		struct availability_summary summary =
			second_after(status, STATUS_CLOSED, &is_known);

		cr_expect_eq(summary.up_ns, status == STATUS_CLOSED ? 1000000000 : 0, "%s",
			     status_name(status));
		cr_expect_eq(summary.down_ns,
			     is_verdict && status != STATUS_CLOSED ? 1000000000 : 0, "%s",
			     status_name(status));
		cr_expect_eq(is_known, is_verdict, "%s", status_name(status));
	}
}
