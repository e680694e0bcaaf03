/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How a run ends on a bad day: ^C, a closed pipe, a full disk, a lost event, a SIGKILL. */
#include "tests/scenarios/kernel_ids.h"
#include "tests/scenarios/terminal.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OPEN_PORT 7000
#define OPEN	  LAB_PEER4 ":7000"
#define SILENT	  LAB_PEER4 ":7001"

static struct lab *lab_with_ports(void)
{
	struct lab *lab = scenario_lab();

	lab_peer_rule(lab, OPEN_PORT, (struct peer_rule){.answer = PEER_SYN_ACK});
	return lab;
}

/* Its timeout is longer than this test's patience. */
Test(endings, interrupted_it_aborts_what_waits_and_prints_the_summary)
{
	struct lab *lab = lab_with_ports();
	struct command_process process = cli_start(lab, "-j", "-c", "0", "-W", "600", OPEN, SILENT);
	struct command_result result;
	json_t *lines;

	scenario_await_syns(lab, 2);
	cli_await(&process, "\"open\"", 1);
	cr_assert_eq(kill(process.pid, SIGINT), 0);
	result = cli_finish(&process);
	lines = cli_json(result.output.bytes);
	expect_status(result, 1); /* the silent one was never open */
	cr_assert_str_empty(result.errors.bytes);
	cr_assert_geq(cli_count(lines, "probe", "reason", "interrupted"), 1, "%s",
		      result.output.bytes);
	cr_assert_eq(cli_count(lines, "probe", "status", "aborted"),
		     cli_count(lines, "probe", "reason", "interrupted"));
	cr_assert_eq(cli_count(lines, "summary", NULL, NULL), 2, "%s", result.output.bytes);
}

Test(endings, interrupted_after_success_it_has_succeeded)
{
	struct lab *lab = lab_with_ports();
	struct command_process process = cli_start(lab, "-c", "0", "-i", "0.1", OPEN);
	struct command_result result;

	cli_await(&process, " open", 2); /* between two probes, mostly */
	cr_assert_eq(kill(process.pid, SIGTERM), 0);
	result = cli_finish(&process);
	expect_status(result, 0);
	expect_said(result.output.bytes, " open");
}

Test(endings, on_a_terminal_control_c_is_an_ordinary_end)
{
	struct lab *lab = lab_with_ports();
	struct terminal terminal;

	terminal_start(lab, (const char *const[]){cli_program(), "-c", "0", SILENT, OPEN, NULL},
		       NULL, &terminal);
	terminal_await(&terminal, "no answer yet"); /* the live line */
	terminal_type(&terminal, "\003");
	cr_assert_eq(terminal_finish(&terminal), 1);
	expect_said(terminal.said, "interrupted");
	expect_said(terminal.said, "events lost 0");
}

Test(endings, colours_are_for_terminals_without_no_color)
{
	const char *const argv[] = {cli_program(), "-c", "1", "--hold", "0", OPEN, NULL};
	struct lab *lab = lab_with_ports();
	struct terminal plain, coloured, empty;

	terminal_start(lab, argv, NULL, &coloured);
	cr_assert_eq(terminal_finish(&coloured), 0);
	expect_said(coloured.said, "\033[32mopen");
	terminal_start(lab, argv, "NO_COLOR=1", &plain);
	cr_assert_eq(terminal_finish(&plain), 0);
	expect_not_said(plain.said, "\033[");
	terminal_start(lab, argv, "NO_COLOR=", &empty); /* as no-color.org has it */
	cr_assert_eq(terminal_finish(&empty), 0);
	expect_said(empty.said, "\033[32mopen");
	expect_not_said(cli_run(lab, argv).output.bytes, "\033[");
}

Test(endings, a_reader_who_has_seen_enough_is_no_error)
{
	struct lab *lab = lab_with_ports();
	struct command_result result = cli_shell(lab, "{ \"$0\" -c 0 -i 0.1 --hold 0 " OPEN
						      "; echo \"status $?\" >&2; } | head -n 2");

	cr_assert_eq(cli_lines_with(result.output.bytes, ""), 2, "%s", result.output.bytes);
	cr_assert_str_eq(result.errors.bytes, "status 0\n");
}

Test(endings, output_that_cannot_be_written_is_one)
{
	struct command_result result =
		cli_shell(lab_with_ports(), "\"$0\" -c 1 --hold 0 " OPEN " >/dev/full");

	expect_status(result, 4);
	expect_said(result.errors.bytes, "No space left on device");
}

static double lost_events(const json_t *lines)
{
	double lost = 0;
	size_t i;
	json_t *line;

	json_array_foreach(lines, i, line) if (field_is_text(line, "type", "summary") &&
					       json_number_value(field(line, "events_lost")) > lost)
		lost = json_number_value(field(line, "events_lost"));
	return lost;
}

/*
 * A ring of one page holds some 15 records, and 64 connects are started before it is read again.
 * The first one's SYN is among them; its answer comes when the ring is empty, so that it is proven
 * open whatever else was lost. The others are asked again.
 */
BOTH_FAMILIES(endings, lost_events_are_said_and_make_no_verdict_wrong)
{
	struct lab *lab = scenario_lab();
	struct command_result result;
	size_t i, incomplete, again;
	json_t *lines, *line;

	lab_peer_rule(lab, OPEN_PORT,
		      (struct peer_rule){.answer = PEER_SYN_ACK, .delay_us = 200000});
	result = cli_once(lab, "-j", "--ring-bytes", "4096", "-c", "1", "--hold", "0", "-W", "0.5",
			  "-p", "7000-7099", places_of(family)->peer);
	lines = cli_json(result.output.bytes);
	incomplete = cli_count(lines, "probe", "status", "incomplete");
	again = cli_lines_with(result.output.bytes, "\"asked_again\":") -
		cli_lines_with(result.output.bytes, "\"asked_again\":0");
	expect_status(result, incomplete ? 4 : 1);
	cr_assert_eq(cli_count(lines, "probe", NULL, NULL), 100);
	cr_assert_eq(cli_count(lines, "probe", "status", "open"), 1);
	cr_assert_gt(again, 30, "%s", result.output.bytes);
	cr_assert_eq(cli_count(lines, "probe", "reason", "events-lost"), incomplete);
	cr_assert_gt(lost_events(lines), 0);
	json_array_foreach(lines, i, line)
	{
		if (!field_is_text(line, "type", "probe") ||
		    field_is_text(line, "status", "incomplete"))
			continue;
		expect_text(line, "status",
			    json_integer_value(field(line, "port")) == OPEN_PORT ? "open"
										 : "filtered");
		if (field_is_text(line, "status", "open"))
			cr_assert(json_is_false(field(line, "complete")), "complete: %s",
				  record_text(line));
	}
}

Test(endings, killed_it_leaves_nothing_in_the_kernel)
{
	struct lab *lab = lab_with_ports();
	struct command_process process = cli_start(lab, "-c", "0", "-i", "0.1", OPEN, SILENT);
	struct kernel_ids ids;

	scenario_await_syns(lab, 3);
	ids = kernel_ids_of(process.pid);
	cr_assert_geq(ids.count, 10, "%zu BPF objects are too few to be all of them", ids.count);
	cr_assert_eq(kill(process.pid, SIGKILL), 0);
	expect_status(cli_finish(&process), 128 + SIGKILL);
	expect_gone_from_kernel(&ids);
}
