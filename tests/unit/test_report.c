/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Recorded runs, reported again: tests/traces/reports/NAME.trace gives, byte for byte, the lines
 * that the run itself wrote with -j (NAME.json, without summaries of targets). So a report needs
 * nothing but events: no clock, no look-up, no option of the command line.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/unit/golden.h"
#include "tests/unit/renderers.h"
#include "user/app/report/remark.h"
#include "user/app/report/report.h"
#include "user/base/time.h"
#include "user/core/correlate/correlate.h"
#include "user/core/verdict/app_view.h"
#include "user/io/files/trace.h"

#define PROBES	64
#define TARGETS 8

struct replay {
	struct session session;
	struct correlator *correlator;
	struct target_event targets[TARGETS]; /* by number; their strings are copies */
	struct app_event connects[PROBES];    /* by the prober's number */
	struct attempt_key keys[PROBES];
	bool is_pending[PROBES];
	bool is_asked; /* the prober is: its answers come next */
	uint64_t connects_seen, contradictions;
	struct render_style style;
	FILE *out;
};

static char *copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

static void take_target(struct replay *r, const struct target_event *target)
{
	struct target_event *kept = &r->targets[target->number];

	cr_assert_lt(target->number, TARGETS);
	*kept = *target;
	kept->name = copy(target->name);
	kept->label = copy(target->label);
	kept->netns = copy(target->netns);
	kept->failure = copy(target->failure);
}

static struct subject subject_of(struct replay *r, const struct attempt *attempt)
{
	const struct app_event *connect = &r->connects[attempt->probe];

	if (!attempt->is_ours)
		return (struct subject){.sequence = attempt->probe};
	return (struct subject){&r->targets[connect->target], connect->sequence};
}

/* -O: those of the same target that have no verdict yet. */
static void take_connect(struct replay *r, const struct event *event)
{
	struct report_text text;

	cr_assert_lt(event->app.probe, PROBES);
	for (unsigned i = 0; i < PROBES; i++) {
		struct subject subject = {&r->targets[r->connects[i].target],
					  r->connects[i].sequence};
		const struct attempt *attempt = correlator_find(r->correlator, r->keys[i]);
		struct outstanding_report report;

		if (!r->is_pending[i] || r->connects[i].target != event->app.target)
			continue;
		report = report_outstanding(&r->session, &subject, attempt,
					    app_view_origin_ns(attempt), event->time_ns, &text);
		json_renderer.outstanding(r->out, &r->style, &report);
	}
	r->connects[event->app.probe] = event->app;
	r->keys[event->app.probe] = event->key;
	r->is_pending[event->app.probe] = true;
}

static void write_verdict(struct replay *r, const struct notice *notice)
{
	struct outcome outcome = {.attempt = notice->attempt,
				  .facts = notice->facts,
				  .verdict = &notice->verdict,
				  .began_ns = app_view_origin_ns(notice->attempt)};
	struct subject subject = subject_of(r, notice->attempt);
	struct report_text text;
	struct probe_report report = report_probe(&r->session, &subject, &outcome, &text);

	r->is_pending[notice->attempt->probe] = false;
	r->connects_seen++;
	r->contradictions += report.program && report.program->contradiction;
	json_renderer.probe(r->out, &r->style, &report);
}

static void write_amendment(struct replay *r, const struct notice *notice)
{
	struct subject subject = subject_of(r, notice->attempt);
	struct report_text text;
	struct amendment_report report = report_amendment(&r->session, &subject, notice, &text);

	if (notice->attempt->is_ours)
		json_renderer.amendment(r->out, &r->style, &report);
}

static void write_notices(struct replay *r)
{
	struct notice notice;

	while (!r->is_asked && correlator_next(r->correlator, &notice)) {
		r->is_asked = notice.kind == NOTICE_QUERY && notice.attempt->is_ours;
		if (notice.kind == NOTICE_VERDICT)
			write_verdict(r, &notice);
		else if (notice.kind == NOTICE_AMENDMENT)
			write_amendment(r, &notice);
	}
}

static void write_end(struct replay *r)
{
	struct run_report report = report_run(&r->session);
	char remark[REMARK_MAX];

	report.probes = r->connects_seen;
	report.contradictions = r->contradictions;
	report.events_lost = correlator_lost(r->correlator);
	report.remark = remark_of(&r->session, &report, correlator_refused(r->correlator), remark);
	json_renderer.end(r->out, &r->style, &report);
}

/* What is said is said when all up to an instant is known, or the prober has answered. */
static void take(struct replay *r, const struct event *event)
{
	bool is_ours = event->kind == EVENT_APP && event->app.is_ours;

	if (is_ours && event->app.call == APP_CONNECT && event->app.phase == APP_ENTER)
		take_connect(r, event);
	if (is_ours && event->app.call == APP_SO_ERROR)
		r->is_asked = false;
	session_feed(&r->session, event);
	correlator_feed(r->correlator, event);
	if (event->kind == EVENT_TARGET)
		take_target(r, &event->target);
	if (event->kind == EVENT_DRAINED || (is_ours && event->app.call == APP_SO_ERROR))
		write_notices(r);
	if (event->kind == EVENT_SUMMARY && event->summary.is_final)
		write_end(r);
}

