/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Source ports that were asked for or have run out, and descriptors that have: probes wait for
 * them, in turn, and none is lost.
 */
#include <signal.h>
#include <unistd.h>

#include "tests/scenarios/cli.h"

#define OPEN_PORT   7001
#define LATE_PORT   7002
#define CLOSED_PORT 7006
#define SILENT_PORT 7007

static struct lab *lab_with_peer(void)
{
	struct lab *lab = scenario_lab();

	lab_peer_rule(lab, OPEN_PORT, (struct peer_rule){.answer = PEER_SYN_ACK});
	lab_peer_rule(
		lab, LATE_PORT,
		(struct peer_rule){.answer = PEER_SYN_ACK, .delay_us = 1500000, .max_answers = 1});
	lab_peer_rule(lab, CLOSED_PORT, (struct peer_rule){.answer = PEER_RST});
	return lab;
}

static void expect_port_everywhere(const json_t *lines, unsigned port)
{
	json_t *line;
	size_t i;

	json_array_foreach(lines, i, line)
	{
		if (!field_is_text(line, "type", "probe"))
			continue;
		cr_assert(!field_is_text(line, "reason", "no-source-port"), "%s",
			  record_text(line));
		expect_number(line, "source_port", port);
	}
}

/* A listener of the client has the port for itself. */
static void hold_port(struct lab *lab, uint16_t port)
{
	scenario_listen(lab, LAB_CLIENT, AF_INET, port);
}

static void release_port(struct lab *lab)
{
	pid_t pid = lab->listeners[lab->listener_count - 1];

	cr_assert_eq(kill(pid, SIGKILL), 0);
}

BOTH_FAMILIES(ports, one_source_port_serves_probe_after_probe_of_every_kind)
{
	struct lab *lab = lab_with_peer();
	struct command_result result =
		cli(lab, "-j", "-c", "5", "-i", "10ms", "-W", "300ms", "--sport", "5000", "-p",
		    "7001,7006,7007", places_of(family)->peer);
	const json_t *lines = cli_json(result.output.bytes);

	cr_assert_str_empty(result.errors.bytes);
	expect_port_everywhere(lines, 5000);
	cr_assert_eq(cli_count(lines, "probe", "status", "open"), 5, "%s", result.output.bytes);
	cr_assert_eq(cli_count(lines, "probe", "status", "closed"), 5);
	cr_assert_eq(cli_count(lines, "probe", "status", "filtered"), 5);
}

/* All are held open meanwhile: the fourth probe has the first one close its own. */
Test(ports, a_range_of_source_ports_is_used_in_turn)
{
	struct lab *lab = lab_with_peer();
	struct command_result result =
		cli(lab, "-j", "-c", "4", "-i", "10ms", "--sport", "5000-5002", LAB_PEER4, "7001");
	const json_t *lines = cli_json(result.output.bytes);
	unsigned ports[4] = {0};
	json_t *line;
	size_t i;

	json_array_foreach(lines, i, line)
	{
		unsigned long seq = (unsigned long)json_integer_value(field(line, "seq"));

		if (field_is_text(line, "type", "probe") && seq >= 1 && seq <= 4)
			ports[seq - 1] = (unsigned)json_integer_value(field(line, "source_port"));
	}
	for (unsigned k = 0; k < 4; k++)
		cr_expect_eq(ports[k], 5000 + k % 3, "probe %u: %u", k + 1, ports[k]);
}

/*
 * Its timeout is shorter than the hold: a connection of our own, held open, is no reason to call a
 * probe blocked.
 */
BOTH_FAMILIES(ports, the_same_target_twice_takes_turns)
{
	struct lab *lab = lab_with_peer();
	const char *host = places_of(family)->peer;
	struct command_result result = cli(lab, "-j", "-c", "2", "-i", "10ms", "-W", "1", "--hold",
					   "10", "--sport", "5000", "-p", "7001", host, host);
	const json_t *lines = cli_json(result.output.bytes);

	expect_status(result, 0);
	expect_port_everywhere(lines, 5000);
	cr_assert_eq(cli_count(lines, "probe", "status", "open"), 4, "%s", result.output.bytes);
}

/*
 * Both are called the same: at no time may more of the later probes be done than of the earlier
 * ones.
 */
