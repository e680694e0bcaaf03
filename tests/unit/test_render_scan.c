/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a scan comes to, as text and as JSON. */
#include <criterion/criterion.h>

#include "tests/unit/golden.h"
#include "tests/unit/renderers.h"
#include "tests/unit/report_fixture.h"

static void add(struct tally *tally, void (*make)(struct report_fixture *), unsigned count)
{
	struct report_fixture fixture;

	make(&fixture);
	for (unsigned i = 0; i < count; i++)
		tally_add(tally, &fixture.verdict, STATUS_OPEN, i);
	tally->targets += count;
}

static void add_intercepted(struct tally *tally, unsigned count)
{
	struct verdict verdict = {.status = STATUS_INTERCEPTED,
				  .reason = REASON_REDIRECTED_LOCAL,
				  .answer = ANSWER_SYN_ACK,
				  .rtt_ns = 1000,
				  .syn_sent = 1,
				  .is_complete = true};

	for (unsigned i = 0; i < count; i++)
		tally_add(tally, &verdict, STATUS_OPEN, i);
	tally->targets += count;
}

static void write_scans(const struct renderer *renderer, FILE *out)
{
	const struct render_style style = {0}, quiet = {.is_quiet = true},
				  with_histogram = {.has_histogram = true};
	struct scan_report report = {.title = "10.2.0.2", .is_final = true, .hooks = "all hooks"};
	struct tally tally;

	tally_init(&tally);
	report.tally = &tally;
	renderer->scan(out, &style, &report); /* nothing at all, in no time */
	tally.targets = tally.not_probed = 2;
	report.elapsed_ns = 4 * SECOND_NS;
	renderer->scan(out, &style, &report); /* only names that do not resolve */
	tally = (struct tally){0};
	tally_init(&tally);
	add(&tally, fixture_open, 1);
	report.elapsed_ns = 412000;
	renderer->scan(out, &style, &report);
	report.is_final = false;
	renderer->scan(out, &style, &report); /* so far */
	add(&tally, fixture_closed, 65530);
	add(&tally, fixture_filtered, 4);
	report.elapsed_ns = 1300000000;
	report.is_final = true;
	renderer->scan(out, &style, &report);
	for (size_t i = 0; i < FIXTURE_CASE_COUNT; i++)
		add(&tally, fixture_cases[i].make, 2);
	add_intercepted(&tally, 7);
	tally.targets += 12;
	tally.not_probed = 12;
	report.title = "300 hosts";
	report.events_lost = 17;
	report.hooks = "without tcp_bad_csum";
	report.elapsed_ns = 3700 * SECOND_NS;
	renderer->scan(out, &quiet, &report);
	renderer->scan(out, &with_histogram, &report);
	report.title = "\033]0;owned\007evil\302\233";
	report.hooks = "all\thooks";
	renderer->scan(out, &style, &report);
	tally_release(&tally);
}

Test(render_scan, text_matches_the_golden_file)
{
	struct output output;

	output_begin(&output);
	write_scans(&text_renderer, output.stream);
	cr_expect(golden_matches("scan.txt", &output));
}

Test(render_scan, json_matches_the_golden_file)
{
	struct output output;

	output_begin(&output);
	write_scans(&json_renderer, output.stream);
	cr_expect(golden_matches("scan.jsonl", &output));
}

Test(render_scan, formats_of_a_line_a_probe_have_no_place_for_it)
{
	cr_expect_null(csv_renderer.scan);
}

/* However many, and whatever else: they show no distance. */
Test(render_scan, what_this_host_answers_has_no_round_trip_time)
{
	struct scan_report report = {.title = "portal", .is_final = true, .elapsed_ns = SECOND_NS};
	struct output output;
	struct tally tally;

	tally_init(&tally);
	add_intercepted(&tally, 3);
	report.tally = &tally;
	output_begin(&output);
	text_renderer.scan(output.stream, &(struct render_style){.is_quiet = true}, &report);
	cr_expect_str_eq(output_end(&output), "portal   3 probes in 1.0 s (3/s): 3 intercepted "
					      "(redirected-local) · 3 SYNs · events lost 0\n");
	output_free(&output);
	tally_release(&tally);
}