static void expect_reported(const char *name)
{
	const char *root = getenv("KTCPING_ROOT");
	struct replay *r = calloc(1, sizeof(*r));
	struct output out;
	char path[4096];
	struct trace_reader reader;
	struct event event;
	struct error error;
	int result;

	snprintf(path, sizeof(path), "%s/tests/traces/reports/%s.trace", root ? root : ".", name);
	reader = (struct trace_reader){.in = fopen(path, "r")};
	cr_assert(reader.in, "%s", path);
	output_begin(&out);
	r->out = out.stream;
	r->correlator = correlator_new(PROBES, WATCH_ON_NS);
	while ((result = trace_read(&reader, &event, &error)) > 0)
		take(r, &event);
	cr_expect_eq(result, 0, "%s: %s", path, error.text);
	fclose(reader.in);
	snprintf(path, sizeof(path), "../traces/reports/%s.json", name);
	cr_expect(golden_matches(path, &out), "%s is reported otherwise", name);
	correlator_free(r->correlator);
	session_release(&r->session);
	free(r);
}

Test(report, recorded_probes_are_reported_as_when_they_were_made)
{
	expect_reported("probes");
}

Test(report, a_recorded_watch_is_reported_as_when_it_was_made)
{
	expect_reported("watch");
}

Test(report, a_watch_without_a_connect_says_so_when_it_is_recorded_too)
{
	expect_reported("watch_none");
}

static struct session started(uint64_t wall_ns)
{
	struct session session = {0};

	session_feed(&session,
		     &(struct event){.kind = EVENT_RUN,
				     .time_ns = 1000,
				     .run = {.wall_ns = wall_ns, .subject = "a", .kernel = "k"}});
	return session;
}

Test(report, an_instant_has_the_wall_clock_as_it_was_set_last)
{
	struct session session = started(5000);

	cr_expect_eq(session_wall_ns(&session, 1500), 5500);
	session_feed(&session, &(struct event){.kind = EVENT_RUN,
					       .time_ns = 2000,
					       .run = {.wall_ns = 1000, .subject = "a"}});
	cr_expect_eq(session_wall_ns(&session, 2500), 1500);
	cr_expect_eq(session_since_start_ns(&session, 2500), 1500,
		     "a clock that is set moves no start");
	cr_expect_eq(session_since_start_ns(&session, 900), 0);
	cr_expect_str_eq(session.run.kernel, "k", "what was said first stays");
}

Test(report, a_target_that_moved_is_reported_from_its_event)
{
	struct address from = {.bytes = {10, 2, 0, 2}, .family = AF_INET, .port = 80};
	struct session session = started(5000);
	struct event event = {
		.kind = EVENT_TARGET,
		.time_ns = 1200,
		.target = {.number = 1,
			   .name = "a",
			   .label = "a:80",
			   .address = {.bytes = {10, 2, 0, 3}, .family = AF_INET, .port = 80},
			   .has_moved = true,
			   .resolve_ns = 7}};
	struct report_text text;
	struct move_report report = report_move(&session, &event, &from, &text);

	cr_expect(address_equal(&report.from, &from));
	cr_expect(address_equal(&report.to, &event.target.address));
	cr_expect_eq(report.wall_ns, 5200);
	cr_expect_eq(report.since_start_ns, 200);
	cr_expect_eq(report.target->resolve_ns, 7);
	event.target.has_ended = true;
	report = report_move(&session, &event, &from, &text);
	cr_expect_not(address_is_set(&report.to));
}

Test(report, paths_of_more_cgroups_than_there_is_room_for_are_the_newest_ones)
{
	struct session *session = calloc(1, sizeof(*session));
	uint64_t count = 2 * SESSION_CGROUPS;
	char path[32];

	for (uint64_t id = 1; id <= count; id++) {
		snprintf(path, sizeof(path), "/%llu", (unsigned long long)id);
		session_feed(session, &(struct event){.kind = EVENT_PROGRAM,
						      .program = {.cgroup = id, .path = path}});
		cr_expect_str_eq(session_cgroup_path(session, id), path);
	}
	cr_expect_null(session_cgroup_path(session, 1));
	cr_expect_str_eq(session_cgroup_path(session, count), path);
	session_release(session);
	free(session);
}

Test(report, a_title_tells_a_target_from_its_like)
{
	static const struct {
		struct target_event target;
		bool is_numeric;
		const char *title;
	} cases[] = {
		{{.name = "a", .label = "a:80"}, false, "a:80"},
		{{.name = "a", .label = "a:80"}, true, "a:80"}, /* it has no address yet */
		{{.name = "a", .label = "a:80", .netns = "blue"}, false, "a:80@blue"},
		{{.name = "a",
		  .label = "a:80",
		  .address = {.bytes = {10, 2, 0, 2}, .family = AF_INET, .port = 80},
		  .address_count = 2,
		  .is_each_address = true},
		 false,
		 "a:80(10.2.0.2)"},
		{{.name = "a",
		  .label = "a:80",
		  .netns = "blue",
		  .address = {.bytes = {10, 2, 0, 2}, .family = AF_INET, .port = 80},
		  .address_count = 1},
		 true,
		 "10.2.0.2:80@blue"},
		{{.name = "fe80::1%eth0",
		  .label = "[fe80::1%eth0]:80",
		  .address = {.bytes = {0xfe, 0x80, [15] = 1},
			      .family = AF_INET6,
			      .scope = 2,
			      .port = 80}},
		 true,
		 "[fe80::1%eth0]:80"},
	};
	char title[TITLE_MAX];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_str_eq(report_title(&cases[i].target, cases[i].is_numeric, title),
				 cases[i].title);
}
