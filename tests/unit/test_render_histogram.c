/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The distribution of the RTTs as text. */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/unit/golden.h"
#include "tests/unit/renderers.h"
#include "tests/unit/report_fixture.h"
#include "user/render/histogram.h"
#include "user/render/line.h"

static void add_rtts(struct stats *stats, uint64_t rtt_ns, unsigned count)
{
	struct verdict verdict = {
		.status = STATUS_OPEN, .answer = ANSWER_SYN_ACK, .rtt_ns = rtt_ns, .syn_sent = 1};

	for (unsigned i = 0; i < count; i++)
		stats_add_verdict(stats, &verdict, STATUS_OPEN, 0);
}

static void make_run(struct stats *ret_stats)
{
	stats_init(ret_stats);
	add_rtts(ret_stats, 180000, 3);
	add_rtts(ret_stats, 250000, 812);
	add_rtts(ret_stats, 412512, 400);
	add_rtts(ret_stats, 650000, 21);
	add_rtts(ret_stats, 1600000, 1);
}

Test(render_histogram, it_reaches_from_the_first_to_the_last_bucket_that_has_something)
{
	static const size_t columns[] = {0, 120, 60, 40, 26, 10};
	struct stats stats;
	struct output output;

	make_run(&stats);
	output_begin(&output);
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		fprintf(output.stream, "columns %zu\n", columns[i]);
		histogram_write(output.stream, &stats, columns[i]);
	}
	stats_release(&stats);
	cr_expect(golden_matches("histogram.txt", &output));
}

Test(render_histogram, both_ends_are_open)
{
	struct stats stats;
	struct output output;

	stats_init(&stats);
	add_rtts(&stats, 0, 1);
	add_rtts(&stats, 1000000000000, 2);
	output_begin(&output);
	histogram_write(output.stream, &stats, 60);
	stats_release(&stats);
	cr_expect(golden_matches("histogram_whole.txt", &output));
}

Test(render_histogram, without_a_sample_there_is_none)
{
	struct stats stats;
	struct output output;

	stats_init(&stats);
	output_begin(&output);
	histogram_write(output.stream, &stats, 80);
	histogram_write(output.stream, &stats, 0);
	cr_expect_str_eq(output_end(&output), "");
	output_free(&output);
}

Test(render_histogram, no_line_reaches_the_last_column_and_no_sample_is_without_a_bar)
{
	struct stats stats;

	make_run(&stats);
	for (size_t columns = 30; columns < 140; columns++) {
		struct output output;

		output_begin(&output);
		histogram_write(output.stream, &stats, columns);
		output_end(&output);
		for (char *line = strtok(output.text, "\n"); line; line = strtok(NULL, "\n")) {
			cr_expect_lt(text_columns(line), columns, "%zu columns: %s", columns, line);
			/*
			 * Every block begins with these two bytes, and only one bucket within is
			 * empty.
			 */
			cr_expect_eq(strstr(line, "\342\226") == NULL,
				     strstr(line, "    0") != NULL, "%zu columns: %s", columns,
				     line);
		}
		output_free(&output);
	}
	stats_release(&stats);
}

Test(render_histogram, the_summary_has_it_on_request)
{
	struct render_style style = {0};
	struct report_fixture fixture;
	struct summary_report report;
	struct stats stats;
	struct output output;

	fixture_open(&fixture);
	make_run(&stats);
	report = (struct summary_report){
		.target = &fixture.target, .stats = &stats, .is_final = true};
	output_begin(&output);
	text_renderer.summary(output.stream, &style, &report);
	cr_expect_not(strchr(output_end(&output), '#'));
	output_free(&output);
	style.has_histogram = true;
	output_begin(&output);
	text_renderer.summary(output.stream, &style, &report);
	stats_release(&stats);
	cr_expect(golden_matches("summary_histogram.txt", &output));
}
