/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What comes after an open verdict: it stays open, and a line of its own says what else was seen. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/scenarios/cli.h"
#include "tests/scenarios/paths.h"
#include "tests/scenarios/plain.h"

#define PORT	   7000
#define CLIENT_MAC "02:00:00:00:00:01"
#define ROUTER_MAC "02:00:00:00:00:02"

/* What comes at once may be there already when the application asks. */
static void expect_told_rightly(const json_t *record)
{
	bool is_connected = field_is_text(record, "app.result", "connected") && json_is_null(field(record, "app.errno"));

	expect_record(record, is_connected || field_is_text(claimed, "app.errno", "ECONNRESET"), "told something else: %s");
	expect_record(record, json_is_true(field(claimed, "app.agrees")), "it was told what is true: %s");
}

/* Of one probe: its verdict is open, and one amendment follows it, which the summary counts. Returns the amendment. */
static json_t *expect_amended(json_t *lines, const char *note)
{
	json_t *record = scenario_record(lines, "probe", NULL, NULL), *amendment = scenario_record(lines, "amendment", NULL, NULL);
	json_t *summary = scenario_record(lines, "summary", NULL, NULL);
	char path[64];

	expect_verdict(record, "open", "syn-ack");
	expect_number(record, "syn_sent", 1);
	expect_text(amendment, "note", note);
	expect_number(amendment, "seq", 1);
	expect_text(amendment, "target", json_string_value(field(record, "target")));
	expect_between(amendment, "after_us", 0, 20e6);
	snprintf(path, sizeof(path), "amendments.%s", note);
	expect_number(summary, path, 1);
	expect_number(summary, "status.open", 1);
	expect_told_rightly(record);
	return amendment;
}

static json_t *lines_of(struct lab *lab, const char *host, const char *hold)
{
	int status;
	json_t *lines = scenario_lines(lab, (const char *const[]){"-j", "-c", "1", "--hold", hold, host, "7000", NULL}, &status);

	cr_assert_eq(status, 0, "status %d: %s", status, record_text(lines));
	return lines;
}

static json_t *lines_after(int family, enum peer_after after, uint32_t after_delay_us)
{
	struct lab *lab = scenario_lab();

	lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_SYN_ACK, .after = after, .after_delay_us = after_delay_us});
	return lines_of(lab, places_of(family)->peer, "300ms");
}

BOTH_FAMILIES(amendments, the_peer_resets_at_once)
{
	json_t *amendment = expect_amended(lines_after(family, PEER_AFTER_RST, 0), "reset-by-peer");

	expect_explained(amendment, "the peer reset the connection");
}

BOTH_FAMILIES(amendments, the_peer_resets_a_little_later)
{
	expect_amended(lines_after(family, PEER_AFTER_RST, 4000), "reset-by-peer");
}

BOTH_FAMILIES(amendments, the_peer_closes_at_once)
{
	json_t *amendment = expect_amended(lines_after(family, PEER_AFTER_FIN, 0), "closed-by-peer");

	expect_explained(amendment, "the peer closed the connection");
}

BOTH_FAMILIES(amendments, the_peer_closes_a_little_later)
{
	expect_amended(lines_after(family, PEER_AFTER_FIN, 4000), "closed-by-peer");
}

static json_t *lines_of_server(int family, enum listener_manner manner)
{
	struct lab *lab = scenario_lab();
	struct error error;

	cr_assert_eq(lab_listen(lab, LAB_SERVER, family, PORT, 16, manner, &error), 0, "%s", error.text);
	return lines_of(lab, places_of(family)->server, "300ms");
}

BOTH_FAMILIES(amendments, a_server_program_that_resets)
{
	expect_amended(lines_of_server(family, LISTENER_RESETS), "reset-by-peer");
}

BOTH_FAMILIES(amendments, a_server_program_that_closes)
{
	expect_amended(lines_of_server(family, LISTENER_CLOSES), "closed-by-peer");
}

/* The RST carries the server's address, and came over loopback. */
BOTH_FAMILIES(amendments, a_rule_of_this_host_that_resets)
{
	struct lab *lab = scenario_lab();

	scenario_listen(lab, LAB_SERVER, family, PORT);
	scenario_chain(lab, LAB_CLIENT, "output", "tcp dport 7000 tcp flags & (syn | ack) == ack reject with tcp reset");
	expect_explained(expect_amended(lines_of(lab, places_of(family)->server, "300ms"), "reset-locally"),
			 "this host reset the connection itself, over loopback");
}

