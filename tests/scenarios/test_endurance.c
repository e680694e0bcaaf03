/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Runs at their limits: each ends by itself, does what was asked for and no more, and keeps quiet
 * about nothing.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/scenarios/cli.h"

#define PORT 7090
/* More targets than have probes to come at once, with a count; see ACTIVE_MAX. */
#define TARGETS	     16500
#define TARGETS_TEXT "16500"
#define AT_ONCE_TEXT "16384"

static const char *no_ipv6(void)
{
	return getenv("NO_IPV6") ? getenv("NO_IPV6") : ".output/tests/no_ipv6.so";
}

#define AWAIT_IN_OUT(word) "until grep -q " word " $out || ! kill -0 $!; do sleep 0.05; done; "

/*
 * The line, in a mount namespace of its own, where $hosts is /etc/hosts; first it is copied from
 * the text.
 */
static struct command_result run_with_hosts(struct lab *lab, const char *hosts, const char *line)
{
	char text[2048];

	snprintf(text, sizeof(text),
		 "export hosts=$(mktemp) && printf '%s' >$hosts && unshare --mount sh -c 'mount "
		 "--bind $hosts /etc/hosts && { %s; }' "
		 "\"$0\"; "
		 "status=$?; rm $hosts; exit $status",
		 hosts, line);
	return cli_shell(lab, text);
}

/* The first answer comes when the second probe waits for the port of the first one. */
BOTH_FAMILIES(endurance, what_waits_for_a_port_does_not_start_once_until_is_reached)
{
	const char *peer = places_of(family)->peer;
	struct lab *lab = scenario_lab();
	struct command_result result;
	json_t *lines;

	lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_SYN_ACK, .delay_us = 700000});
	result = cli(lab, "-j", "--until", "open", "--sport", "40000", "-i", "0.3", "--hold", "0",
		     "-p", "7090", peer);
	expect_status(result, 0);
	lines = cli_json(result.output.bytes);
	cr_assert_eq(cli_count(lines, "probe", NULL, NULL), 1, "more than one probe:\n%s",
		     result.output.bytes);
	cr_assert_eq(cli_count(lines, "summary", NULL, NULL), 1);
}

Test(endurance, an_address_that_is_finished_with_is_not_begun_anew_by_resolving_again)
{
	struct lab *lab = scenario_lab();
	struct command_result result;
	json_t *lines;

	lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_SILENT});
	scenario_listen(lab, LAB_SERVER, AF_INET, PORT);
	result = run_with_hosts(lab, LAB_SERVER4 " twins.test\\n" LAB_PEER4 " twins.test\\n",
				"\"$0\" -j -4 -w 6 --until open --all-addrs --resolve-every 1 -i "
				"0.5 -W 0.4 --hold 0 twins.test 7090");
	expect_status(result, 1);
	lines = cli_json(result.output.bytes);
	cr_assert_eq(cli_count(lines, "probe", "address", LAB_SERVER4), 1, "probed again:\n%s",
		     result.output.bytes);
	cr_assert_eq(cli_count(lines, "summary", NULL, NULL), 2);
	cr_assert_gt(cli_count(lines, "probe", "address", LAB_PEER4), 1);
}

/*
 * The server is open on its port 80 and closed on 81; then the name moves to the peer, which is
 * silent.
 */
Test(endurance, a_target_that_is_finished_with_does_not_move_with_its_name)
{
	struct lab *lab = scenario_lab();
	struct command_result result;
	json_t *lines;

	scenario_listen(lab, LAB_SERVER, AF_INET, PORT);
	result = run_with_hosts(
		lab, LAB_SERVER4 " mover.test\\n",
		"out=$(mktemp); \"$0\" -j -4 --until open --resolve-every 1 -i 0.2 -W 0.4 --hold 0 "
		"-p 7090,7091 mover.test "
		">$out & " AWAIT_IN_OUT(
			":.open") "echo \"" LAB_PEER4
				  " mover.test\" >$hosts; " AWAIT_IN_OUT(
					  ":.filtered") "kill -INT $!; wait $!; status=$?; cat "
							"$out; rm $out; exit $status");
	expect_status(result, 1);
	lines = cli_json(result.output.bytes);
	cr_assert_eq(cli_count(lines, "address-change", "target", "mover.test:7091"), 1,
		     "it did not move:\n%s", result.output.bytes);
	cr_assert_eq(cli_count(lines, "address-change", "target", "mover.test:7090"), 0,
		     "it moved:\n%s", result.output.bytes);
	cr_assert_eq(cli_count(lines, "summary", "address", LAB_SERVER4), 1,
		     "not where it was probed:\n%s", result.output.bytes);
}

