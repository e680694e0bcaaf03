/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Text output: golden files, and what must hold for every line. */
#include <criterion/criterion.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/unit/golden.h"
#include "tests/unit/renderers.h"
#include "tests/unit/report_fixture.h"
#include "user/render/line.h"
#include "user/words/explain.h"
#include "user/words/vocabulary.h"

static const struct render_style plain_style = {.is_explaining = true, .sequence_width = 2};

static void write_probes(FILE *out, const struct render_style *style)
{
	for (size_t i = 0; i < FIXTURE_CASE_COUNT; i++) {
		struct report_fixture fixture;

		fixture_cases[i].make(&fixture);
		text_renderer.probe(out, style, &fixture.probe);
		if (i == 0)
			text_renderer.amendment(out, style, &fixture.amendment_report);
	}
}

static void write_news(FILE *out, const struct render_style *style)
{
	struct report_fixture fixture;

	fixture_open(&fixture);
	text_renderer.outstanding(out, style, &fixture.outstanding);
	text_renderer.move(out, style, &fixture.move);
}

static bool probes_match(const char *golden, const struct render_style *style)
{
	struct output output;

	output_begin(&output);
	write_probes(output.stream, style);
	return golden_matches(golden, &output);
}

Test(render_text, probes_are_explained)
{
	cr_expect(probes_match("probes.txt", &plain_style));
}

Test(render_text, without_explanations_the_reason_stands)
{
	struct render_style style = plain_style;

	style.is_explaining = false;
	cr_expect(probes_match("probes_terse.txt", &style));
}

Test(render_text, labels_and_timestamps_begin_the_line)
{
	struct render_style style = plain_style;

	style.label_width = strlen("db.internal:5432") + 4;
	style.timestamp = TIMESTAMP_ISO;
	cr_expect(probes_match("probes_labelled.txt", &style));
}

/* Sentences and hints, whatever stands before them. */
Test(render_text, no_sentence_is_wider_than_the_terminal)
{
	static const size_t label_widths[] = {0, 16, 30};
	struct render_style style = plain_style;
	struct output output;

	for (size_t i = 0; i < sizeof(label_widths) / sizeof(label_widths[0]); i++) {
		style.label_width = label_widths[i];
		for (style.columns = 80; style.columns < 140; style.columns += 10) {
			output_begin(&output);
			write_probes(output.stream, &style);
			write_news(output.stream, &style);
			output_end(&output);
			for (char *line = strtok(output.text, "\n"); line;
			     line = strtok(NULL, "\n"))
				cr_expect_lt(text_columns(line), style.columns, "%zu columns: %s",
					     style.columns, line);
			output_free(&output);
		}
	}
}

Test(render_text, timestamps_come_in_three_styles)
{
	struct render_style style = plain_style;
	struct report_fixture fixture;
	struct output output;

	fixture_open(&fixture);
	output_begin(&output);
	for (style.timestamp = TIMESTAMP_NONE; style.timestamp <= TIMESTAMP_RELATIVE;
	     style.timestamp++) {
		text_renderer.probe(output.stream, &style, &fixture.probe);
		text_renderer.amendment(output.stream, &style, &fixture.amendment_report);
	}
	cr_expect(golden_matches("timestamps.txt", &output));
}

Test(render_text, an_open_port_that_was_waited_for_says_where)
{
	static const struct {
		bool is_explaining;
		size_t columns;
		unsigned syns;
	} cases[] = {{true, 0, 1}, {false, 0, 1}, {true, 80, 1}, {true, 0, 2}};
	struct output output;

	output_begin(&output);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct render_style style = plain_style;
		struct report_fixture fixture;

		style.is_explaining = cases[i].is_explaining;
		style.columns = cases[i].columns;
		fixture_waited(&fixture);
		fixture.verdict.syn_sent = cases[i].syns;
		text_renderer.probe(output.stream, &style, &fixture.probe);
	}
	cr_expect(golden_matches("waits.txt", &output));
}

/* Removes every escape sequence that ends in 'm'. */
static void strip_colour(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0'; from++) {
		if (*from == '\033')
			from = strchr(from, 'm');
		else
			*to++ = *from;
	}
	*to = '\0';
}

