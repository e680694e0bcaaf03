/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* CSV output: golden files, and what must hold for every line. */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/unit/golden.h"
#include "tests/unit/renderers.h"
#include "tests/unit/report_fixture.h"

static const struct run_report run;

static const struct render_style style;

#define CELLS_MAX 64

/*
 * A reader by RFC 4180: takes the cells of one line apart, in place. Returns how many there are; 0:
 * the line is no CSV.
 */
static size_t line_split(char *line, char *cells[CELLS_MAX])
{
	size_t count = 0;
	char *from = line;

	while (count < CELLS_MAX) {
		char *to = from;
		bool is_quoted = *from == '"';

		cells[count++] = to;
		for (from += is_quoted; *from != '\0'; from++) {
			if (is_quoted && *from == '"' && *++from != '"')
				break;
			if (!is_quoted && *from == '"')
				return 0;
			if (!is_quoted && *from == ',')
				break;
			*to++ = *from;
		}
		if (*from != '\0' && *from != ',')
			return 0;
		bool is_last = *from == '\0';

		*to = '\0';
		if (is_last)
			return count;
		from++;
	}
	return 0;
}

/* The cell of a column in the line that the probe gives; lives until output_free(). */
static const char *cell(struct output *output, const struct report_fixture *fixture,
			const char *column)
{
	char *names[CELLS_MAX], *cells[CELLS_MAX], *line;
	size_t count;

	output_begin(output);
	csv_renderer.begin(output->stream, &style, &run);
	csv_renderer.probe(output->stream, &style, &fixture->probe);
	output_end(output);
	line = strchr(output->text, '\n');
	*line++ = '\0';
	cr_assert_eq(strchr(line, '\n'), output->text + output->size - 1, "a record is a line");
	*strchr(line, '\n') = '\0';
	count = line_split(output->text, names);
	cr_assert_eq(line_split(line, cells), count);
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], column) == 0)
			return cells[i];
	return NULL;
}

static void expect_cell(const struct report_fixture *fixture, const char *column,
			const char *expected)
{
	struct output output;
	const char *text = cell(&output, fixture, column);

	cr_expect(text && strcmp(text, expected) == 0, "%s: \"%s\" instead of \"%s\"", column, text,
		  expected);
	output_free(&output);
}

Test(render_csv, probes_match_the_golden_file)
{
	struct report_fixture fixture;
	struct output output;

	output_begin(&output);
	csv_renderer.begin(output.stream, &style, &run);
	for (size_t i = 0; i < FIXTURE_CASE_COUNT; i++) {
		fixture_cases[i].make(&fixture);
		csv_renderer.probe(output.stream, &style, &fixture.probe);
	}
	fixture_one_of_many(&fixture);
	csv_renderer.probe(output.stream, &style, &fixture.probe);
	fixture_hostile(&fixture);
	csv_renderer.probe(output.stream, &style, &fixture.probe);
	cr_expect(golden_matches("probes.csv", &output));
}

Test(render_csv, what_is_unknown_is_empty_and_what_is_nothing_is_zero)
{
	struct report_fixture fixture;

	fixture_not_sent(&fixture);
	expect_cell(&fixture, "rtt_us", "");
	expect_cell(&fixture, "source", "");
	expect_cell(&fixture, "netns", "");
	expect_cell(&fixture, "answer_kind", "");
	expect_cell(&fixture, "drop_interface", "");
	expect_cell(&fixture, "syn_sent", "0");
	expect_cell(&fixture, "app_errno", "EPERM");
	fixture_incomplete(&fixture);
	expect_cell(&fixture, "syn_sent", "");
	expect_cell(&fixture, "complete", "false");
	expect_cell(&fixture, "app_agrees", "false");
}

/* What was not seen is denied only where nothing was lost, by either connect. */
Test(render_csv, whether_our_ack_left_is_told_where_it_is_known)
{
	struct report_fixture fixture;

	fixture_open(&fixture);
	expect_cell(&fixture, "ack_sent", "false");
	fixture.verdict.is_ack_sent = true;
	expect_cell(&fixture, "ack_sent", "true");
	fixture_incomplete(&fixture);
	expect_cell(&fixture, "ack_sent", "");
	fixture_asked_again(&fixture);
	expect_cell(&fixture, "ack_sent", "");
	fixture.probe.others.is_ack_sent = true;
	expect_cell(&fixture, "ack_sent", "true");
}

Test(render_csv, a_probe_that_was_asked_again_has_one_line)
{
	struct report_fixture fixture;
	struct output output;

	fixture_open(&fixture);
	expect_cell(&fixture, "asked_again", "0");
	fixture_asked_again(&fixture);
	expect_cell(&fixture, "asked_again", "1");
	expect_cell(&fixture, "syn_sent", "3");
	expect_cell(&fixture, "syn_unanswered", "2");
	fixture_replaced(&fixture);
	output_begin(&output);
	csv_renderer.probe(output.stream, &style, &fixture.probe);
	cr_expect_str_eq(output_end(&output), "");
	output_free(&output);
}

Test(render_csv, lists_are_joined)
{
	struct report_fixture fixture;

	fixture_ambiguous(&fixture);
	expect_cell(&fixture, "rtt_candidates_us", "77.0;1022056.0");
	expect_cell(&fixture, "notes", "retransmitted;rtt-ambiguous");
	fixture_open(&fixture);
	expect_cell(&fixture, "rtt_candidates_us", "");
	expect_cell(&fixture, "notes", "");
}

Test(render_csv, any_text_comes_back_from_a_reader)
{
	static const char *const texts[] = {
		"",   "plain", "a, b", "\"",  "say \"no\", twice", ",", "\"\"", " spaces ",
		"é…", "it's",  "a=1",  "a;b",
	};
	struct report_fixture fixture;

	fixture_open(&fixture);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		fixture.probe.explain = texts[i];
		expect_cell(&fixture, "explain", texts[i]);
	}
}

Test(render_csv, no_text_becomes_a_formula)
{
	static const struct {
		const char *foreign;
		const char *cell;
	} cases[] = {
		{"=1+1", "'=1+1"},
		{"=HYPERLINK(\"http://198.51.100.1\",\"x\")",
		 "'=HYPERLINK(\"http://198.51.100.1\",\"x\")"},
		{"+1", "'+1"},
		{"-1", "'-1"},
		{"@SUM(A1)", "'@SUM(A1)"},
		{"\t=1", "?=1"},
		{"\r=1", "?=1"},
		{"\n=1", "?=1"},
	};
	struct report_fixture fixture;

	fixture_open(&fixture);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fixture.target.name = cases[i].foreign;
		fixture.target.label = cases[i].foreign;
		fixture.target.netns_name = cases[i].foreign;
		expect_cell(&fixture, "name", cases[i].cell);
		expect_cell(&fixture, "target", cases[i].cell);
		expect_cell(&fixture, "netns_name", cases[i].cell);
	}
}

Test(render_csv, quiet_leaves_the_header)
{
	struct render_style quiet = {.is_quiet = true};
	struct report_fixture fixture;
	struct output output;

	fixture_open(&fixture);
	output_begin(&output);
	csv_renderer.begin(output.stream, &quiet, &run);
	csv_renderer.probe(output.stream, &quiet, &fixture.probe);
	output_end(&output);
	cr_expect_eq(strncmp(output.text, "time,seq,target,", 16), 0);
	cr_expect_eq(strchr(output.text, '\n'), output.text + output.size - 1, "one line");
	output_free(&output);
}
