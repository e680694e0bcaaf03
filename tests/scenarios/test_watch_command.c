/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* watch -- COMMAND: the command is as it would be without, and so is how it ends. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/scenarios/kernel_ids.h"
#include "tests/scenarios/private.h"
#include "tests/scenarios/terminal.h"
#include "tests/scenarios/watch.h"

#define CLOSED_PORT 7001
#define CLOSED	    LAB_PEER4 " 7001"

static struct lab *lab_with_ports(void)
{
	struct lab *lab = scenario_lab();

	lab_peer_rule(lab, CLOSED_PORT, (struct peer_rule){.answer = PEER_RST});
	return lab;
}

Test(watch_command, its_exit_status_is_passed_on)
{
	static const struct {
		const char *script;
		int status;
	} cases[] = {{"exit 0", 0},
		     {"exit 7", 7},
		     {"kill -KILL $$", 128 + SIGKILL},
		     {"kill -TERM $$", 128 + SIGTERM}};
	struct lab *lab = scenario_lab();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_status(cli(lab, "watch", "--", "sh", "-c", cases[i].script),
			      cases[i].status);
}

Test(watch_command, what_cannot_be_run_is_as_in_a_shell)
{
	struct lab *lab = scenario_lab();
	struct command_result missing = cli(lab, "watch", "--", "ktcping-no-such-command", "-x"),
			      denied = cli(lab, "watch", "--", "/proc/self/status");

	expect_status(missing, 127);
	expect_said(missing.errors.bytes, "ktcping-no-such-command");
	expect_status(denied, 126);
	expect_said(denied.errors.bytes, "/proc/self/status");
}

Test(watch_command, its_output_is_untouched)
{
	struct lab *lab = lab_with_ports();
	struct command_result alone = cli_run(lab, (const char *const[]){liar("select-check"),
									 LAB_PEER4, "7001", NULL}),
			      watched = cli(lab, "watch", "--", liar("select-check"), LAB_PEER4,
					    "7001");

	cr_assert_str_eq(watched.output.bytes, alone.output.bytes);
	expect_status(watched, alone.status);
	expect_said(watched.errors.bytes, "closed");
	expect_said(watched.errors.bytes, "select-check");
	expect_said(cli(lab, "watch", "--", "cat", "/proc/self/comm").output.bytes, "cat\n");
}

/*
 * A socket that keeps each write apart takes the place of standard error, where the command writes
 * as well.
 */
#define KEEPS_WRITES_APART                                                                         \
	"import os, signal, socket, subprocess, sys\n"                                             \
	"ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)\n"                \
	"child = subprocess.Popen(sys.argv[1:], stderr=theirs)\n"                                  \
	"theirs.close()\n"                                                                         \
	"writes = []\n"                                                                            \
	"while not writes or writes[-1]:\n"                                                        \
	"    writes.append(ours.recv(1 << 17))\n"                                                  \
	"    if b'between' in writes[-1]:\n"                                                       \
	"        child.send_signal(signal.SIGQUIT)\n"                                              \
	"child.wait()\n"                                                                           \
	"torn = [write for write in writes[:-1] if write.count(b'\\n') != 1 or not "               \
	"write.endswith(b'\\n')]\n"                                                                \
	"print(len(writes), 'writes,', len(torn), 'torn', torn[:3])\n"

Test(watch_command, a_line_is_one_write)
{
	struct lab *lab = lab_with_ports();
	struct command_result result;

	need_program("python3");
	result = cli_run(
		lab, (const char *const[]){"python3", "-c", KEEPS_WRITES_APART, cli_program(),
					   "watch", "-v", "--explain", "--", "sh", "-c",
					   "\"$@\"; echo between >&2; sleep 0.5; \"$@\"; true",
					   "sh", liar("select-check"), LAB_PEER4, "7001", NULL});
	expect_status(result, 0);
	expect_said(result.output.bytes, "0 torn");
}

