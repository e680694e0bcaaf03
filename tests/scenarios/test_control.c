/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Run control: when a run ends by itself, and what it tells of itself on the way. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/scenarios/cli.h"
#include "tests/scenarios/kernel_ids.h"

#define OPEN_PORT   7000
#define CLOSED_PORT 7002
#define OPEN	    LAB_PEER4 ":7000"
#define OPEN6	    "[" LAB_PEER6 "]:7000"
#define SILENT	    LAB_PEER4 ":7001"
#define CLOSED	    LAB_PEER4 ":7002"
#define LATE	    LAB_PEER4 ":7003" /* changes in the middle of a run */
#define LATE_PORT   7003

static struct lab *lab_with_ports(void)
{
	struct lab *lab = scenario_lab();

	lab_peer_rule(lab, OPEN_PORT, (struct peer_rule){.answer = PEER_SYN_ACK});
	lab_peer_rule(lab, CLOSED_PORT, (struct peer_rule){.answer = PEER_RST});
	return lab;
}

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

static bool is_syn_read(const struct lab *lab, uint16_t port, unsigned number)
{
	struct peer_event event;

	return peer_event_find(lab->peer, PEER_SYN_READ, port, number - 1, &event);
}

/* So many SYNs read at the port tell how far the run is. */
static void await_syns(const struct lab *lab, uint16_t port, unsigned count)
{
	for (int i = 0; i < CLI_TIMEOUT_MS / 10 && !is_syn_read(lab, port, count); i++)
		pause_ms(10);
	cr_assert(is_syn_read(lab, port, count), "port %u has not got %u SYNs", port, count);
}

/* Some record of that status has the word in its explanation. */
static bool is_explained(const json_t *lines, const char *status, const char *word)
{
	size_t i;
	json_t *line;

	json_array_foreach(lines, i, line)
	{
		if (field_is_text(line, "type", "probe") && field_is_text(line, "status", status) &&
		    strstr(json_string_value(field(line, "explain")), word))
			return true;
	}
	return false;
}

static json_t *summary_of(const json_t *lines, const char *target)
{
	json_t *line, *summary = NULL;
	size_t i;

	json_array_foreach(lines, i, line)
	{
		if (field_is_text(line, "type", "summary") && field_is_text(line, "target", target))
			summary = line;
	}
	cr_assert(summary, "no summary of %s", target);
	return summary;
}

Test(control, the_deadline_of_the_run_aborts_what_waits_and_says_why)
{
	struct command_result result = cli(lab_with_ports(), "-j", "-c", "0", "-i", "0.2", "-W",
					   "600", "-w", "1", SILENT, OPEN);
	json_t *lines = cli_json(result.output.bytes);

	expect_status(result, 1);
	cr_assert_str_empty(result.errors.bytes);
	cr_assert_geq(cli_count(lines, "probe", "status", "aborted"), 1);
	cr_assert(is_explained(lines, "aborted", "(-w)"), "%s", result.output.bytes);
	cr_assert_eq(cli_count(lines, "summary", NULL, NULL), 2);
}

Test(control, the_deadline_of_the_run_waits_for_no_hold)
{
	struct command_result result =
		cli(lab_with_ports(), "-w", "3", "-i", "600", "--hold", "600", OPEN);

	expect_status(result, 0);
	expect_said(result.output.bytes, "1 open");
}

/* Its name server is the silent one. */
Test(control, the_deadline_of_the_run_waits_for_no_name)
{
	struct command_result result =
		cli_shell(lab_with_ports(), "f=$(mktemp) && echo 'nameserver " LAB_PEER4
					    "' >$f && export f program=$0 && unshare -m sh -c '"
					    "mount --bind $f /etc/resolv.conf; rm -f $f; exec "
					    "$program -j -w 1 -c 0 slow.example " OPEN "'");
	json_t *lines = cli_json(result.output.bytes);

	expect_status(result, 1);
	expect_said(result.errors.bytes, "slow.example: not probed");
	cr_assert_eq(cli_count(lines, "summary", "target", OPEN), 1, "%s%s", result.output.bytes,
		     result.errors.bytes);
}