/*
 * All that is watched on is forgotten in one turn, so that no timer is left; the targets that had
 * no room yet are still to come.
 */
Test(endurance, targets_that_had_no_room_are_probed_after_the_process_was_stopped)
{
	struct command_result result = cli_shell(
		scenario_lab(),
		"out=$(mktemp); \"$0\" --csv -o $out -c 1 -W 1 -p 1-" TARGETS_TEXT
		" 127.0.0.1 & pid=$!; "
		"until [ $(wc -l <$out) -gt " AT_ONCE_TEXT
		" ] || ! kill -0 $pid; do sleep 0.1; done; "
		"kill -STOP $pid; sleep 4; kill -CONT $pid; "
		"for i in 1 2 3 4 5 6 7 8 9 10; do kill -0 $pid 2>/dev/null && sleep 1; done; "
		"kill -INT $pid 2>/dev/null; wait $pid; wc -l <$out; rm $out");

	cr_assert_eq(atoi(result.output.bytes), TARGETS + 1, "lines with the header: %s",
		     result.output.bytes);
}

Test(endurance, a_run_that_ends_before_all_targets_had_room_says_so)
{
	struct command_result result = cli(scenario_lab(), "-q", "--csv", "-w", "1", "-c", "2",
					   "-i", "1m", "-p", "1-" TARGETS_TEXT, "127.0.0.1");

	expect_status(result, 1);
	expect_said(result.errors.bytes, "ended before all targets were begun with");
}

Test(endurance, a_run_that_ends_with_all_targets_begun_says_nothing_of_that)
{
	struct command_result result = cli(scenario_lab(), "-q", "--csv", "-w", "1", "-c", "2",
					   "-i", "1m", "127.0.0.1", "1");

	expect_status(result, 1);
	expect_not_said(result.errors.bytes, "ended before");
}

/* How many descriptors are enough depends on the kernel: all numbers around that are tried. */
Test(endurance, every_run_with_few_descriptors_ends_and_blames_them)
{
	struct lab *lab = scenario_lab();

	for (unsigned limit = 24; limit <= 36; limit++) {
		char line[128];
		struct command_result result;

		snprintf(line, sizeof(line), "ulimit -n %u; exec \"$0\" -q -c 1 -W 0.2 127.0.0.1 1",
			 limit);
		result = cli_shell(lab, line);
		if (result.status == 1)
			continue; /* enough: the port was seen to be closed */
		expect_status(result, 4);
		cr_assert(strstr(result.errors.bytes, "descriptors") ||
				  strstr(result.errors.bytes, "open files"),
			  "at %u: %s", limit, result.errors.bytes);
		expect_not_said(result.errors.bytes, "too old");
	}
}

Test(endurance, a_target_of_a_family_that_the_kernel_lacks_is_given_up_and_the_others_are_probed)
{
	char preload[256];
	struct command_result result;
	json_t *lines;

	snprintf(preload, sizeof(preload),
		 "LD_PRELOAD=%s exec \"$0\" -j -c 1 -W 1 [::1]:1 127.0.0.1:1", no_ipv6());
	result = cli_shell(scenario_lab(), preload);
	expect_status(result, 1);
	lines = cli_json(result.output.bytes);
	cr_assert_eq(cli_count(lines, "error", "name", "::1"), 1, "nothing is said of it:\n%s",
		     result.output.bytes);
	expect_said(result.output.bytes, "\"not probed: this host makes no sockets of that family");
	expect_not_said(result.output.bytes, "not resolved");
	cr_assert_eq(cli_count(lines, "probe", "status", "closed"), 1);
}