Test(render_text, colour_changes_no_text)
{
	struct render_style style = plain_style;
	struct output coloured, plain;

	output_begin(&plain);
	write_probes(plain.stream, &style);
	write_news(plain.stream, &style);
	style.is_colour = true;
	output_begin(&coloured);
	write_probes(coloured.stream, &style);
	write_news(coloured.stream, &style);
	output_end(&plain);
	output_end(&coloured);
	cr_expect(strstr(coloured.text, "\033[32mopen\033[0m"));
	cr_expect_not(strchr(plain.text, '\033'));
	strip_colour(coloured.text);
	cr_expect_str_eq(coloured.text, plain.text);
	output_free(&plain);
	output_free(&coloured);
}

Test(render_text, every_status_has_a_colour)
{
	struct render_style style = {.is_colour = true};
	struct report_fixture fixture;

	fixture_open(&fixture);
	for (enum status status = 0; status < STATUS_COUNT; status++) {
		struct output output;

		fixture.verdict.status = status;
		output_begin(&output);
		text_renderer.probe(output.stream, &style, &fixture.probe);
		cr_expect(strchr(output_end(&output), '\033'), "%s has none", status_name(status));
		output_free(&output);
	}
}

static void write_summary(FILE *out, const struct render_style *style,
			  const struct target_report *target, const struct stats *stats)
{
	text_renderer.summary(
		out, style,
		&(struct summary_report){.target = target, .stats = stats, .is_final = true});
}

Test(render_text, hostile_text_cannot_steer_the_terminal)
{
	struct render_style style = plain_style;
	struct report_fixture fixture;
	struct stats stats;
	struct output output;

	style.label_width = 20;
	fixture_hostile(&fixture);
	stats_init(&stats);
	stats_add_verdict(&stats, &fixture.verdict, STATUS_OPEN, 0);
	output_begin(&output);
	text_renderer.target(output.stream, &style, &fixture.target);
	text_renderer.probe(output.stream, &style, &fixture.probe);
	text_renderer.amendment(output.stream, &style, &fixture.amendment_report);
	text_renderer.outstanding(output.stream, &style, &fixture.outstanding);
	text_renderer.move(output.stream, &style, &fixture.move);
	write_summary(output.stream, &style, &fixture.target, &stats);
	fixture.target.failure = "name not resolved: resolver \033c says\nno";
	text_renderer.target(output.stream, &style, &fixture.target);
	write_summary(output.stream, &style, &fixture.target, &stats);
	stats_release(&stats);
	cr_expect(golden_matches("hostile.txt", &output));
}

Test(render_text, a_target_says_what_is_known_of_its_path)
{
	static const uint8_t v6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 0x15};
	struct report_fixture fixture;
	struct target_report *target = &fixture.target;
	struct target_report unresolved;
	struct output output;

	fixture_open(&fixture);
	fixture_unresolved(&unresolved);
	output_begin(&output);
	text_renderer.target(output.stream, &plain_style, target);
	target->is_each_address = true;
	text_renderer.target(output.stream, &plain_style, target);
	target->netns_name = "blue";
	text_renderer.target(output.stream, &plain_style, target);
	target->address_count = 1;
	target->resolve_ns = 412000;
	target->source = (struct address){0};
	text_renderer.target(output.stream, &plain_style, target);
	target->address_count = 0;
	target->resolve_ns = TIME_UNKNOWN_NS;
	target->name = "2001:db8::15";
	target->address = address_make(AF_INET6, v6, 5432);
	target->device = NULL;
	text_renderer.target(output.stream, &plain_style, target);
	target->kernel = NULL;
	text_renderer.target(output.stream, &plain_style, target);
	target->hooks = NULL;
	text_renderer.target(output.stream, &plain_style, target);
	text_renderer.target(output.stream, &plain_style, &unresolved);
	cr_expect(golden_matches("targets.txt", &output));
}

Test(render_text, the_title_tells_the_lines_of_a_run_apart)
{
	struct render_style style = plain_style;
	struct report_fixture fixture;
	struct stats stats;
	struct output output;

	fixture_one_of_many(&fixture);
	stats_init(&stats);
	stats_add_verdict(&stats, &fixture.verdict, STATUS_OPEN, 0);
	style.label_width = strlen(fixture.target.title);
	output_begin(&output);
	text_renderer.target(output.stream, &style, &fixture.target);
	text_renderer.probe(output.stream, &style, &fixture.probe);
	text_renderer.amendment(output.stream, &style, &fixture.amendment_report);
	text_renderer.outstanding(output.stream, &style, &fixture.outstanding);
	text_renderer.move(output.stream, &style, &fixture.move);
	write_summary(output.stream, &style, &fixture.target, &stats);
	fixture.target.failure = "name not resolved: no address associated with hostname";
	text_renderer.target(output.stream, &style, &fixture.target);
	stats_release(&stats);
	cr_expect(golden_matches("titles.txt", &output));
}

