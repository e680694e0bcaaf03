/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a target's probes add up to, as text. */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/unit/golden.h"
#include "tests/unit/renderers.h"
#include "tests/unit/report_fixture.h"

static const struct render_style plain_style = {.is_explaining = true, .sequence_width = 2};

static void write_summary(FILE *out, const struct render_style *style,
			  const struct target_report *target, const struct stats *stats)
{
	text_renderer.summary(
		out, style,
		&(struct summary_report){
			.target = target, .stats = stats, .events_lost = 2, .is_final = true});
}

Test(render_summary, summaries_count_what_happened)
{
	struct report_fixture fixture;
	struct target_report unresolved;
	struct stats stats;
	struct output output;

	stats_init(&stats);
	fixture_unresolved(&unresolved);
	output_begin(&output);
	write_summary(output.stream, &plain_style, &unresolved, &stats);
	fixture_not_sent(&fixture);
	write_summary(output.stream, &plain_style, &fixture.target, &stats);
	stats_add_verdict(&stats, &fixture.verdict, STATUS_OPEN, 0);
	write_summary(output.stream, &plain_style, &fixture.target, &stats);
	for (size_t i = 0; i < FIXTURE_CASE_COUNT; i++) {
		fixture_cases[i].make(&fixture);
		stats_add_verdict(&stats, &fixture.verdict, STATUS_OPEN, 0);
		if (i == 0)
			write_summary(output.stream, &plain_style, &fixture.target, &stats);
	}
	stats_add_amendment(&stats, AMENDMENT_NOT_ACCEPTED);
	stats_add_amendment(&stats, AMENDMENT_RESET_BY_PEER);
	stats_add_amendment(&stats, AMENDMENT_RESET_BY_PEER);
	write_summary(output.stream, &plain_style, &fixture.target, &stats);
	stats_release(&stats);
	cr_expect(golden_matches("summaries.txt", &output));
}

Test(render_summary, quiet_leaves_the_summaries)
{
	struct render_style style = {
		.is_quiet = true, .is_explaining = true, .verbosity = 1, .label_width = 20};
	struct report_fixture fixture;
	struct target_report unresolved;
	struct stats stats;
	struct output output;

	fixture_open(&fixture);
	fixture_unresolved(&unresolved);
	stats_init(&stats);
	stats_add_verdict(&stats, &fixture.verdict, STATUS_OPEN, 0);
	output_begin(&output);
	text_renderer.target(output.stream, &style, &fixture.target);
	text_renderer.target(output.stream, &style, &unresolved);
	text_renderer.probe(output.stream, &style, &fixture.probe);
	text_renderer.amendment(output.stream, &style, &fixture.amendment_report);
	text_renderer.outstanding(output.stream, &style, &fixture.outstanding);
	text_renderer.move(output.stream, &style, &fixture.move);
	write_summary(output.stream, &style, &fixture.target, &stats);
	write_summary(output.stream, &style, &unresolved, &stats);
	stats_release(&stats);
	cr_expect(golden_matches("quiet.txt", &output));
}

Test(render_summary, one_in_between_is_not_taken_for_the_end)
{
	struct report_fixture fixture;
	struct summary_report report;
	struct stats stats;
	struct output output;

	fixture_open(&fixture);
	stats_init(&stats);
	output_begin(&output);
	for (uint64_t second = 0; second < 3; second++) {
		stats_add_verdict(&stats, &fixture.verdict, STATUS_OPEN, second * SECOND_NS);
		text_renderer.probe(output.stream, &plain_style, &fixture.probe);
		report = (struct summary_report){
			.target = &fixture.target, .stats = &stats, .is_final = second == 2};
		text_renderer.summary(output.stream, &plain_style, &report);
	}
	stats_release(&stats);
	cr_expect(golden_matches("so_far.txt", &output));
}

/* One letter a probe, `interval_ns` apart: o open, f filtered, ? incomplete. */
static void write_run(FILE *out, const char *probes, uint64_t interval_ns)
{
	struct report_fixture fixture;
	struct stats stats;

	stats_init(&stats);
	for (size_t i = 0; i < strlen(probes); i++) {
		if (probes[i] == 'o')
			fixture_open(&fixture);
		else if (probes[i] == 'f')
			fixture_filtered(&fixture);
		else
			fixture_incomplete(&fixture);
		stats_add_verdict(&stats, &fixture.verdict, STATUS_OPEN, i * interval_ns);
	}
	write_summary(out, &plain_style, &fixture.target, &stats);
	stats_release(&stats);
}

Test(render_summary, outages_are_told_and_a_short_run_without_one_is_not)
{
	static const struct {
		const char *probes;
		uint64_t interval_ns;
	} runs[] = {
		{"oooo", SECOND_NS},	{"oo", 60 * SECOND_NS - 1},
		{"oo", 60 * SECOND_NS}, {"ooo", 13 * 3600 * SECOND_NS},
		{"offfo", SECOND_NS},	{"ofofffoo", SECOND_NS},
		{"of", SECOND_NS},	{"f", SECOND_NS},
		{"o?", 90 * SECOND_NS}, {"fffo", SECOND_NS / 100},
		{"offofff", SECOND_NS}, {"ofof", SECOND_NS},
		{"ff", SECOND_NS},	{"ff", 60 * SECOND_NS},
	};
	struct output output;

	output_begin(&output);
	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++)
		write_run(output.stream, runs[i].probes, runs[i].interval_ns);
	cr_expect(golden_matches("availability.txt", &output));
}

Test(render_summary, an_outage_in_a_run_that_goes_on_is_now)
{
	struct report_fixture fixture;
	struct summary_report report = {.target = &fixture.target};
	struct output output;
	struct stats stats;

	stats_init(&stats);
	fixture_open(&fixture);
	stats_add_verdict(&stats, &fixture.verdict, STATUS_OPEN, 0);
	fixture_filtered(&fixture);
	stats_add_verdict(&stats, &fixture.verdict, STATUS_OPEN, SECOND_NS);
	report.stats = &stats;
	output_begin(&output);
	text_renderer.summary(output.stream, &plain_style, &report);
	cr_expect(strstr(output_end(&output), "    up 1.0 s, down now\n"));
	output_free(&output);
	stats_release(&stats);
}

static bool says_everybody(uint64_t probes, uint64_t intercepted)
{
	struct run_report report = {.targets = 2, .probes = probes, .intercepted = intercepted};
	struct output output;
	bool says_so;

	output_begin(&output);
	text_renderer.end(output.stream, &plain_style, &report);
	says_so = strstr(output_end(&output), "answers for everybody") != NULL;
	cr_expect_eq(says_so, output.size > 0);
	output_free(&output);
	return says_so;
}

Test(render_summary, an_environment_that_answers_for_everybody_is_named)
{
	cr_expect(says_everybody(2, 2));
	cr_expect(says_everybody(1000, 1000));
}

Test(render_summary, other_verdicts_or_too_few_name_no_environment)
{
	cr_expect_not(says_everybody(0, 0));
	cr_expect_not(says_everybody(1, 1));
	cr_expect_not(says_everybody(4, 3));
	cr_expect_not(says_everybody(4, 0));
}
