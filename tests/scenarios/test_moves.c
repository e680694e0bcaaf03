// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Names asked for again and again, while their addresses change. */
#include <arpa/inet.h>
#include <signal.h>
#include <time.h>

#include "tests/scenarios/private.h"

#define PORT	    7000
#define ONE	    PRIVATE_HOSTS("10.9.0.7 moving\\n")
#define FOREVER	    "exec \"$0\" -c 0 -i 0.1 --hold 0 --resolve-every 1 "
#define AWAIT_TRIES 400

static struct lab *lab_with_port(void)
{
	struct lab *lab = scenario_lab();

	lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_SYN_ACK});
	return lab;
}

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static unsigned syns_to(const struct lab *lab, unsigned last_byte)
{
	struct peer_event event;
	unsigned count = 0;

	for (uint64_t i = 0; peer_event_get(lab->peer, i, &event); i++)
		count += event.kind == PEER_SYN_READ && (ntohl(event.host) & 0xff) == last_byte;
	return count;
}

/* Until so many more probes have gone to 10.9.0.last_byte. */
static void await_probes(const struct lab *lab, unsigned last_byte, unsigned more)
{
	unsigned wanted = syns_to(lab, last_byte) + more;

	for (int tries = 0; syns_to(lab, last_byte) < wanted; tries++) {
		cr_assert_lt(tries, AWAIT_TRIES, "no probe goes to 10.9.0.%u", last_byte);
		pause_ms(50);
	}
}

static struct command_result stop(struct command_process *process)
{
	kill(process->pid, SIGINT);
	return cli_finish(process);
}

static void expect_changes(const struct command_result *result, const char *from, const char *to,
			   size_t count)
{
	json_t *lines = cli_json(result->output.bytes), *line;
	size_t i, found = 0;

	json_array_foreach(lines, i, line)
	{
		bool is_from = from ? field_is_text(line, "from", from)
				    : json_is_null(field(line, "from"));
		bool is_to = to ? field_is_text(line, "to", to) : json_is_null(field(line, "to"));

		found += field_is_text(line, "type", "address-change") && is_from && is_to;
	}
	cr_assert_eq(found, count, "%zu times from %s to %s:\n%s", found, from ? from : "none",
		     to ? to : "none", result->output.bytes);
}

/* From the change on, in the order of the lines. */
static void expect_later_address(const struct command_result *result, const char *before,
				 const char *after)
{
	json_t *lines = cli_json(result->output.bytes), *line;
	const char *now = before;
	double first = 0;
	size_t i;

	json_array_foreach(lines, i, line)
	{
		if (field_is_text(line, "type", "address-change"))
			now = after;
		if (!field_is_text(line, "type", "probe"))
			continue;
		/* One may have been under way. */
		if (now == after && first == 0)
			first = json_number_value(field(line, "seq")) + 1;
		if (now == before || json_number_value(field(line, "seq")) > first)
			expect_text(line, "address", now);
	}
	cr_assert(now == after && first > 0, "it did not change:\n%s", result->output.bytes);
}

BOTH_FAMILIES(moves, a_name_that_moves_is_followed)
{
	bool is_v6 = family == AF_INET6;
	const char *from = is_v6 ? "fd00:9::7" : "10.9.0.7", *to = is_v6 ? "fd00:9::8" : "10.9.0.8";
	struct lab *lab = lab_with_port();
	struct command_process process = private_start(
		lab, is_v6 ? PRIVATE_HOSTS("fd00:9::7 moving\\n") FOREVER "-j moving 7000"
			   : ONE FOREVER "-j moving 7000");
	struct command_result result;

	await_probes(lab, 7, 2);
	private_set_hosts(&process, is_v6 ? "fd00:9::8 moving\n" : "10.9.0.8 moving\n");
	await_probes(lab, 8, 3);
	result = stop(&process);
	expect_status(result, 0);
	expect_changes(&result, from, to, 1);
	expect_later_address(&result, from, to);
	cr_assert_eq(cli_count(cli_json(result.output.bytes), "summary", NULL, NULL), 1);
}

Test(moves, a_move_is_told_as_text_and_a_literal_never_moves)
{
	struct lab *lab = lab_with_port();
	struct command_process process =
		private_start(lab, ONE FOREVER "moving:7000 10.9.0.9:7000");
	struct command_result result;

	await_probes(lab, 7, 2);
	private_set_hosts(&process, "10.9.0.8 moving\n10.9.0.8 10.9.0.9\n");
	await_probes(lab, 8, 2);
	await_probes(lab, 9, 2);
	result = stop(&process);
	expect_status(result, 0);
	cr_assert_eq(
		cli_lines_with(result.output.bytes, "moving:7000 moved from 10.9.0.7 to 10.9.0.8"),
		1, "%s", result.output.bytes);
	cr_assert_eq(cli_lines_with(result.output.bytes, " moved "), 1, "%s", result.output.bytes);
	cr_assert_str_empty(result.errors.bytes);
}

Test(moves, a_name_that_vanishes_keeps_its_address_and_that_is_said_once)
{
	struct lab *lab = lab_with_port();
	struct command_process process = private_start(lab, ONE FOREVER "-j moving 7000");
	struct command_result result;

	await_probes(lab, 7, 2);
	private_set_hosts(&process, "");
	await_probes(lab, 7, 10);
	private_set_hosts(&process, "10.9.0.8 moving\n");
	await_probes(lab, 8, 2);
	result = stop(&process);
	expect_status(result, 0);
	cr_assert_eq(cli_lines_with(result.errors.bytes, "ktcping: cannot resolve 'moving'"), 1,
		     "%s", result.errors.bytes);
	cr_assert_eq(cli_lines_with(result.errors.bytes, ""), 1, "%s", result.errors.bytes);
	expect_changes(&result, "10.9.0.7", "10.9.0.8", 1);
}