/* Not even a byte of its own: both streams are the command's. */
Test(watch_command, with_a_file_both_streams_are_its_own)
{
	struct command_result result =
		private_run(lab_with_ports(),
			    "\"$0\" watch -o /mnt/said -- sh -c 'echo one; echo two >&2; "
			    ".output/liars/select-check " CLOSED "' || exit; echo; cat /mnt/said");

	expect_status(result, 0);
	cr_assert_str_eq(result.errors.bytes, "two\n");
	cr_assert(strncmp(result.output.bytes, "one\n" LAB_PEER4 " port 7001: Port is open\n\n",
			  20) == 0,
		  "%s", result.output.bytes);
	expect_said(result.output.bytes, "select-check");
	expect_said(result.output.bytes, "closed");
}

/* By its own end, without the time that an interpreter takes for that. */
#define CONNECTS_AND_IS_GONE                                                                       \
	"import os, socket, sys\n"                                                                 \
	"for i in range(1000):\n"                                                                  \
	"    s = socket.socket()\n"                                                                \
	"    s.connect_ex((sys.argv[1], 81))\n"                                                    \
	"    s.close()\n"                                                                          \
	"os._exit(0)\n"

/* Also those that were recorded while others were being read. */
Test(watch_command, connects_just_before_its_end_are_heard)
{
	struct lab *lab = scenario_lab();

	need_program("python3");
	for (int i = 0; i < 8; i++) {
		struct watched watched =
			watch(lab, "--", "python3", "-c", CONNECTS_AND_IS_GONE, LAB_SERVER4);
		const json_t *end = scenario_record(watched.lines, "watch", NULL, NULL);

		if (json_integer_value(field(end, "events_lost")) == 0)
			expect_number(end, "connects", 1000);
	}
}

Test(watch_command, its_input_is_untouched)
{
	struct lab *lab = scenario_lab();
	struct command_result result = cli_shell(lab, "echo hello | \"$0\" watch -- cat");

	expect_status(result, 0);
	cr_assert_str_eq(result.output.bytes, "hello\n");
}

Test(watch_command, descriptors_and_environment_are_as_without)
{
	struct lab *lab = scenario_lab();
	const char *line = "ls /proc/self/fd; env | grep -v '^_=' | sort; cat /proc/self/status | "
			   "grep -E 'Sig(Blk|Ign)|ShdPnd'";
	struct command_result alone = cli_run(lab, (const char *const[]){"sh", "-c", line, NULL}),
			      watched = cli(lab, "watch", "--", "sh", "-c", line);

	cr_assert_str_eq(watched.output.bytes, alone.output.bytes);
}

/* Whose ending is the command's affair. */
Test(watch_command, control_c_goes_to_the_command_first)
{
	struct lab *lab = lab_with_ports();
	struct terminal terminal;

	terminal_start(
		lab,
		(const char *const[]){
			cli_program(), "watch", "--", "sh", "-c",
			"trap 'echo trapped; exit 5' INT; echo ready; while :; do sleep 0.05; done",
			NULL},
		NULL, &terminal);
	terminal_await(&terminal, "ready");
	terminal_type(&terminal, "\003");
	cr_assert_eq(terminal_finish(&terminal), 5, "%s", terminal.said);
	expect_said(terminal.said, "trapped");
}

Test(watch_command, a_command_that_ignores_control_c_goes_on)
{
	struct lab *lab = lab_with_ports();
	struct terminal terminal;

	terminal_start(lab,
		       (const char *const[]){
			       cli_program(), "watch", "--", "sh", "-c",
			       "trap '' INT; echo ready; sleep 1; echo survived; exit 6", NULL},
		       NULL, &terminal);
	terminal_await(&terminal, "ready");
	terminal_type(&terminal, "\003");
	terminal_await(&terminal, "survived");
	cr_assert_eq(terminal_finish(&terminal), 6, "%s", terminal.said);
}

/* The setuid bit would be lost on whoever is traced by ptrace. */
Test(watch_command, a_setuid_program)
{
	struct lab *lab = lab_with_ports();
	struct command_result result = private_run(
		lab,
		"cp .output/liars/select-check /mnt/check && chown 65534 /mnt/check && chmod 4755 "
		"/mnt/check || exit 99; chmod 711 /mnt; exec 3>&1 1>&2; "
		"exec \"$0\" watch -j -o /dev/fd/3 --children -- sh -c '/mnt/check " CLOSED
		"; cp /usr/bin/id /mnt/id; chown 65534 /mnt/id; "
		"chmod 4755 /mnt/id; setpriv --reuid=65533 --clear-groups /mnt/id -un; setpriv "
		"--reuid=65533 --clear-groups /mnt/check " CLOSED "'");
	json_t *lines = cli_json(result.output.bytes);

	expect_status(result, 0);
	expect_said(result.errors.bytes, "nobody");
	cr_assert_eq(cli_count(lines, "connect", "comm", "check"), 2, "%s", result.output.bytes);
}

