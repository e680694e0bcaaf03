/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What was watched, as text and JSON: golden files. */
#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "tests/unit/golden.h"
#include "tests/unit/renderers.h"
#include "tests/unit/report_fixture.h"
#include "user/words/explain.h"

#define CONTAINER "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct render_style plain = {.timestamp = TIMESTAMP_ISO};
static const struct render_style whole = {
	.timestamp = TIMESTAMP_RELATIVE, .verbosity = 1, .is_explaining = true, .columns = 100};

static void add_call(struct attempt *attempt, uint64_t after_ns, enum app_call call,
		     enum app_phase phase, int result, int error)
{
	attempt->entries[attempt->entry_count++] = (struct entry){
		.time_ns = 1000000000 + after_ns,
		.kind = EVENT_APP,
		.count = 1,
		.app = {.call = (uint8_t)call,
			.phase = (uint8_t)phase,
			.result = result,
			.error = error},
	};
}

/* Told by hand: what the fixture has of it, a prober was told. */
static void set_who(struct report_fixture *fixture, const char *comm)
{
	struct attempt *attempt = &fixture->attempt;

	attempt->is_ours = false;
	attempt->pid = 4711;
	attempt->tid = 4712;
	attempt->uid = 1000;
	attempt->entry_count = 0;
	snprintf(attempt->comm, sizeof(attempt->comm), "%s", comm);
	add_call(attempt, 0, APP_CONNECT, APP_ENTER, 0, 0);
	add_call(attempt, 104000, APP_CONNECT, APP_RETURN, -1, EINPROGRESS);
	fixture->verdict.evidence_count = 0;
	fixture->verdict.answer_entry = -1;
	fixture->target.name = NULL;
	fixture->target.label = "10.2.0.15:5432";
}

static void write_case(FILE *out, const struct renderer *renderer, const struct render_style *style,
		       struct report_fixture *fixture, const char *contradiction)
{
	char told[EXPLAIN_MAX];
	struct program_report program = {
		.cgroup = contradiction ? "/system.slice/docker-" CONTAINER ".scope" : NULL,
		.container = contradiction ? CONTAINER : NULL,
		.told = explain_app_view(&fixture->attempt, told),
		.contradiction = contradiction,
	};

	fixture->probe.program = &program;
	renderer->probe(out, style, &fixture->probe);
}

static void write_open(FILE *out, const struct renderer *renderer, const struct render_style *style)
{
	struct report_fixture fixture;

	fixture_open(&fixture);
	set_who(&fixture, "curl");
	fixture.attempt.tid = 4711;
	add_call(&fixture.attempt, 12345000, APP_POLL, APP_RETURN, POLLOUT, 0);
	add_call(&fixture.attempt, 12400000, APP_SO_ERROR, APP_RETURN, 0, 0);
	write_case(out, renderer, style, &fixture, NULL);
}

static void write_lie(FILE *out, const struct renderer *renderer, const struct render_style *style)
{
	struct report_fixture fixture;

	fixture_filtered(&fixture);
	set_who(&fixture, "a\033[31mtool");
	fixture.verdict.app_agrees = false;
	fixture.verdict.app_error = EINPROGRESS;
	add_call(&fixture.attempt, 2000000, APP_SEND, APP_RETURN, -1, EAGAIN);
	add_call(&fixture.attempt, 4000000000, APP_CLOSE, APP_ENTER, 0, 0);
	write_case(out, renderer, style, &fixture, "it never asked");
}

static void write_unseen(FILE *out, const struct renderer *renderer,
			 const struct render_style *style)
{
	struct report_fixture fixture;

	fixture_closed(&fixture);
	set_who(&fixture, "narrow");
	fixture.attempt.entry_count = 1;
	fixture.attempt.is_unseen = true;
	write_case(out, renderer, style, &fixture, NULL);
}

