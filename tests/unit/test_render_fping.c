/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The line that fping -C writes. */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/unit/golden.h"
#include "tests/unit/renderers.h"
#include "tests/unit/report_fixture.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *rendered(struct output *output, size_t label_width,
			    const struct summary_report *report)
{
	struct render_style style = {.label_width = label_width};

	output_begin(output);
	fping_renderer.summary(output->stream, &style, report);
	return output_end(output);
}

Test(render_fping, it_has_three_digits_that_count_and_no_more_than_microseconds)
{
	static const struct {
		uint64_t rtt_ns;
		const char *text;
	} cases[] = {
		{0, "0.000"},
		{412, "0.000"},
		{55321, "0.055"},
		{412512, "0.413"},
		{999499, "0.999"},
		{1000000, "1.00"},
		{9994000, "9.99"},
		{10000000, "10.0"},
		{12104512, "12.1"},
		{99940000, "99.9"},
		{100000000, "100"},
		{1043012004, "1043"},
		{999999000000, "999999"},
		{1234567000000, "1.235e+06"},
	};
	struct report_fixture fixture;

	fixture_open(&fixture);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct summary_report report = {.target = &fixture.target,
						.is_final = true,
						.row = &cases[i].rtt_ns,
						.row_count = 1};
		struct output output;
		char line[64];

		snprintf(line, sizeof(line), "db.internal:5432 : %s\n", cases[i].text);
		cr_expect_str_eq(rendered(&output, 0, &report), line);
		output_free(&output);
	}
}

Test(render_fping, a_probe_without_an_rtt_is_a_dash_in_its_place)
{
	static const uint64_t row[] = {412512, TIME_UNKNOWN_NS, 398000, TIME_UNKNOWN_NS};
	struct report_fixture fixture;
	struct summary_report report = {
		.target = &fixture.target, .is_final = true, .row = row, .row_count = COUNT(row)};
	struct output output;

	fixture_open(&fixture);
	cr_expect_str_eq(rendered(&output, 20, &report),
			 "db.internal:5432     : 0.413 - 0.398 -\n");
	output_free(&output);
	report.row_count = 0;
	cr_expect_str_eq(rendered(&output, 0, &report), "db.internal:5432 :\n");
	output_free(&output);
	report.row = NULL;
	report.row_count = 4;
	cr_expect_str_eq(rendered(&output, 0, &report), "db.internal:5432 :\n");
	output_free(&output);
}

Test(render_fping, the_title_tells_targets_apart_and_cannot_steer)
{
	struct report_fixture fixture;
	struct summary_report report = {.target = &fixture.target, .is_final = true};
	struct output output;

	fixture_one_of_many(&fixture);
	cr_expect_str_eq(rendered(&output, 0, &report), "db.internal:5432(10.2.0.15)@blue :\n");
	output_free(&output);
	fixture_hostile(&fixture);
	cr_expect_str_eq(rendered(&output, 0, &report), "?]0;owned?evil:80 :\n");
	output_free(&output);
}

Test(render_fping, nothing_else_makes_a_line)
{
	struct report_fixture fixture;
	struct target_report unresolved;
	struct render_style style = {0};
	struct summary_report report = {.target = &fixture.target, .is_final = false};
	struct output output;

	fixture_open(&fixture);
	fixture_unresolved(&unresolved);
	cr_expect(format_has(format_find("fping"), FORMAT_HAS_ROWS));
	cr_expect_null(fping_renderer.target, "a name that did not resolve is for stderr");
	cr_expect_str_eq(rendered(&output, 0, &report), "", "not before the end");
	output_free(&output);
	report = (struct summary_report){.target = &unresolved, .is_final = true};
	cr_expect_str_eq(rendered(&output, 0, &report), "");
	output_free(&output);
	output_begin(&output);
	fping_renderer.probe(output.stream, &style, &fixture.probe);
	cr_expect_str_eq(output_end(&output), "");
	output_free(&output);
}
