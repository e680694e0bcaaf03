/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* By default a probe leaves the service alone: SYN, SYN-ACK, RST, and the server never accepts. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/scenarios/scan.h"
#include "tests/scenarios/scenario.h"

#define PORT	  7000
#define PORT_TEXT "7000"
#define PROBES	  20

/*
 * A single connection that the server has to accept would fill its queue, and the next SYN would go
 * unanswered.
 */
static void expect_unaccepted(int family, const char *option, const char *argument, unsigned probes)
{
	struct lab *lab = scenario_lab();
	const char *server = places_of(family)->server;
	struct error error;

	cr_assert_eq(lab_listen(lab, LAB_SERVER, family, PORT, 0, LISTENER_IGNORES, &error), 0,
		     "%s", error.text);
	for (unsigned i = 0; i < probes; i++) {
		json_t *record = probe(lab, server, PORT, option, argument);

		expect_verdict(record, "open", "syn-ack");
		cr_assert(json_is_false(field(record, "ack_sent")), "%s", record_text(record));
	}
}

BOTH_FAMILIES(half_open, probes_leave_the_accept_queue_empty)
{
	expect_unaccepted(family, "-W", "4", PROBES);
}

BOTH_FAMILIES(half_open, probes_of_a_scan_leave_the_accept_queue_empty)
{
	struct lab *lab = scenario_lab();
	struct command_result result;
	struct error error;

	cr_assert_eq(lab_listen(lab, LAB_SERVER, family, PORT, 0, LISTENER_IGNORES, &error), 0,
		     "%s", error.text);
	for (unsigned i = 0; i < 3; i++) {
		json_t *lines;

		result = cli(lab, "-j", "-p", "6990-7060", places_of(family)->server);
		lines = cli_json(result.output.bytes);
		cr_assert_eq(cli_count(lines, "probe", "status", "open"), 1, "%s",
			     result.output.bytes);
		cr_assert_eq(cli_count(lines, "probe", "status", "closed"), 70, "%s",
			     result.output.bytes);
		cr_assert_null(strstr(result.output.bytes, "\"ack_sent\":true"));
	}
}

/* The probe's connection waits to be accepted, reset or not: the queue is full. */
BOTH_FAMILIES(half_open, a_completed_handshake_is_accepted)
{
	struct lab *lab = scenario_lab();
	const char *server = places_of(family)->server;
	struct error error;
	json_t *record;

	cr_assert_eq(lab_listen(lab, LAB_SERVER, family, PORT, 0, LISTENER_IGNORES, &error), 0,
		     "%s", error.text);
	record = probe(lab, server, PORT, "--hold", "0");
	expect_verdict(record, "open", "syn-ack");
	cr_assert(json_is_true(field(record, "ack_sent")), "%s", record_text(record));
	expect_verdict(probe(lab, server, PORT, "-W", "400ms"), "filtered", "no-reply");
}

/* Stopped for longer than the kernel puts off the ACK (TCP_DELACK_MAX, 200 ms). */
BOTH_FAMILIES(half_open, an_ack_that_left_before_the_reset_is_told)
{
	struct lab *lab = scenario_lab();
	struct command_process process;
	struct command_result result;
	struct peer_event event;
	json_t *record;

	lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_SYN_ACK, .delay_us = 300000});
	process = cli_start(lab, "-j", "-c", "1", "-W", "600", places_of(family)->peer, PORT_TEXT);
	for (int i = 0;
	     i < SCENARIO_TIMEOUT_MS && !peer_event_find(lab->peer, PEER_SYN_READ, PORT, 0, &event);
	     i++)
		usleep(1000);
	cr_assert_eq(kill(process.pid, SIGSTOP), 0);
	for (int i = 0; i < SCENARIO_TIMEOUT_MS &&
			!peer_event_find(lab->peer, PEER_ANSWER_WRITTEN, PORT, 0, &event);
	     i++)
		usleep(1000);
	usleep(600000);
	cr_assert_eq(kill(process.pid, SIGCONT), 0);
	result = cli_finish(&process);
	expect_status(result, 0);
	record = scenario_record(cli_json(result.output.bytes), "probe", NULL, NULL);
	expect_verdict(record, "open", "syn-ack");
	cr_assert(json_is_true(field(record, "ack_sent")), "%s", record_text(record));
}