/*
 * In a container's pid namespace processes have other numbers, and those are what whoever looks
 * from within it knows.
 */
Test(watch_command, within_a_pid_namespace)
{
	struct lab *lab = lab_with_ports();
	struct command_result result = private_run(
		lab, "exec 3>&1 1>&2; exec unshare -p -f --mount-proc sh -c 'sleep 0; \"$0\" watch "
		     "-j -o /dev/fd/3 -- sh -c "
		     "\"echo number \\$\\$; exec .output/liars/select-check " CLOSED "\"' \"$0\"");
	json_t *lines = cli_json(result.output.bytes),
	       *record = scenario_record(lines, "connect", NULL, NULL);
	const char *number = strstr(result.errors.bytes, "number ");

	expect_status(result, 0);
	cr_assert(number, "%s", result.errors.bytes);
	expect_number(record, "pid", atoi(number + strlen("number ")));
	expect_number(record, "tid", atoi(number + strlen("number ")));
	cr_assert_lt(json_integer_value(field(record, "pid")), 100, "%s", record_text(record));
}

Test(watch_command, another_user)
{
	struct lab *lab = lab_with_ports();
	json_t *record = watch_one(lab, "--", "setpriv", "--reuid=65534", "--clear-groups",
				   liar("select-check"), LAB_PEER4, "7001");

	expect_number(record, "uid", 65534);
	expect_text(record, "comm", "select-check");
	expect_accused(record, "error-unread");
}

/* One program after the other in the same process. */
Test(watch_command, a_program_that_becomes_another)
{
	struct lab *lab = lab_with_ports();
	json_t *record = watch_one(lab, "--", "sh", "-c", "exec \"$@\"", "sh", liar("select-check"),
				   LAB_PEER4, "7001");

	expect_text(record, "comm", "select-check");
	expect_accused(record, "error-unread");
}

/* Each process lives for a millisecond, and a hundred at a time. */
Test(watch_command, a_program_that_forks_wildly)
{
	struct lab *lab = lab_with_ports();
	struct watched watched = watch(lab, "--children", "--", "sh", "-c",
				       "for i in 1 2 3 4 5; do for k in $(seq 100); do \"$@\" "
				       ">/dev/null & done; wait; done",
				       "sh", liar("select-check"), LAB_PEER4, "7001");
	json_t *connects = watch_connects(&watched), *record;
	size_t i;

	cr_assert_eq(watched.status, 0, "%s", watched.said);
	cr_assert_eq(json_array_size(connects), 500, "%s", watched.said);
	json_array_foreach(connects, i, record) if (json_is_true(field(record, "complete")))
		expect_verdict(record, "closed", "reset");
}

Test(watch_command, a_program_that_closes_its_streams)
{
	struct lab *lab = lab_with_ports();
	json_t *record = watch_one(lab, "--", "sh", "-c", "exec 0<&- 1>&- 2>&-; exec \"$@\"", "sh",
				   liar("select-check"), LAB_PEER4, "7001");

	expect_accused(record, "error-unread");
}

Test(watch_command, a_command_that_leaves_somebody_behind)
{
	struct lab *lab = lab_with_ports();
	struct watched watched =
		watch(lab, "--", "sh", "-c", "(sleep 1; \"$@\"; sleep 0.5) & exit 7", "sh",
		      liar("select-check"), LAB_PEER4, "7001");

	cr_assert_eq(watched.status, 7, "%s", watched.said);
	expect_said(watched.said, "left processes behind");
	expect_accused(watch_connect_to(&watched, CLOSED_PORT), "error-unread");
}

