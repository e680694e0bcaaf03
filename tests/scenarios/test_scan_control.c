/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A scan's run: when it ends, what it says on the way, how fast it may be, and what it leaves
 * behind.
 */
#include "tests/scenarios/kernel_ids.h"
#include "tests/scenarios/scan.h"
#include "tests/scenarios/terminal.h"

#include <signal.h>
#include <string.h>

#define OPEN_PORT 10000
#define PORT_LIST "10000-10299"
#define PORTS	  300
#define UNBEGUN	  "the run ended before all targets were begun with"
#define SECOND_NS 1000000000ull

/* One port is open, nothing answers at the others. */
static struct lab *lab_with_peer(void)
{
	struct lab *lab = scenario_lab();

	lab_peer_rule(lab, OPEN_PORT, (struct peer_rule){.answer = PEER_SYN_ACK});
	return lab;
}

Test(scan, the_deadline_of_the_run_aborts_what_waits)
{
	struct scan scan =
		scan(lab_with_peer(), "-W", "600", "-w", "3s", "-p", PORT_LIST, LAB_PEER4);

	expect_status(scan.result, 1);
	cr_assert_str_empty(scan.result.errors.bytes);
	expect_number(scan.total, "targets", PORTS);
	expect_number(scan.total, "status.open", 1);
	expect_number(scan.total, "status.aborted", PORTS - 1);
	expect_explained(scan_record(&scan, LAB_PEER4 ":10001"), "(-w)");
}

/* Few enough to have all been handed out before the first one is begun with. */
Test(scan, what_was_not_begun_with_is_said_and_not_counted)
{
	struct scan scan = scan(lab_with_peer(), "--shuffle", "--rate", "10", "-W", "600", "-w",
				"2s", "-p", "10000-10039", LAB_PEER4);

	expect_status(scan.result, 1);
	expect_said(scan.result.errors.bytes, UNBEGUN);
	expect_between(scan.total, "targets", 1, 30);
}

/* All that were begun with are open: no success all the same. */
Test(scan, success_of_those_that_were_begun_with_is_none)
{
	struct lab *lab = scenario_lab();
	struct scan scan;

	lab_peer_rule(lab, OPEN_PORT, (struct peer_rule){.answer = PEER_SYN_ACK});
	scan = scan(lab, "--shuffle", "--rate", "1", "-w", "2s", "10.9.0.0/29:10000");
	expect_status(scan.result, 1);
	expect_said(scan.result.errors.bytes, UNBEGUN);
	expect_between(scan.total, "targets", 1, 7);
}

/* Its name server is the silent one. */
Test(scan, the_deadline_of_the_run_waits_for_no_name)
{
	struct command_result result = private_run(
		lab_with_peer(),
		"echo nameserver " LAB_PEER4 " > /mnt/r; mount --bind /mnt/r /etc/resolv.conf; "
		"exec \"$0\" -j --shuffle -w 3s slow.example:1 " LAB_PEER4 ":10000");
	struct scan scan = scan_of(result);

	expect_status(result, 1);
	expect_said(result.errors.bytes, "slow.example: not probed");
	expect_said(result.errors.bytes, UNBEGUN);
	expect_number(scan.total, "status.open", 1);
}

BOTH_FAMILIES(scan, interrupted_it_prints_what_is_known_and_ends_by_itself)
{
	struct lab *lab = lab_with_peer();
	struct command_process process = cli_start(lab, "-j", "-W", "600", "--inflight", "200",
						   "-p", PORT_LIST, places_of(family)->peer);
	struct scan scan;

	scenario_await_syns(lab, 150);
	cli_await(&process, "\"open\"", 1);
	cr_assert_eq(kill(process.pid, SIGINT), 0);
	scan = scan_of(cli_finish(&process));
	expect_status(scan.result, 1);
	expect_said(scan.result.errors.bytes, UNBEGUN);
	expect_number(scan.total, "status.open", 1);
	expect_between(scan.total, "status.aborted", 100, 200);
	cr_assert_eq(cli_count(scan.lines, "probe", "reason", "interrupted"),
		     cli_count(scan.lines, "probe", "status", "aborted"));
}

Test(scan, terminated_when_all_have_begun_it_does_not_say_otherwise)
{
	struct lab *lab = lab_with_peer();
	struct command_process process =
		cli_start(lab, "-j", "-W", "600", "-p", PORT_LIST, LAB_PEER4);
	struct scan scan;

	scenario_await_syns(lab, PORTS);
	cr_assert_eq(kill(process.pid, SIGTERM), 0);
	scan = scan_of(cli_finish(&process));
	expect_status(scan.result, 1);
	cr_assert_str_empty(scan.result.errors.bytes);
	expect_number(scan.total, "targets", PORTS);
}