/* Accepted and left in peace, there is nothing to add. */
BOTH_FAMILIES(amendments, a_server_program_that_reads_is_not_amended)
{
	json_t *lines = lines_of_server(family, LISTENER_READS);

	cr_assert_eq(cli_count(lines, "amendment", NULL, NULL), 0, "%s", record_text(lines));
}

/* The repeat of its own, scripted timer. */
BOTH_FAMILIES(amendments, the_peer_repeats_its_syn_ack)
{
	struct lab *lab = scenario_lab();
	json_t *amendment;

	lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_SYN_ACK, .repeats = 1, .repeat_delay_us = 1000000});
	amendment = expect_amended(lines_of(lab, places_of(family)->peer, "1.5"), "not-accepted");
	expect_explained(amendment, "its SYN-ACK was repeated");
}

/*
 * Answers to the client wait at the router, which finds no link-layer address for it: the client knows the router's, so that nobody learns anything from its
 * questions, and it hears none.
 */
static void hold_answers(struct lab *lab)
{
	scenario_nft(lab, LAB_CLIENT,
		     "table netdev t {\n chain c {\n type filter hook ingress device eth0 priority 0\n"
		     " ether type arp drop\n icmpv6 type nd-neighbor-solicit drop\n }\n}\n");
	/* A new address makes the kernel forget its neighbours. */
	scenario_ip(lab, LAB_CLIENT,
		    "link set eth0 address " CLIENT_MAC "\n"
		    "neighbour replace " LAB_ROUTER4 " lladdr " ROUTER_MAC " dev eth0 nud permanent\n"
		    "neighbour replace " LAB_ROUTER6 " lladdr " ROUTER_MAC " dev eth0 nud permanent\n");
	scenario_ip(lab, LAB_ROUTER, "link set eth0 address " ROUTER_MAC "\n");
}

static void let_answers_go(struct lab *lab)
{
	scenario_ip(lab, LAB_ROUTER,
		    "neighbour replace " LAB_CLIENT4 " lladdr " CLIENT_MAC " dev eth0 nud permanent\n"
		    "neighbour replace " LAB_CLIENT6 " lladdr " CLIENT_MAC " dev eth0 nud permanent\n");
}

/* Handshakes that wait for their ACK at the server. */
static void await_half_open(struct lab *lab, size_t count)
{
	static const char *const argv[] = {"ss", "-Htan", "state", "syn-recv", NULL};
	struct command_result result = {0};
	struct error error;

	for (int tries = 0; tries < 200; tries++) {
		cr_assert_eq(lab_run(lab, LAB_SERVER, argv, 10000, &result, &error), 0, "%s", error.text);
		if (cli_lines_with(result.output.bytes, ":7000") >= count)
			return;
		usleep(5000);
	}
	cr_assert_fail("not %zu half-open connections: %s%s", count, result.output.bytes, result.errors.bytes);
}

/*
 * The accept queue has two places, and one is taken. Two handshakes begin while the other one is free: another connection takes it, and the probe's ACK is
 * refused.
 */
static json_t *lines_with_late_overflow(int family, const char *abort_on_overflow)
{
	struct lab *lab = scenario_lab();
	struct command_process process;
	struct command_result result;
	struct error error;

	scenario_sysctl(lab, LAB_SERVER, "net/ipv4/tcp_abort_on_overflow", abort_on_overflow);
	cr_assert_eq(lab_listen(lab, LAB_SERVER, family, PORT, 1, LISTENER_IGNORES, &error), 0, "%s", error.text);
	expect_told(lab, places_of(family)->server, PORT, PLAIN_PATIENCE_MS, 0);
	hold_answers(lab);
	cr_assert_geq(plain_connect(lab, places_of(family)->server, PORT), 0);
	await_half_open(lab, 1);
	process = cli_start(lab, "-j", "-c", "1", "--hold", "1.5", places_of(family)->server, "7000");
	await_half_open(lab, 2);
	let_answers_go(lab);
	result = cli_finish(&process);
	expect_status(result, 0);
	return cli_json(result.output.bytes);
}

BOTH_FAMILIES(amendments, the_accept_queue_is_full_when_the_handshake_ends)
{
	json_t *amendment = expect_amended(lines_with_late_overflow(family, "0"), "not-accepted");

	expect_explained(amendment, "its SYN-ACK was repeated: the server has not accepted the connection, or our ACK was lost");
}

BOTH_FAMILIES(amendments, a_server_that_aborts_on_overflow_resets)
{
	expect_amended(lines_with_late_overflow(family, "1"), "reset-by-peer");
}