Test(ports, the_same_silent_target_twice_takes_turns_in_order)
{
	struct lab *lab = lab_with_peer();
	struct command_result result = cli(lab, "-j", "-c", "2", "-i", "10ms", "-W", "1", "--sport",
					   "5000", "-p", "7007", LAB_PEER4, LAB_PEER4);
	const json_t *lines = cli_json(result.output.bytes);
	size_t i, counts[3] = {2};
	json_t *line;

	/* Incomplete is silence too, with less evidence of it. */
	cr_assert_eq(cli_count(lines, "probe", "status", "filtered") +
			     cli_count(lines, "probe", "status", "incomplete"),
		     4, "%s", result.output.bytes);
	json_array_foreach(lines, i, line)
	{
		json_int_t sequence = json_integer_value(field(line, "seq"));

		if (!field_is_text(line, "type", "probe"))
			continue;
		cr_assert(sequence >= 1 && sequence <= 2, "%s", record_text(line));
		counts[sequence]++;
		cr_assert_leq(counts[sequence], counts[sequence - 1], "a later probe overtook: %s",
			      result.output.bytes);
	}
}

/*
 * Vain attempts to get the port must not take the room of other targets' probes: of 20 that are due
 * some may come late, but not most.
 */
Test(ports, who_waits_for_a_port_keeps_nobody_from_probing)
{
	struct lab *lab = lab_with_peer();
	struct command_process holder, process;
	struct command_result result;
	const json_t *lines;

	/* Another process has the whole connection, so that only connect() can tell. */
	holder = cli_start(lab, "-q", "-c", "1", "--hold", "600", "--sport", "5000", LAB_PEER4,
			   "7001");
	scenario_await_syns(lab, 1);
	process = cli_start(lab, "-j", "-c", "60", "-i", "500ms", "-W", "12", "-w", "10", "--hold",
			    "0", "--sport", "5000", "-p", "7001,7006", LAB_PEER4);
	result = cli_finish(&process);
	cr_assert_eq(kill(holder.pid, SIGKILL), 0);
	cli_finish(&holder);
	lines = cli_json(result.output.bytes);
	cr_assert_eq(cli_count(lines, "probe", "status", "open"), 0, "%s", result.output.bytes);
	cr_assert_geq(cli_count(lines, "probe", "status", "closed"), 15, "%zu",
		      cli_count(lines, "probe", "status", "closed"));
}

Test(ports, a_port_of_somebody_else_is_waited_for_and_then_the_outcome)
{
	struct lab *lab = lab_with_peer();
	struct command_result result;
	const json_t *lines;

	hold_port(lab, 5000);
	result = cli(lab, "-j", "-c", "1", "-W", "300ms", "--sport", "5000", LAB_PEER4, "7001");
	lines = cli_json(result.output.bytes);
	expect_status(result, 1);
	cr_assert_str_empty(result.errors.bytes);
	cr_assert_eq(cli_count(lines, "probe", "reason", "no-source-port"), 1, "%s",
		     result.output.bytes);
	expect_said(result.output.bytes, "the source port 5000 is in use on this host");
	cr_assert_eq(lab->peer->syns_read, 0);
}

/* With -v it says so, once; it is not asked for, so without it nothing is said (above). */
Test(ports, a_port_that_becomes_free_in_time_is_probed_from)
{
	struct lab *lab = lab_with_peer();
	struct command_process process;
	struct command_result result;

	hold_port(lab, 5000);
	process = cli_start(lab, "-v", "-c", "1", "-W", "600", "--hold", "0", "--sport", "5000",
			    LAB_PEER4, "7001");
	cli_await_errors(&process, "waiting for it", 1);
	release_port(lab);
	result = cli_finish(&process);
	expect_status(result, 0);
	cr_assert_eq(cli_lines_with(result.errors.bytes,
				    "source port 5000 is still in use, waiting for it"),
		     1, "%s", result.errors.bytes);
}

Test(ports, a_wait_is_said_once_also_when_only_connect_can_tell)
{
	struct lab *lab = lab_with_peer();
	struct command_result result = cli(lab, "-v", "-c", "1", "-W", "700ms", "--sport", "5000",
					   "-p", "7007", LAB_PEER4, LAB_PEER4);

	cr_assert_eq(cli_lines_with(result.errors.bytes, "waiting for it"), 1, "%s",
		     result.errors.bytes);
}

Test(ports, without_free_source_ports_held_connections_give_theirs_up)
{
	struct lab *lab = lab_with_peer();
	struct command_result result;
	const json_t *lines;

	scenario_sysctl(lab, LAB_CLIENT, "net/ipv4/ip_local_port_range", "40000 40001");
	result = cli(lab, "-j", "-c", "6", "-i", "10ms", "-W", "1", "--hold", "10", LAB_PEER4,
		     "7001");
	lines = cli_json(result.output.bytes);
	expect_status(result, 0);
	cr_assert_eq(cli_count(lines, "probe", "status", "open"), 6, "%s", result.output.bytes);
	result = cli(lab, "-v", "-c", "3", "-i", "10ms", "-W", "1", "--hold", "10", LAB_PEER4,
		     "7001");
	expect_status(result, 0);
	expect_said(result.errors.bytes, "no source port is free");
}