Test(scan, interrupted_twice_it_ends_at_once_with_its_summary)
{
	struct lab *lab = lab_with_peer();
	struct command_process process =
		cli_start(lab, "-q", "-W", "600", "--inflight", "200", "-p", PORT_LIST, LAB_PEER4);
	struct command_result result;

	scenario_await_syns(lab, 150);
	cr_assert_eq(kill(process.pid, SIGINT), 0);
	kill(process.pid, SIGTERM); /* another one: of the same it might see but one */
	result = cli_finish(&process);
	expect_status(result, 1);
	expect_said(result.output.bytes, "events lost 0");
}

Test(scan, sigquit_tells_so_far_on_stderr_and_it_goes_on)
{
	struct lab *lab = lab_with_peer();
	struct command_process process =
		cli_start(lab, "-j", "-W", "2s", "--inflight", "200", "-p", PORT_LIST, LAB_PEER4);
	struct scan scan;

	scenario_await_syns(lab, 150);
	cli_await(&process, "\"open\"", 1);
	cr_assert_eq(kill(process.pid, SIGQUIT), 0);
	scan = scan_of(cli_finish(&process));
	cr_assert_eq(cli_lines_with(scan.result.errors.bytes, LAB_PEER4 "   so far "), 1, "%s",
		     scan.result.errors.bytes);
	expect_said(scan.result.errors.bytes, "1 open (syn-ack)");
	expect_number(scan.total, "targets", PORTS);
	expect_number(scan.total, "status.aborted", 0);
}

Test(scan, a_reader_who_has_seen_enough_ends_it_quietly)
{
	struct lab *lab = scenario_lab();
	struct command_result result =
		cli_shell(lab, "{ $0 -W 600 --inflight 1000 -p 1-30000 " LAB_SERVER4
			       "; echo \"status $?\" >&2; } | head -n 1");

	cr_assert_eq(cli_lines_with(result.output.bytes, ""), 1, "%s", result.output.bytes);
	expect_said(result.output.bytes, "closed");
	cr_assert_str_eq(result.errors.bytes, "status 1\n");
}

Test(scan, without_a_terminal_there_is_no_line_of_progress)
{
	struct command_result result =
		cli(lab_with_peer(), "--open", "-W", "2500ms", "-p", PORT_LIST, LAB_PEER4);

	expect_status(result, 1);
	expect_not_said(result.output.bytes, "\r");
	expect_not_said(result.output.bytes, "in flight");
	cr_assert_str_empty(result.errors.bytes);
}

#define start(lab, terminal, ...)                                                                  \
	terminal_start(lab, (const char *const[]){cli_program(), __VA_ARGS__, NULL}, NULL, terminal)