/* It was there when this program looked, but not in time. */
BOTH_FAMILIES(half_open, an_answer_after_the_timeout_that_is_read_late_is_late)
{
	struct lab *lab = scenario_lab();
	struct command_process process;
	struct command_result result;
	struct peer_event event;
	json_t *lines;

	lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_SYN_ACK, .delay_us = 400000});
	process =
		cli_start(lab, "-j", "-c", "1", "-W", "350ms", places_of(family)->peer, PORT_TEXT);
	for (int i = 0;
	     i < SCENARIO_TIMEOUT_MS && !peer_event_find(lab->peer, PEER_SYN_READ, PORT, 0, &event);
	     i++)
		usleep(1000);
	cr_assert_eq(kill(process.pid, SIGSTOP), 0);
	for (int i = 0; i < SCENARIO_TIMEOUT_MS &&
			!peer_event_find(lab->peer, PEER_ANSWER_WRITTEN, PORT, 0, &event);
	     i++)
		usleep(1000);
	usleep(50000);
	cr_assert_eq(kill(process.pid, SIGCONT), 0);
	result = cli_finish(&process);
	expect_status(result, 1);
	lines = cli_json(result.output.bytes);
	expect_verdict(scenario_record(lines, "probe", NULL, NULL), "filtered", "no-reply");
	expect_text(scenario_record(lines, "amendment", NULL, NULL), "note", "late-answer");
}

/* The server repeats its SYN-ACK: no sign that it has not accepted, for it was never asked to. */
BOTH_FAMILIES(half_open, a_reset_that_is_lost_on_the_way_is_told)
{
	struct lab *lab = scenario_lab();
	struct command_process process;
	struct command_result result;
	json_t *lines;

	scenario_listen(lab, LAB_SERVER, family, PORT);
	scenario_chain(lab, LAB_ROUTER, "forward", "tcp dport 7000 tcp flags & rst == rst drop");
	process = cli_start(lab, "-j", "-c", "0", "-i", "1", places_of(family)->server, PORT_TEXT);
	cli_await(&process, "\"amendment\"", 1);
	cr_assert_eq(kill(process.pid, SIGINT), 0);
	result = cli_finish(&process);
	lines = cli_json(result.output.bytes);
	cr_assert_gt(cli_count(lines, "probe", "status", "open"), 0, "%s", result.output.bytes);
	cr_assert_gt(cli_count(lines, "amendment", "note", "reset-lost"), 0, "%s",
		     result.output.bytes);
	cr_assert_eq(cli_count(lines, "amendment", "note", "not-accepted"), 0, "%s",
		     result.output.bytes);
	expect_said(result.output.bytes, "though this host had reset the connection");
}

/* Nothing is waited for: the run ends with its last verdict. */
Test(half_open, an_open_verdict_ends_the_run)
{
	struct lab *lab = scenario_lab();
	struct command_result result;

	scenario_listen(lab, LAB_SERVER, AF_INET, PORT);
	result = cli(lab, "-j", "-c", "1", "-w", "600", LAB_SERVER4, PORT_TEXT);
	expect_status(result, 0);
	expect_between(scenario_record(cli_json(result.output.bytes), "probe", NULL, NULL),
		       "watched_us", 0, 1e6);
}

/* All its ports are one, and none of its connections is ever accepted. */
static struct lab *lab_with_ports(int family)
{
	struct lab *lab = scenario_lab();
	struct error error;

	scenario_sysctl(lab, LAB_SERVER, "net/ipv4/tcp_syncookies", "0");
	scenario_sysctl(lab, LAB_SERVER, "net/ipv4/tcp_max_syn_backlog", "8192");
	scenario_sysctl(lab, LAB_SERVER, "net/core/somaxconn", "8192");
	cr_assert_eq(lab_listen(lab, LAB_SERVER, family, PORT, 8000, LISTENER_IGNORES, &error), 0,
		     "%s", error.text);
	scenario_nft(lab, LAB_SERVER,
		     "table inet n {\n chain c {\n type nat hook prerouting priority -100\n tcp "
		     "dport 8000-8999 redirect to :7000\n }\n}\n");
	return lab;
}

/* The server keeps all of them, and repeats its SYN-ACKs: it is given more time. */
BOTH_FAMILIES(half_open, a_scan_whose_resets_are_lost_becomes_slower_and_says_so)
{
	struct lab *lab = lab_with_ports(family);
	struct scan scan;
	char from[96];

	scenario_chain(lab, LAB_ROUTER, "forward", "tcp flags & rst == rst drop");
	scan = scan(lab, "--rate", "200", "-p", "8000-8799", places_of(family)->server);
	expect_group(&scan, "open", "syn-ack", 800);
	expect_said(scan.result.errors.bytes, " watched), so the rate falls to ");
	snprintf(from, sizeof(from), "repeated after our RST come from %s",
		 places_of(family)->server);
	expect_said(scan.result.errors.bytes, from);
	expect_between(scan.total, "resets_lost", 16, 800);
	cr_assert_eq(cli_count(scan.lines, "amendment", NULL, NULL), 0);
}

BOTH_FAMILIES(half_open, a_scan_whose_resets_arrive_stays_as_it_is)
{
	struct lab *lab = lab_with_ports(family);
	struct scan scan = scan(lab, "--rate", "200", "-p", "8000-8799", places_of(family)->server);

	expect_group(&scan, "open", "syn-ack", 800);
	cr_assert_str_empty(scan.result.errors.bytes);
	expect_between(scan.total, "resets_watched", 16, 800);
	expect_number(scan.total, "resets_lost", 0);
}