/* Until ^C, where they never end. */
Test(watch_command, what_a_command_left_behind_is_not_waited_for_after_control_c)
{
	struct watching watching =
		watch_start(scenario_lab(), "--", "sh", "-c", "(exec sleep 600) & exit 3");
	struct watched watched;

	cli_await_errors(&watching.process, "left processes behind", 1);
	watched = watch_interrupt(&watching);
	cr_assert_eq(watched.status, 3, "%s", watched.said);
	expect_null(scenario_record(watched.lines, "watch", NULL, NULL),
		    "explain"); /* none was made so far: that proves nothing */
}

/* What it prints so far, and goes on: ^\ is for the summary, not for the command. */
Test(watch_command, a_summary_on_sigquit)
{
	struct lab *lab = lab_with_ports();
	struct watching watching = watch_start(lab, "--", liar("naive-tcping"), "-c", "1000", "-i",
					       "0.05", LAB_PEER4, "7001");
	struct watched watched;

	watch_await(&watching, "\"connect\"", 5);
	cr_assert_eq(kill(watching.process.pid, SIGQUIT), 0);
	watch_await(&watching, "\"connect\"", 15);
	watched = watch_interrupt(&watching);
	expect_said(watched.said, "closed");
}

Test(watch_command, check_makes_a_status_of_a_contradiction)
{
	struct lab *lab = lab_with_ports();
	struct command_result lie = cli(lab, "watch", "--check", "--", liar("select-check"),
					LAB_PEER4, "7001"),
			      truth = cli(lab, "watch", "--check", "--children", "--", "sh", "-c",
					  "\"$@\"; exit 0", "sh", liar("ways"), "poll", LAB_PEER4,
					  "7001");

	expect_status(lie, 1);
	expect_status(truth, 0);
}

/* Names are anybody's: they must not speak to the terminal. */
Test(watch_command, names_are_safe_for_a_terminal)
{
	struct lab *lab = lab_with_ports();
	struct command_result text =
		private_run(lab, "cp .output/liars/select-check \"/mnt/a$(printf '\\033')[31mb\"; "
				 "exec \"$0\" watch -- \"/mnt/a$(printf '\\033')[31mb\" " CLOSED);

	expect_status(text, 0);
	expect_said(text.errors.bytes, "closed");
	expect_not_said(text.errors.bytes, "\033");
}

Test(watch_command, at_the_end_there_is_a_summary)
{
	struct watched watched = watch(lab_with_ports(), "--", liar("naive-tcping"), "-c", "3",
				       "-i", "0.05", LAB_PEER4, "7001");
	json_t *summary = scenario_record(watched.lines, "summary", NULL, NULL);

	expect_number(summary, "status.closed", 3);
	expect_number(summary, "events_lost", 0);
}

Test(watch_command, killed_it_leaves_nothing_in_the_kernel)
{
	struct lab *lab = lab_with_ports();
	struct watching watching = watch_start(lab, "--", liar("naive-tcping"), "-c", "1000", "-i",
					       "0.05", LAB_PEER4, "7001");
	struct kernel_ids ids;

	watch_await(&watching, "\"connect\"", 1);
	ids = kernel_ids_of(watching.process.pid);
	cr_assert_geq(ids.count, 10, "%zu BPF objects are too few to be all of them", ids.count);
	cr_assert_eq(kill(watching.process.pid, SIGKILL), 0);
	watch_finish(&watching);
	expect_gone_from_kernel(&ids);
}

/* The library said yes, and the kernel was never asked. */
BOTH_FAMILIES(watch_command, a_library_that_says_yes)
{
	struct lab *lab = lab_with_ports();
	const char *peer = places_of(family)->peer;
	struct command_result lie =
		cli_run(lab, (const char *const[]){"env", "LD_PRELOAD=.output/liars/yes-connect.so",
						   liar("honest-connect"), peer, "7001", NULL});
	struct watched watched;

	expect_status(lie, 0);
	expect_said(lie.output.bytes, "Port is open");
	watched = watch(lab, "--", "env", "LD_PRELOAD=.output/liars/yes-connect.so",
			liar("honest-connect"), peer, "7001");
	cr_assert_eq(watched.status, 0);
	expect_said(watched.said, "Port is open");
	expect_part(scenario_record(watched.lines, "watch", NULL, NULL), "explain",
		    "no connect entered the kernel");
	expect_part(scenario_record(watched.lines, "watch", NULL, NULL), "explain",
		    "yes-connect.so");
}