Test(scan, on_a_terminal_it_says_how_far_it_is)
{
	struct lab *lab = lab_with_peer();
	struct terminal terminal;

	start(lab, &terminal, "--open", "-W", "600", "--inflight", "200", "-p", PORT_LIST,
	      LAB_PEER4);
	terminal_await(&terminal, "\r\033[K\033[2m1 of 300 (0 %) done · 1 open · 200 in flight · ");
	terminal_await(&terminal, "/s · ");
	terminal_await(&terminal, " s left\033[0m");
	terminal_type(&terminal, "\034"); /* ^\ */
	terminal_await(&terminal, LAB_PEER4 "   so far 1 probe in ");
	terminal_type(&terminal, "\003"); /* ^C */
	cr_assert_eq(terminal_finish(&terminal), 1);
	expect_said(terminal.said, "1 open (syn-ack), 200 aborted (interrupted) · ");
	expect_said(terminal.said, UNBEGUN);
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

/* A stall of this machine may move them together again on their way, but not for long. */
static void expect_rate(const struct lab *lab, size_t wanted, double rate)
{
	static uint64_t times[4096];
	size_t count = first_syns(lab, times, sizeof(times) / sizeof(times[0]));
	double allowed;

	cr_assert_eq(count, wanted);
	allowed = rate * ((double)(times[count - 1] - times[0]) / (double)SECOND_NS + 0.4) + 2;
	cr_assert_leq((double)count, allowed, "%zu in %.3f s", count,
		      (double)(times[count - 1] - times[0]) / (double)SECOND_NS);
}

Test(scan, a_rate_is_kept)
{
	struct lab *lab = scenario_lab();
	struct scan scan;

	lab_peer_rule(lab, OPEN_PORT, (struct peer_rule){.answer = PEER_SYN_ACK});
	scan = scan(lab, "--rate", "100", "-W", "200ms", "-p", "10000-10099", LAB_PEER4);
	expect_number(scan.total, "probes", 100);
	expect_rate(lab, 100, 100);
}

/*
 * All of the peer is behind the device: no gateway, no limit, and several threads have one
 * together.
 */
Test(scan, a_rate_is_that_of_all_threads_together)
{
	struct lab *lab = scenario_lab();
	struct command_result result = cli(lab, "-q", "--rate", "1000", "-w", "1500ms", "-W",
					   "500ms", "-p", "10000-15999", LAB_PEER4);
	static uint64_t times[4096];
	size_t count = first_syns(lab, times, sizeof(times) / sizeof(times[0]));

	expect_said(result.errors.bytes, UNBEGUN);
	expect_rate(lab, count, 1000);
}

/* The SYN of one more than are allowed comes only after the timeout of one before it. */
BOTH_FAMILIES(scan, no_more_are_under_way_at_once_than_allowed)
{
	struct lab *lab = scenario_lab();
	struct scan scan = scan(lab, "--inflight", "10", "-W", "300ms", "-p", "10000-10064",
				places_of(family)->peer);
	uint64_t times[65];

	expect_group(&scan, "filtered", "no-reply", 65);
	cr_assert_eq(first_syns(lab, times, 65), 65);
	for (size_t i = 10; i < 65; i++)
		cr_assert_geq(times[i] - times[i - 10], 150000000,
			      "%zu comes %.3f s after the tenth before it", i,
			      (double)(times[i] - times[i - 10]) / (double)SECOND_NS);
}

Test(scan, names_of_a_file_do_not_steer_the_terminal)
{
	struct lab *lab = lab_with_peer();
	struct terminal terminal;

	terminal_start(lab,
		       (const char *const[]){"sh", "-c",
					     "printf "
					     "'evil\\302\\2332Jname:80\\n\\033[2Jb:"
					     "80\\n\\302\\235x:1\\nc\\377d:80\\n" LAB_PEER4
					     ":10000\\n' | \"$0\" --shuffle --skip-bad -W 1s -f -",
					     cli_program(), NULL},
		       NULL, &terminal);
	terminal_finish(&terminal);
	expect_said(terminal.said, LAB_PEER4 ":10000");
	expect_not_said(terminal.said, "\033[2J");
	expect_not_said(terminal.said, "\302\233");
	expect_not_said(terminal.said, "\302\235");
	expect_not_said(terminal.said, "\377");
}

Test(scan, killed_it_leaves_nothing_in_the_kernel)
{
	struct lab *lab = lab_with_peer();
	struct command_process process =
		cli_start(lab, "-q", "-W", "600", "-p", "10000-15999", LAB_PEER4);
	struct kernel_ids ids;

	scenario_await_syns(lab, 1000);
	ids = kernel_ids_of(process.pid);
	cr_assert_geq(ids.count, 10, "%zu BPF objects are too few to be all of them", ids.count);
	cr_assert_eq(kill(process.pid, SIGKILL), 0);
	expect_status(cli_finish(&process), 128 + SIGKILL);
	expect_gone_from_kernel(&ids);
}

/* Of all summaries together. */
static unsigned syns_sent(const char *output)
{
	json_t *lines = cli_json(output), *line;
	unsigned syns = 0;
	size_t i;

	json_array_foreach(lines, i, line)
	{
		if (field_is_text(line, "type", "summary") || field_is_text(line, "type", "scan"))
			syns += (unsigned)json_integer_value(field(line, "syn_sent"));
	}
	return syns;
}

/* A port more changes nothing, and neither does what is shown, or where to. */
Test(scan, how_many_probes_a_target_gets_is_by_what_is_asked_for)
{
	static const char *const ways[] = {
		"",
		"-a",
		"-O",
		"--changes",
		"--report-every 60",
		"--give-up 9",
		"--failures",
		"--open",
		"--hold 0",
		"-o /dev/stdout",
		"--trace-text /dev/null",
		"--sport 40000-49999",
		"--inflight 3",
		"--resolve-every 2",
	};
	static const unsigned counts[] = {1, 2, 64, 65};
	struct lab *lab = scenario_lab();

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		for (size_t j = 0; j < sizeof(counts) / sizeof(counts[0]); j++) {
			unsigned asked = counts[j] == 1 ? 4 : counts[j],
				 sent; /* one port is looked at */
			char line[256];

			snprintf(line, sizeof(line),
				 "exec $0 -j -i 10ms %s -p %u-%u " LAB_SERVER4 " 2> /dev/null",
				 ways[i], 20001, 20000 + counts[j]);
			sent = syns_sent(cli_shell(lab, line).output.bytes);
			cr_assert_eq(sent, asked, "%s -p 20001-%u: %u SYNs", ways[i],
				     20000 + counts[j], sent);
		}
}
