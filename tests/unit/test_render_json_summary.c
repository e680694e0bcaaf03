/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a target's probes add up to, as JSON. */
#include <criterion/criterion.h>

#include "tests/unit/golden.h"
#include "tests/unit/renderers.h"
#include "tests/unit/report_fixture.h"

static const struct render_style style;

/* A probe a second, of every kind; then one that is open again. */
static void add_run(struct stats *stats, struct report_fixture *ret_fixture)
{
	for (size_t i = 0; i < FIXTURE_CASE_COUNT; i++) {
		fixture_cases[i].make(ret_fixture);
		stats_add_verdict(stats, &ret_fixture->verdict, STATUS_OPEN, i * 1000000000);
	}
	fixture_open(ret_fixture);
	stats_add_verdict(stats, &ret_fixture->verdict, STATUS_OPEN,
			  FIXTURE_CASE_COUNT * 1000000000ull);
}

Test(render_json_summary, summaries_match_the_golden_file)
{
	struct render_style with_histogram = {.has_histogram = true};
	struct report_fixture fixture;
	struct target_report unresolved;
	struct summary_report report;
	struct stats stats;
	struct output output;

	stats_init(&stats);
	fixture_unresolved(&unresolved);
	output_begin(&output);
	report = (struct summary_report){.target = &unresolved, .stats = &stats, .is_final = true};
	json_renderer.summary(output.stream, &style, &report);
	json_renderer.summary(output.stream, &with_histogram, &report);
	add_run(&stats, &fixture);
	stats_add_amendment(&stats, AMENDMENT_NOT_ACCEPTED);
	stats_add_amendment(&stats, AMENDMENT_NOT_ACCEPTED);
	stats_add_amendment(&stats, AMENDMENT_LATE_ANSWER);
	report = (struct summary_report){
		.target = &fixture.target, .stats = &stats, .events_lost = 17};
	json_renderer.summary(output.stream, &style, &report);
	fixture_one_of_many(&fixture);
	report.is_final = true;
	stats.histogram[0] = 2;
	stats.histogram[STATS_BUCKETS - 1] = 1;
	json_renderer.summary(output.stream, &with_histogram, &report);
	stats_release(&stats);
	cr_expect(golden_matches("summary.jsonl", &output));
}
