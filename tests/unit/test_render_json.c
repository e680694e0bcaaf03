/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* JSON output: golden files, and what must hold for every line. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <string.h>

#include "tests/unit/golden.h"
#include "tests/unit/renderers.h"
#include "tests/unit/report_fixture.h"

static const struct render_style style;

static void write_probes(FILE *out)
{
	for (size_t i = 0; i < FIXTURE_CASE_COUNT; i++) {
		struct report_fixture fixture;

		fixture_cases[i].make(&fixture);
		json_renderer.target(out, &style, &fixture.target);
		json_renderer.probe(out, &style, &fixture.probe);
	}
}

static void expect_in_probe(const struct report_fixture *fixture, const char *text)
{
	struct output output;

	output_begin(&output);
	json_renderer.probe(output.stream, &style, &fixture->probe);
	cr_expect(strstr(output_end(&output), text), "no %s in %s", text, output.text);
	output_free(&output);
}

Test(render_json, probes_match_the_golden_file)
{
	struct output output;

	output_begin(&output);
	write_probes(output.stream);
	cr_expect(golden_matches("probes.jsonl", &output));
}

Test(render_json, every_probe_has_every_field_in_order)
{
	static const char *const names[] = {
		"schema",    "type",	       "time",	      "seq",	     "target",
		"name",	     "address",	       "port",	      "source",	     "source_port",
		"interface", "netns_name",     "netns",	      "wire_source", "wire_destination",
		"status",    "reason",	       "complete",    "rtt_us",	     "rtt_candidates_us",
		"queue_us",  "neighbour_us",   "app_us",      "watched_us",  "resolve_us",
		"syn_sent",  "syn_unanswered", "asked_again", "ack_sent",    "answer",
		"drop",	     "path",	       "app",	      "notes",	     "explain",
		"timeline"};
	struct output output;
	size_t lines = 0;

	output_begin(&output);
	write_probes(output.stream);
	output_end(&output);
	for (char *line = strtok(output.text, "\n"); line; line = strtok(NULL, "\n"), lines++) {
		json_t *record = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
		size_t field = 0;
		const char *name;
		json_t *value;

		cr_assert(record, "%s", line);
		cr_assert_eq(json_object_size(record), sizeof(names) / sizeof(names[0]), "%s",
			     line);
		json_object_foreach(record, name, value)
			cr_expect_str_eq(name, names[field++], "%s", line);
		json_decref(record);
	}
	cr_expect_eq(lines, FIXTURE_CASE_COUNT);
	output_free(&output);
}

/*
 * Who counts the records of type probe counts each probe once, and its SYNs are those of both
 * connects.
 */
Test(render_json, a_probe_that_was_asked_again_has_one_record_of_its_own)
{
	struct report_fixture fixture;
	struct output output;

	output_begin(&output);
	fixture_replaced(&fixture);
	json_renderer.probe(output.stream, &style, &fixture.probe);
	fixture_asked_again(&fixture);
	json_renderer.probe(output.stream, &style, &fixture.probe);
	fixture_asked_in_vain(&fixture);
	json_renderer.probe(output.stream, &style, &fixture.probe);
	cr_expect(golden_matches("asked_again.jsonl", &output));
}

Test(render_json, the_path_is_there_when_it_was_asked_for)
{
	struct report_fixture fixture;
	const struct path nowhere = {.count = 0};

	fixture_hops(&fixture);
	expect_in_probe(&fixture, "\"path\":[{\"interface\":\"eth0\",\"netns\":4026531840,"
				  "\"direction\":\"out\",\"after_us\":0.0},"
				  "{\"interface\":\"veth1a2b\",\"netns\":4026532461,\"direction\":"
				  "\"in\",\"after_us\":4.0},"
				  "{\"interface\":\"eth1\",\"netns\":4026532461,\"direction\":"
				  "\"out\",\"after_us\":41.25}],");
	fixture.path.hops[1].device = NULL;
	expect_in_probe(&fixture, "{\"interface\":null,\"netns\":4026532461,");
	fixture.probe.path = &nowhere;
	expect_in_probe(&fixture, "\"path\":[],");
}

/* A double has no 12104.512: the shortest text that gives it back is asked for, at any size. */
Test(render_json, times_are_microseconds_with_their_nanoseconds)
{
	static const struct {
		uint64_t rtt_ns;
		const char *text;
	} cases[] = {
		{0, "\"rtt_us\":0.0,"},
		{1, "\"rtt_us\":0.001,"},
		{999, "\"rtt_us\":0.999,"},
		{12104512, "\"rtt_us\":12104.512,"},
		{1043012004, "\"rtt_us\":1043012.004,"},
		{86399999999999, "\"rtt_us\":86399999999.999,"},
		{TIME_UNKNOWN_NS, "\"rtt_us\":null,"},
	};
	struct report_fixture fixture;

	fixture_open(&fixture);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fixture.verdict.rtt_ns = cases[i].rtt_ns;
		expect_in_probe(&fixture, cases[i].text);
	}
}

Test(render_json, times_are_utc_with_nanoseconds)
{
	static const struct {
		uint64_t wall_ns;
		const char *text;
	} cases[] = {
		{0, "\"1970-01-01T00:00:00.000000000Z\""},
		{FIXTURE_WALL_NS, "\"2026-01-01T12:00:00.123456789Z\""},
		{951782399999999999, "\"2000-02-28T23:59:59.999999999Z\""},
		{951782400000000000, "\"2000-02-29T00:00:00.000000000Z\""},
		{951868800000000000, "\"2000-03-01T00:00:00.000000000Z\""},
		{4107542399000000001, "\"2100-02-28T23:59:59.000000001Z\""}, /* no leap year */
		{4107542400000000000, "\"2100-03-01T00:00:00.000000000Z\""},
		{1735689599000000000, "\"2024-12-31T23:59:59.000000000Z\""},
	};
	struct report_fixture fixture;

	fixture_open(&fixture);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fixture.probe.wall_ns = cases[i].wall_ns;
		expect_in_probe(&fixture, cases[i].text);
	}
}