Test(control, until_ends_soon_after_the_last_target_has_come_up)
{
	struct lab *lab = lab_with_ports();
	struct command_process process = cli_start(lab, "-j", "--until", "open", "-i", "0.1", "-W",
						   "600", "--hold", "0", OPEN, LATE);
	struct command_result result;
	json_t *lines;

	await_syns(lab, LATE_PORT, 5); /* more than the default count */
	lab_peer_rule(lab, LATE_PORT, (struct peer_rule){.answer = PEER_SYN_ACK});
	result = cli_finish(&process);
	lines = cli_json(result.output.bytes);
	expect_status(result, 0);
	expect_number(summary_of(lines, OPEN), "probes", 1);
	expect_number(summary_of(lines, OPEN), "status.open", 1);
	cr_assert(is_explained(lines, "aborted", "(--until)"), "%s", result.output.bytes);
}

Test(control, until_sees_a_server_that_begins_to_listen)
{
	struct lab *lab = lab_with_ports();
	struct command_process process = cli_start(lab, "-j", "--until", "open", "-i", "0.1",
						   "--hold", "0", OPEN, LAB_SERVER4 ":8080");
	struct command_result result;

	cli_await(&process, "\"closed\"", 1);
	scenario_listen(lab, LAB_SERVER, AF_INET, 8080);
	result = cli_finish(&process);
	expect_status(result, 0);
	expect_number(summary_of(cli_json(result.output.bytes), LAB_SERVER4 ":8080"), "status.open",
		      1);
}

Test(control, until_that_is_not_reached_in_time_has_failed)
{
	expect_status(cli(lab_with_ports(), "--until", "open", "-w", "0.5", "-i", "0.1", "--hold",
			  "0", CLOSED, OPEN),
		      1);
}

Test(control, until_takes_any_status)
{
	struct command_result result = cli(lab_with_ports(), "-q", "--until", "closed", CLOSED);

	expect_status(result, 0);
	expect_said(result.output.bytes, "1 probe: 1 closed");
}

Test(control, who_is_given_up_keeps_nobody_else_from_going_on)
{
	struct command_result result = cli(lab_with_ports(), "-j", "--give-up", "2", "-c", "5",
					   "-i", "0.2", "--hold", "0", CLOSED, OPEN);
	json_t *lines = cli_json(result.output.bytes);

	expect_status(result, 1);
	expect_number(summary_of(lines, CLOSED), "probes", 2);
	expect_number(summary_of(lines, OPEN), "probes", 5);
}

Test(control, a_target_that_is_given_up_is_named_unless_it_had_no_probe_left)
{
	struct lab *lab = lab_with_ports();
	struct command_result early = cli(lab, "--give-up", "2", "-c", "5", "-i", "0.1", CLOSED),
			      late = cli(lab, "--give-up", "2", "-c", "2", "-i", "0.1", CLOSED);

	expect_said(early.errors.bytes,
		    CLOSED ": given up, no longer probed: not open 2 times in a row (--give-up)\n");
	cr_expect_str_empty(late.errors.bytes);
}

Test(control, a_hundred_probes_a_millisecond_apart_are_a_hundred)
{
	struct command_result result =
		cli(lab_with_ports(), "-j", "-c", "100", "-i", "1ms", "--hold", "0", OPEN6);
	json_t *lines = cli_json(result.output.bytes), *line;
	bool is_seen[101] = {false};
	size_t i;

	expect_status(result, 0);
	cr_assert_eq(cli_count(lines, "probe", "status", "open"), 100);
	json_array_foreach(lines, i, line)
	{
		if (!field_is_text(line, "type", "probe"))
			continue;
		expect_between(line, "seq", 1, 100);
		is_seen[json_integer_value(field(line, "seq"))] = true;
	}
	for (i = 1; i <= 100; i++)
		cr_assert(is_seen[i], "probe %zu is missing", i);
}

static void quit_twice(const struct lab *lab, pid_t pid)
{
	for (unsigned i = 0; i < 2; i++) {
		await_syns(lab, OPEN_PORT, 3 + 5 * i);
		cr_assert_eq(kill(pid, SIGQUIT), 0);
	}
	await_syns(lab, OPEN_PORT, 11);
}