Test(ports, interrupted_or_out_of_time_nobody_waits_for_a_port_any_more)
{
	struct lab *lab = lab_with_peer();
	struct command_process process;
	struct command_result result;

	hold_port(lab, 5000);
	process = cli_start(lab, "-j", "-v", "-c", "3", "-W", "600", "--sport", "5000", LAB_PEER4,
			    "7001");
	cli_await_errors(&process, "waiting for it", 1);
	cr_assert_eq(kill(process.pid, SIGINT), 0);
	result = cli_finish(&process);
	expect_status(result, 1);
	cr_assert_eq(cli_count(cli_json(result.output.bytes), "summary", NULL, NULL), 1);
	result = cli(lab, "-j", "-w", "500ms", "-W", "600", "--sport", "5000", LAB_PEER4, "7001");
	expect_status(result, 1);
	cr_assert_eq(cli_count(cli_json(result.output.bytes), "summary", NULL, NULL), 1);
}

/*
 * It acknowledges a SYN of the probe before, from the same port: that is no proof of the next one.
 */
BOTH_FAMILIES(ports, a_late_answer_to_the_probe_before_opens_nothing)
{
	struct lab *lab = lab_with_peer();
	struct command_result result = cli(lab, "-j", "-c", "3", "-i", "10ms", "-W", "1", "--sport",
					   "5000", places_of(family)->peer, "7002");
	const json_t *lines = cli_json(result.output.bytes);

	expect_status(result, 1);
	cr_assert_eq(cli_count(lines, "probe", "status", "open"), 0, "%s", result.output.bytes);
	cr_assert_geq(cli_count(lines, "probe", "reason", "wrong-ack"), 1, "%s",
		      result.output.bytes);
}

#define HUNDRED "for i in $(seq 100); do echo " LAB_PEER4 ":$((9000 + i)); done | "

Test(ports, with_few_descriptors_all_targets_are_probed_fewer_at_once)
{
	struct lab *lab = lab_with_peer();
	struct command_result result =
		cli_shell(lab, "ulimit -n 46; " HUNDRED "$0 -j -c 1 -W 100ms -f -");
	const json_t *lines = cli_json(result.output.bytes);

	expect_status(result, 1);
	cr_assert_eq(cli_count(lines, "probe", "status", "filtered"), 100, "%zu",
		     cli_count(lines, "probe", NULL, NULL));
	cr_assert_eq(cli_lines_with(result.errors.bytes, "ulimit -n"), 1, "%s",
		     result.errors.bytes);
}

Test(ports, a_soft_limit_of_descriptors_is_raised_silently)
{
	struct lab *lab = lab_with_peer();
	struct command_result result =
		cli_shell(lab, "ulimit -Sn 30; " HUNDRED "$0 -j -c 1 -W 100ms -f -");

	cr_assert_eq(cli_count(cli_json(result.output.bytes), "probe", "status", "filtered"), 100);
	cr_assert_str_empty(result.errors.bytes);
}

Test(ports, too_few_descriptors_to_begin_with_are_said_to_be_just_that)
{
	struct lab *lab = lab_with_peer();
	struct command_result result = cli_shell(lab, "ulimit -n 20; exec $0 " LAB_PEER4 " 7001");

	expect_status(result, 4);
	expect_said(result.errors.bytes, "raise the limit (ulimit -n)");
	result = cli_shell(
		lab, "for n in 21 24 28 32 36 38 40 41; do (ulimit -n $n; $0 -c 1 -q " LAB_PEER4
		     " 7001 >&2); done");
	expect_not_said(result.errors.bytes, "too old");
	cr_assert_eq(cli_lines_with(result.errors.bytes, "ktcping: "),
		     cli_lines_with(result.errors.bytes, "(ulimit -n)"), "%s", result.errors.bytes);
}

/* Names are looked up while probes have all descriptors. */
Test(ports, without_descriptors_names_still_resolve)
{
	struct lab *lab = lab_with_peer();
	struct command_result result = cli_run(
		lab, (const char *const[]){
			     "unshare", "-m", "sh", "-c",
			     "mount -t tmpfs none /run && for i in $(seq 200); do echo " LAB_PEER4
			     " host$i.test; done > /run/hosts && mount --bind /run/hosts "
			     "/etc/hosts && ulimit -n 46 && "
			     "for i in $(seq 200); do echo host$i.test:7007; done | $0 -j -c 1 -W "
			     "50ms -f -",
			     cli_program(), NULL});
	const json_t *lines = cli_json(result.output.bytes);

	cr_assert_eq(cli_count(lines, "error", NULL, NULL), 0, "%s", result.output.bytes);
	cr_assert_eq(cli_count(lines, "probe", "status", "filtered"), 200);
}