/* The last move shows that those who came later ask as well. */
Test(moves, of_all_addresses_new_ones_begin_and_vanished_ones_end)
{
	struct lab *lab = lab_with_port();
	struct command_process process =
		private_start(lab, ONE FOREVER "--all-addrs -j moving 7000");
	struct command_result result;
	json_t *lines;
	unsigned last;

	await_probes(lab, 7, 5);
	private_set_hosts(&process, "10.9.0.7 moving\n10.9.0.8 moving\n");
	await_probes(lab, 8, 5);
	private_set_hosts(&process, "10.9.0.8 moving\n10.9.0.9 moving\n");
	await_probes(lab, 9, 2);
	last = syns_to(lab, 7);
	await_probes(lab, 9, 5);
	cr_assert_leq(syns_to(lab, 7), last + 1, "the vanished address is still probed");
	private_set_hosts(&process, "10.9.0.10 moving\n");
	await_probes(lab, 10, 2);
	private_set_hosts(&process, "10.9.0.11 moving\n");
	await_probes(lab, 11, 2);
	result = stop(&process);
	expect_status(result, 0);
	expect_changes(&result, NULL, "10.9.0.8", 1);
	expect_changes(&result, "10.9.0.7", NULL, 1);
	expect_changes(&result, NULL, "10.9.0.9", 1);
	expect_changes(&result, "10.9.0.9", NULL, 1);
	lines = cli_json(result.output.bytes);
	cr_assert_eq(cli_count(lines, "address-change", NULL, NULL), 8, "%s", result.output.bytes);
	cr_assert_eq(cli_count(lines, "summary", NULL, NULL), 5);
}

/* Asking at every probe, an address that joins after many. */
Test(moves, those_who_came_later_ask_as_often)
{
	struct lab *lab = lab_with_port();
	struct command_process process =
		private_start(lab, ONE FOREVER "--all-addrs -j moving 7000");
	struct command_result result;
	unsigned probes;

	await_probes(lab, 7, 60);
	private_set_hosts(&process, "10.9.0.8 moving\n");
	await_probes(lab, 8, 1);
	private_set_hosts(&process, "10.9.0.9 moving\n");
	await_probes(lab, 9, 1);
	probes = syns_to(lab, 8);
	result = stop(&process);
	expect_status(result, 0);
	cr_assert_lt(probes, 50, "it asked again after %u probes only", probes);
}

Test(moves, a_name_with_ever_new_addresses_comes_to_the_end_of_its_count)
{
	struct lab *lab = lab_with_port();
	struct command_process process = private_start(
		lab, ONE
		"exec \"$0\" -j -c 80 -i 0.1 --hold 0 --resolve-every 1 --all-addrs moving 7000");
	struct command_result result;
	json_t *lines;

	await_probes(lab, 7, 2);
	private_set_hosts(&process, "10.9.0.8 moving\n");
	await_probes(lab, 8, 2);
	private_set_hosts(&process, "10.9.0.9 moving\n");
	await_probes(lab, 9, 2);
	result = cli_finish(&process);
	expect_status(result, 0);
	lines = cli_json(result.output.bytes);
	cr_assert_eq(cli_count(lines, "summary", NULL, NULL), 3);
	cr_assert_eq(cli_count(lines, "probe", NULL, NULL), 80, "%zu probes",
		     cli_count(lines, "probe", NULL, NULL));
}

Test(moves, addresses_that_join_later_are_told_apart_as_well)
{
	struct lab *lab = lab_with_port();
	struct command_process process = private_start(lab, ONE FOREVER "--all-addrs moving 7000");
	struct command_result result;

	await_probes(lab, 7, 2);
	private_set_hosts(&process, "10.9.0.7 moving\n10.9.0.8 moving\n");
	await_probes(lab, 8, 2);
	result = stop(&process);
	expect_status(result, 0);
	expect_said(result.output.bytes, "moving:7000 has a new address: 10.9.0.8");
	expect_said(result.output.bytes, "\nmoving:7000(10.9.0.7)  ");
	expect_said(result.output.bytes, "\nmoving:7000(10.9.0.8)  ");
	expect_not_said(result.output.bytes, "\nmoving:7000   ");
}

/*
 * The router's address is closed, so that the name is asked for again and again long after the
 * peer's has reached its goal.
 */
Test(moves, an_address_that_has_reached_its_goal_is_not_begun_again)
{
	struct lab *lab = lab_with_port();
	struct command_result result = private_run(
		lab,
		PRIVATE_HOSTS("10.9.0.7 two\\n10.1.0.1 two\\n") "exec \"$0\" -j -4 --all-addrs "
								"--until open -i 0.1 "
								"--hold 0 -w 5 --resolve-every 1 "
								"two 7000");
	json_t *lines = cli_json(result.output.bytes);

	expect_status(result, 1);
	cr_assert_eq(cli_count(lines, "probe", "address", "10.9.0.7"), 1, "%s",
		     result.output.bytes);
	cr_assert_eq(cli_count(lines, "address-change", NULL, NULL), 0);
	cr_assert_eq(cli_count(lines, "summary", NULL, NULL), 2);
}