Test(control, sigquit_tells_so_far_on_stderr_and_the_run_goes_on)
{
	struct lab *lab = lab_with_ports();
	struct command_process process =
		cli_start(lab, "-j", "-c", "0", "-i", "0.1", "--hold", "0", OPEN, SILENT);
	struct command_result result;
	json_t *lines;

	quit_twice(lab, process.pid);
	cr_assert_eq(kill(process.pid, SIGINT), 0);
	result = cli_finish(&process);
	lines = cli_json(result.output.bytes);
	expect_status(result, 1);
	cr_assert_eq(cli_lines_with(result.errors.bytes, OPEN "   so far "), 2, "%s",
		     result.errors.bytes);
	cr_assert_eq(cli_lines_with(result.errors.bytes, SILENT "   so far "), 2, "%s",
		     result.errors.bytes);
	cr_assert_eq(cli_count(lines, "summary", NULL, NULL), 2);
	cr_assert(json_is_true(field(summary_of(lines, OPEN), "final")));
}

Test(control, sigterm_after_sigquit_is_an_ordinary_end)
{
	struct lab *lab = lab_with_ports();
	struct command_process process =
		cli_start(lab, "-C", "1000", "-i", "0.1", "--hold", "0", OPEN);
	struct command_result result;

	quit_twice(lab, process.pid);
	cr_assert_eq(kill(process.pid, SIGTERM), 0);
	result = cli_finish(&process);
	expect_status(result, 0);
	cr_assert_eq(cli_lines_with(result.errors.bytes, "so far "), 2, "%s", result.errors.bytes);
	cr_assert_eq(cli_lines_with(result.output.bytes, ""), 1, "%s", result.output.bytes);
	expect_said(result.output.bytes, OPEN " : ");
}

/* The terminal is gone, or the session: what is known is said all the same. */
Test(control, sighup_ends_the_run_with_its_summary)
{
	struct lab *lab = lab_with_ports();
	struct command_process process = cli_start(lab, "-j", "-c", "0", "-i", "0.1", OPEN);
	struct command_result result;

	await_syns(lab, OPEN_PORT, 3);
	cr_assert_eq(kill(process.pid, SIGHUP), 0);
	result = cli_finish(&process);
	expect_status(result, 0);
	cr_assert(json_is_true(field(summary_of(cli_json(result.output.bytes), OPEN), "final")),
		  "%s", result.output.bytes);
}

Test(control, under_nohup_sighup_is_ignored)
{
	struct lab *lab = lab_with_ports();
	struct command_process process =
		cli_start_run(lab, (const char *const[]){"nohup", cli_program(), "-j", "-c", "0",
							 "-i", "0.1", OPEN, NULL});
	struct command_result result;

	await_syns(lab, OPEN_PORT, 3);
	cr_assert_eq(kill(process.pid, SIGHUP), 0);
	await_syns(lab, OPEN_PORT, lab->peer->syns_read + 5);
	cr_assert_eq(kill(process.pid, SIGTERM), 0);
	result = cli_finish(&process);
	expect_status(result, 0);
}

Test(control, reports_in_between_are_not_final_and_the_last_one_is)
{
	struct command_result result = cli(lab_with_ports(), "-j", "--report-every", "0.2", "-c",
					   "5", "-i", "0.2", "--hold", "0", OPEN, OPEN6);
	json_t *lines = cli_json(result.output.bytes), *line;
	size_t i, final = 0, count = json_array_size(lines);

	expect_status(result, 0);
	json_array_foreach(lines, i, line) final +=
		field_is_text(line, "type", "summary") && json_is_true(field(line, "final"));
	cr_assert_eq(final, 2, "%s", result.output.bytes);
	cr_assert_geq(cli_count(lines, "summary", NULL, NULL), 4);
	for (i = count - 2; i < count; i++)
		cr_assert(json_is_true(field(json_array_get(lines, i), "final")));
	result = cli(lab_with_ports(), "--report-every", "0.2", "-c", "5", "-i", "0.2", "--hold",
		     "0", OPEN);
	cr_assert_geq(cli_lines_with(result.output.bytes, "so far "), 1, "%s", result.output.bytes);
	expect_said(result.output.bytes, "5 probes: 5 open");
}

/* Down from its fifth probe on; with a report by the way in a run that goes on. */
static struct command_result run_with_outage(const char *format)
{
	struct lab *lab = scenario_lab();
	struct command_process process;

	lab_peer_rule(lab, LATE_PORT, (struct peer_rule){.answer = PEER_SYN_ACK});
	process = cli_start(lab, format, "-c", "0", "-i", "0.2", "--hold", "0", LATE);
	await_syns(lab, LATE_PORT, 4);
	lab_peer_rule(lab, LATE_PORT, (struct peer_rule){.answer = PEER_RST});
	await_syns(lab, LATE_PORT, 8);
	cr_assert_eq(kill(process.pid, SIGINT), 0);
	return cli_finish(&process);
}