Test(render_json, an_option_that_was_absent_is_null)
{
	static const struct {
		uint8_t options;
		const char *text;
	} cases[] = {
		{0, "\"mss\":null,\"wscale\":null,\"sack\":false,\"timestamps\":false,"},
		{TCP_HAS_MSS, "\"mss\":1460,\"wscale\":null,\"sack\":false,\"timestamps\":false,"},
		{TCP_HAS_WSCALE, "\"mss\":null,\"wscale\":7,\"sack\":false,\"timestamps\":false,"},
		{TCP_HAS_SACK, "\"mss\":null,\"wscale\":null,\"sack\":true,\"timestamps\":false,"},
		{TCP_HAS_TIMESTAMPS,
		 "\"mss\":null,\"wscale\":null,\"sack\":false,\"timestamps\":true,"},
	};
	struct report_fixture fixture;

	fixture_open(&fixture);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fixture.attempt.entries[fixture.verdict.answer_entry].tcp.options =
			cases[i].options;
		expect_in_probe(&fixture, cases[i].text);
	}
}

Test(render_json, an_answer_whose_packet_was_not_kept_has_a_kind_and_nothing_else)
{
	struct report_fixture fixture;

	fixture_closed(&fixture);
	/* The entry of the accepted RST says that there was one, and has no header fields. */
	fixture.verdict.answer_entry = (int8_t)(fixture.attempt.entry_count - 1);
	expect_in_probe(&fixture, "\"answer\":{\"kind\":\"rst\",\"from\":\"10.2.0.15\",\"ttl\":"
				  "null,\"other_ttl\":null,\"window\":null,");
}

Test(render_json, hostile_text_neither_vanishes_nor_steers)
{
	struct report_fixture fixture;
	struct output output;

	fixture_hostile(&fixture);
	output_begin(&output);
	json_renderer.probe(output.stream, &style, &fixture.probe);
	json_renderer.amendment(output.stream, &style, &fixture.amendment_report);
	json_renderer.outstanding(output.stream, &style, &fixture.outstanding);
	json_renderer.move(output.stream, &style, &fixture.move);
	cr_expect(golden_matches("hostile.jsonl", &output));
}

Test(render_json, amendment_matches_the_golden_file)
{
	struct report_fixture fixture;
	struct output output;

	fixture_open(&fixture);
	output_begin(&output);
	json_renderer.amendment(output.stream, &style, &fixture.amendment_report);
	cr_expect(golden_matches("amendment.jsonl", &output));
}

Test(render_json, only_a_name_that_did_not_resolve_makes_a_line)
{
	struct report_fixture fixture;
	struct target_report unresolved;
	struct output output;

	fixture_open(&fixture);
	fixture_unresolved(&unresolved);
	output_begin(&output);
	json_renderer.target(output.stream, &style, &fixture.target);
	json_renderer.target(output.stream, &style, &unresolved);
	cr_expect(golden_matches("unresolved.jsonl", &output));
}

/* How it changes address, how it waits: what is not known is null there, too. */
Test(render_json, news_match_the_golden_file)
{
	struct report_fixture fixture;
	struct output output;

	output_begin(&output);
	fixture_open(&fixture);
	json_renderer.outstanding(output.stream, &style, &fixture.outstanding);
	json_renderer.move(output.stream, &style, &fixture.move);
	fixture_one_of_many(&fixture);
	json_renderer.outstanding(output.stream, &style, &fixture.outstanding);
	fixture.move.from = (struct address){0};
	json_renderer.move(output.stream, &style, &fixture.move);
	fixture.move.from = fixture.move.to;
	fixture.move.to = (struct address){0};
	json_renderer.move(output.stream, &style, &fixture.move);
	json_renderer.amendment(output.stream, &style, &fixture.amendment_report);
	cr_expect(golden_matches("news.jsonl", &output));
}

Test(render_json, the_namespace_is_called_as_it_was_given)
{
	struct report_fixture fixture;

	fixture_one_of_many(&fixture);
	expect_in_probe(&fixture, "\"netns_name\":\"blue\",\"netns\":4026531840,");
	expect_in_probe(&fixture, "\"target\":\"db.internal:5432\",");
	fixture.target.resolve_ns = TIME_UNKNOWN_NS;
	expect_in_probe(&fixture, "\"resolve_us\":null,");
}

Test(render_json, quiet_leaves_summaries_and_failures)
{
	struct render_style quiet = {.is_quiet = true};
	struct report_fixture fixture;
	struct target_report unresolved;
	struct output output;

	fixture_open(&fixture);
	fixture_unresolved(&unresolved);
	output_begin(&output);
	json_renderer.probe(output.stream, &quiet, &fixture.probe);
	json_renderer.amendment(output.stream, &quiet, &fixture.amendment_report);
	json_renderer.outstanding(output.stream, &quiet, &fixture.outstanding);
	json_renderer.move(output.stream, &quiet, &fixture.move);
	json_renderer.target(output.stream, &quiet, &unresolved);
	cr_expect(golden_matches("unresolved.jsonl", &output));
}

Test(render_json, verbose_gives_a_probe_its_timeline)
{
	const struct render_style verbose = {.verbosity = 1};
	struct report_fixture fixture;
	struct output output;

	fixture_filtered(&fixture);
	output_begin(&output);
	json_renderer.probe(output.stream, &verbose, &fixture.probe);
	cr_expect(golden_matches("timeline.jsonl", &output));
}