static void write_end(FILE *out, const struct renderer *renderer, const struct render_style *style,
		      const char *remark)
{
	struct report_fixture fixture;
	struct stats stats;
	struct summary_report row;
	struct run_report report = {
		.subject = "curl (pid 4711)",
		.kernel = "6.18.44",
		.hooks = "all hooks",
		.wall_ns = FIXTURE_WALL_NS,
		.probes = remark ? 0 : 2,
		.contradictions = remark ? 0 : 1,
		.events_lost = 3,
		.remark = remark,
		.is_final = true,
	};

	fixture_open(&fixture);
	stats_init(&stats);
	stats_add_verdict(&stats, &fixture.verdict, STATUS_OPEN, 1000);
	fixture.verdict.status = STATUS_FILTERED;
	stats_add_verdict(&stats, &fixture.verdict, STATUS_OPEN, 2000);
	fixture.target.label = fixture.target.title = "10.2.0.15:5432";
	row = (struct summary_report){.target = &fixture.target,
				      .stats = &stats,
				      .events_lost = 3,
				      .is_final = true,
				      .comm = "curl",
				      .contradictions = 1};
	if (renderer->begin)
		renderer->begin(out, style, &report);
	if (!remark)
		renderer->summary(out, style, &row);
	renderer->end(out, style, &report);
	stats_release(&stats);
}

static void write_all(FILE *out, const struct renderer *renderer, const struct render_style *style)
{
	struct report_fixture fixture;

	write_open(out, renderer, style);
	write_lie(out, renderer, style);
	write_unseen(out, renderer, style);
	fixture_open(&fixture);
	fixture.amendment_report.is_of_program = true;
	renderer->amendment(out, style, &fixture.amendment_report);
	write_end(out, renderer, style, NULL);
	write_end(out, renderer, style, "no connect entered the kernel");
}

Test(render_watch, text_matches_the_golden_file)
{
	struct output output;

	output_begin(&output);
	write_all(output.stream, &text_renderer, &plain);
	cr_expect(golden_matches("watch.txt", &output));
}

Test(render_watch, a_timeline_matches_the_golden_file)
{
	struct output output;

	output_begin(&output);
	write_all(output.stream, &text_renderer, &whole);
	cr_expect(golden_matches("watch_timeline.txt", &output));
}

Test(render_watch, json_matches_the_golden_file)
{
	struct output output;

	output_begin(&output);
	write_all(output.stream, &json_renderer, &plain);
	write_lie(output.stream, &json_renderer, &whole);
	cr_expect(golden_matches("watch.jsonl", &output));
}

static void write_table(FILE *out, const struct render_style *style)
{
	const struct run_report watch = {.subject = "curl (pid 4711)"};

	csv_renderer.begin(out, style, &watch);
	write_open(out, &csv_renderer, style);
	write_lie(out, &csv_renderer, style);
	write_unseen(out, &csv_renderer, style);
}

Test(render_watch, csv_matches_the_golden_file)
{
	struct output output;

	output_begin(&output);
	write_table(output.stream, &plain);
	cr_expect(golden_matches("watch.csv", &output));
}

Test(render_watch, quiet_leaves_the_end)
{
	const struct render_style quiet = {.is_quiet = true};
	struct output output;

	output_begin(&output);
	write_all(output.stream, &text_renderer, &quiet);
	cr_expect(golden_matches("watch_quiet.txt", &output));
}

/* Columns would not fit. */
Test(render_watch, a_narrow_terminal_matches_the_golden_file)
{
	const struct render_style narrow = {.timestamp = TIMESTAMP_ISO, .columns = 60};
	struct output output;

	output_begin(&output);
	write_open(output.stream, &text_renderer, &narrow);
	write_lie(output.stream, &text_renderer, &narrow);
	cr_expect(golden_matches("watch_narrow.txt", &output));
}

Test(render_watch, an_open_connect_that_was_waited_for_says_where)
{
	struct report_fixture fixture;
	struct output output;

	fixture_waited(&fixture);
	set_who(&fixture, "curl");
	output_begin(&output);
	write_case(output.stream, &text_renderer, &plain, &fixture, NULL);
	cr_expect(golden_matches("watch_wait.txt", &output));
}