Test(control, an_outage_that_lasts_to_the_end_is_told)
{
	struct command_result result = run_with_outage("-q");
	json_t *summary;

	expect_status(result, 0);
	expect_said(result.output.bytes, "    up ");
	expect_said(result.output.bytes, " in 1 outage, the longest ");
	expect_said(result.output.bytes, ", down at the end\n");
	summary = summary_of(cli_json(run_with_outage("-j").output.bytes), LATE);
	expect_number(summary, "outages", 1);
	expect_between(summary, "up_us", 1, 20e6);
	expect_between(summary, "down_us", 1, 20e6);
	cr_assert(json_equal(field(summary, "down_us"), field(summary, "longest_outage_us")));
}

Test(control, a_short_run_that_was_only_up_or_only_down_has_no_line_about_it)
{
	struct command_result result =
		cli(lab_with_ports(), "-i", "0.1", "--hold", "0", OPEN, CLOSED);

	expect_said(result.output.bytes, "4 probes: 4 open");
	expect_said(result.output.bytes, "4 probes: 4 closed");
	expect_not_said(result.output.bytes, "    up ");
	expect_not_said(result.output.bytes, "down ");
}

/* The times of the SYNs that begin an attempt. */
static size_t first_syns(const struct lab *lab, uint64_t *times, size_t room)
{
	struct peer_event event;
	size_t count = 0;

	for (uint64_t i = 0; count < room && peer_event_get(lab->peer, i, &event); i++)
		if (event.kind == PEER_SYN_READ && event.syn_number == 1)
			times[count++] = event.time_ns;
	return count;
}

/* Ten probes each of three targets, as far as they themselves are concerned all at once. */
Test(control, a_rate_is_that_of_all_targets_together)
{
	struct lab *lab = lab_with_ports();
	struct command_result result = cli(lab, "-j", "--rate", "50", "-c", "10", "-i", "1ms", "-W",
					   "200ms", "--hold", "0", OPEN, SILENT, CLOSED);
	uint64_t times[30];
	double allowed;

	expect_status(result, 1);
	cr_assert_eq(cli_count(cli_json(result.output.bytes), "probe", NULL, NULL), 30);
	cr_assert_eq(first_syns(lab, times, 30), 30);
	allowed = 50 * ((double)(times[29] - times[0]) / 1e9 + 0.4) + 2;
	cr_assert_leq(30, allowed, "30 in %.3f s", (double)(times[29] - times[0]) / 1e9);
}

Test(control, no_more_are_under_way_at_once_than_allowed)
{
	struct lab *lab = lab_with_ports();
	struct command_result result =
		cli(lab, "-j", "--inflight", "3", "-c", "2", "-i", "1ms", "-W", "300ms", "--hold",
		    "0", "-p", "7100-7107", LAB_PEER4);
	uint64_t times[16];

	expect_status(result, 1);
	cr_assert_eq(cli_count(cli_json(result.output.bytes), "probe", "status", "filtered"), 16);
	cr_assert_eq(first_syns(lab, times, 16), 16);
	for (size_t i = 3; i < 16; i++)
		cr_assert_geq(times[i] - times[i - 3], 150000000,
			      "%zu comes too early after the third before it", i);
}

/*
 * What is followed no longer needs no programs; the next probe has them again, and all of its
 * evidence.
 */
Test(control, between_probes_far_apart_no_kernel_program_is_attached)
{
	struct lab *lab = lab_with_ports();
	struct command_process process =
		cli_start(lab, "-j", "-c", "2", "-i", "6", "--hold", "0", OPEN);
	struct command_result result;
	json_t *lines;

	await_syns(lab, OPEN_PORT, 1);
	cr_assert_gt(kernel_links_of(process.pid), 0);
	while (kernel_links_of(process.pid) && !is_syn_read(lab, OPEN_PORT, 2))
		pause_ms(10);
	cr_assert_eq(kernel_links_of(process.pid), 0, "they are still attached");
	result = cli_finish(&process);
	expect_status(result, 0);
	lines = cli_json(result.output.bytes);
	cr_assert_eq(cli_count(lines, "probe", "status", "open"), 2);
	expect_number(summary_of(lines, OPEN), "events_lost", 0);
}