Test(render_text, a_change_of_address_says_which)
{
	struct render_style style = plain_style;
	struct report_fixture fixture;
	struct output output;

	fixture_open(&fixture);
	output_begin(&output);
	text_renderer.move(output.stream, &style, &fixture.move);
	style.timestamp = TIMESTAMP_ISO;
	text_renderer.move(output.stream, &style, &fixture.move);
	fixture.move.from = (struct address){0};
	text_renderer.move(output.stream, &style, &fixture.move);
	fixture.move.from = fixture.move.to;
	fixture.move.to = (struct address){0};
	text_renderer.move(output.stream, &style, &fixture.move);
	cr_expect(golden_matches("moves.txt", &output));
}

Test(render_text, a_probe_without_a_verdict_stands_among_the_others)
{
	struct render_style style = plain_style;
	struct report_fixture fixture;
	struct output output;

	fixture_open(&fixture);
	output_begin(&output);
	text_renderer.probe(output.stream, &style, &fixture.probe);
	text_renderer.outstanding(output.stream, &style, &fixture.outstanding);
	style.columns = 70;
	fixture.outstanding.waited_ns = 62000000000;
	fixture.outstanding.explain = "an answer arrived and was dropped here";
	text_renderer.outstanding(output.stream, &style, &fixture.outstanding);
	style.columns = 0;
	style.timestamp = TIMESTAMP_RELATIVE;
	text_renderer.outstanding(output.stream, &style, &fixture.outstanding);
	cr_expect(golden_matches("outstanding.txt", &output));
}

Test(render_text, the_timeline_matches_the_golden_file)
{
	struct render_style style = plain_style;
	struct report_fixture fixture;
	struct output output;

	style.verbosity = 1;
	output_begin(&output);
	fixture_open(&fixture);
	text_renderer.probe(output.stream, &style, &fixture.probe);
	fixture_blocked(&fixture);
	text_renderer.probe(output.stream, &style, &fixture.probe);
	fixture_icmp(&fixture);
	text_renderer.probe(output.stream, &style, &fixture.probe);
	fixture_incomplete(&fixture);
	text_renderer.probe(output.stream, &style, &fixture.probe);
	fixture_hops(&fixture);
	text_renderer.probe(output.stream, &style, &fixture.probe);
	cr_expect(golden_matches("timeline.txt", &output));
}

/* Only where there is a timeline: a line is for what came of the probe. */
Test(render_text, that_a_probe_was_asked_again_is_said_with_its_timeline)
{
	static void (*const make[])(struct report_fixture *) = {
		fixture_replaced, fixture_asked_again, fixture_asked_in_vain};
	struct render_style style = plain_style;
	struct output output;

	output_begin(&output);
	for (style.verbosity = 0; style.verbosity <= 2; style.verbosity += 2) {
		for (size_t i = 0; i < sizeof(make) / sizeof(make[0]); i++) {
			struct report_fixture fixture;

			make[i](&fixture);
			text_renderer.probe(output.stream, &style, &fixture.probe);
		}
	}
	cr_expect(golden_matches("asked_again.txt", &output));
}

Test(render_text, a_timeline_without_the_connect_begins_at_its_first_entry)
{
	struct render_style style = plain_style;
	struct report_fixture fixture;
	struct output output;

	style.verbosity = 1;
	fixture_filtered(&fixture);
	fixture.attempt.entry_count--;
	memmove(&fixture.attempt.entries[0], &fixture.attempt.entries[1],
		fixture.attempt.entry_count * sizeof(struct entry));
	for (unsigned i = 0; i < fixture.verdict.evidence_count; i++)
		fixture.verdict.evidence[i]--;
	output_begin(&output);
	text_renderer.probe(output.stream, &style, &fixture.probe);
	cr_expect(strstr(output_end(&output), "\n    *     0.000 ms  wire    "), "%s", output.text);
	cr_expect(strstr(output.text, "\n    *  1000.000 ms  wire    "), "%s", output.text);
	cr_expect(strstr(output.text, "\n    *  3999.979 ms  app     "), "%s", output.text);
	output_free(&output);
}
