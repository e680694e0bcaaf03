/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What comes after an open verdict: it stays open, and a line of its own says what else was seen.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
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
	bool is_connected = field_is_text(record, "app.result", "connected") &&
			    json_is_null(field(record, "app.errno"));

	expect_record(record, is_connected || field_is_text(claimed, "app.errno", "ECONNRESET"),
		      "told something else: %s");
	expect_record(record, json_is_true(field(claimed, "app.agrees")),
		      "it was told what is true: %s");
}

/*
 * Of one probe: its verdict is open, and one amendment follows it, which the summary counts.
 * Returns the amendment.
 */
static json_t *expect_amended(json_t *lines, const char *note)
{
	json_t *record = scenario_record(lines, "probe", NULL, NULL),
	       *amendment = scenario_record(lines, "amendment", NULL, NULL);
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

static json_t *lines_of(const struct command_result *result)
{
	expect_status(*result, 0);
	return cli_json(result->output.bytes);
}

/* One probe, whose connection is held until the amendment has come, however long that takes. */
static struct command_process start_held(struct lab *lab, const char *host)
{
	return cli_start(lab, "-j", "-c", "1", "--hold", "600", host, "7000");
}

static json_t *lines_when_amended(struct command_process *process)
{
	struct command_result result;

	cli_await(process, "\"amendment\"", 1);
	cr_assert_eq(kill(process->pid, SIGINT), 0);
	result = cli_finish(process);
	return lines_of(&result);
}

static json_t *lines_until_amended(struct lab *lab, const char *host)
{
	struct command_process process = start_held(lab, host);

	return lines_when_amended(&process);
}

static json_t *lines_after(int family, enum peer_after after, uint32_t after_delay_us)
{
	struct lab *lab = scenario_lab();

	lab_peer_rule(lab, PORT,
		      (struct peer_rule){.answer = PEER_SYN_ACK,
					 .after = after,
					 .after_delay_us = after_delay_us});
	return lines_until_amended(lab, places_of(family)->peer);
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
	json_t *amendment =
		expect_amended(lines_after(family, PEER_AFTER_FIN, 0), "closed-by-peer");

	expect_explained(amendment, "the peer closed the connection");
}

BOTH_FAMILIES(amendments, the_peer_closes_a_little_later)
{
	expect_amended(lines_after(family, PEER_AFTER_FIN, 4000), "closed-by-peer");
}

static struct lab *lab_with_server(int family, enum listener_manner manner)
{
	struct lab *lab = scenario_lab();
	struct error error;

	cr_assert_eq(lab_listen(lab, LAB_SERVER, family, PORT, 16, manner, &error), 0, "%s",
		     error.text);
	return lab;
}

BOTH_FAMILIES(amendments, a_server_program_that_resets)
{
	expect_amended(lines_until_amended(lab_with_server(family, LISTENER_RESETS),
					   places_of(family)->server),
		       "reset-by-peer");
}

BOTH_FAMILIES(amendments, a_server_program_that_closes)
{
	expect_amended(lines_until_amended(lab_with_server(family, LISTENER_CLOSES),
					   places_of(family)->server),
		       "closed-by-peer");
}

/* The RST carries the server's address, and came over loopback. */
BOTH_FAMILIES(amendments, a_rule_of_this_host_that_resets)
{
	struct lab *lab = scenario_lab();

	scenario_listen(lab, LAB_SERVER, family, PORT);
	scenario_chain(lab, LAB_CLIENT, "output",
		       "tcp dport 7000 tcp flags & (syn | ack) == ack reject with tcp reset");
	expect_explained(expect_amended(lines_until_amended(lab, places_of(family)->server),
					"reset-locally"),
			 "this host reset the connection itself, over loopback");
}

/* Accepted and left in peace, there is nothing to add. */
BOTH_FAMILIES(amendments, a_server_program_that_reads_is_not_amended)
{
	struct lab *lab = lab_with_server(family, LISTENER_READS);
	struct command_result result =
		cli(lab, "-j", "-c", "1", "--hold", "300ms", places_of(family)->server, "7000");
	json_t *lines = lines_of(&result);

	cr_assert_eq(cli_count(lines, "amendment", NULL, NULL), 0, "%s", record_text(lines));
}

/* The repeat of its own, scripted timer. */
BOTH_FAMILIES(amendments, the_peer_repeats_its_syn_ack)
{
	struct lab *lab = scenario_lab();
	json_t *amendment;

	lab_peer_rule(lab, PORT,
		      (struct peer_rule){
			      .answer = PEER_SYN_ACK, .repeats = 1, .repeat_delay_us = 1000000});
	amendment =
		expect_amended(lines_until_amended(lab, places_of(family)->peer), "not-accepted");
	expect_explained(amendment, "its SYN-ACK was repeated");
}

/*
 * Answers to the client wait at the router, which finds no link-layer address for it: the client
 * knows the router's, so that nobody learns anything from its questions, and it hears none.
 */
static void hold_answers(struct lab *lab)
{
	scenario_nft(
		lab, LAB_CLIENT,
		"table netdev t {\n chain c {\n type filter hook ingress device eth0 priority 0\n"
		" ether type arp drop\n icmpv6 type nd-neighbor-solicit drop\n }\n}\n");
	/* A new address makes the kernel forget its neighbours. */
	scenario_ip(
		lab, LAB_CLIENT,
		"link set eth0 address " CLIENT_MAC "\n"
		"neighbour replace " LAB_ROUTER4 " lladdr " ROUTER_MAC " dev eth0 nud permanent\n"
		"neighbour replace " LAB_ROUTER6 " lladdr " ROUTER_MAC " dev eth0 nud permanent\n");
	scenario_ip(lab, LAB_ROUTER, "link set eth0 address " ROUTER_MAC "\n");
}

static void let_answers_go(struct lab *lab)
{
	scenario_ip(
		lab, LAB_ROUTER,
		"neighbour replace " LAB_CLIENT4 " lladdr " CLIENT_MAC " dev eth0 nud permanent\n"
		"neighbour replace " LAB_CLIENT6 " lladdr " CLIENT_MAC " dev eth0 nud permanent\n");
}

/* A handshake that waits for its ACK at the server, of either family. */
static bool is_half_open(const struct lab *lab)
{
	static const char *const files[] = {"tcp", "tcp6"};
	bool is_found = false;

	for (size_t i = 0; i < 2; i++) {
		char path[64], line[512];
		unsigned port, state;
		FILE *file;

		snprintf(path, sizeof(path), "/proc/%d/net/%s", lab->hosts[LAB_SERVER].holder,
			 files[i]);
		file = fopen(path, "r");
		cr_assert(file, "cannot read %s", path);
		while (fgets(line, sizeof(line), file))
			is_found |=
				sscanf(line, "%*d: %*[^:]:%x %*[^:]:%*x %x", &port, &state) == 2 &&
				port == PORT && state == TCP_SYN_RECV;
		fclose(file);
	}
	return is_found;
}

static void await_half_open(const struct lab *lab)
{
	for (int tries = 0; tries < SCENARIO_TIMEOUT_MS && !is_half_open(lab); tries++)
		usleep(1000);
	cr_assert(is_half_open(lab));
}

/*
 * The accept queue has two places, and one is taken. The probe's handshake begins while the other
 * one is free; a connection of the router's takes it, and the probe's ACK is refused.
 */
static json_t *lines_with_late_overflow(int family, const char *abort_on_overflow)
{
	struct lab *lab = scenario_lab();
	struct command_process process;
	struct error error;

	scenario_sysctl(lab, LAB_SERVER, "net/ipv4/tcp_abort_on_overflow", abort_on_overflow);
	cr_assert_eq(lab_listen(lab, LAB_SERVER, family, PORT, 1, LISTENER_IGNORES, &error), 0,
		     "%s", error.text);
	plain_connected(lab, LAB_CLIENT, places_of(family)->server, PORT);
	hold_answers(lab);
	process = start_held(lab, places_of(family)->server);
	await_half_open(lab);
	plain_connected(lab, LAB_ROUTER, places_of(family)->server, PORT);
	let_answers_go(lab);
	return lines_when_amended(&process);
}

BOTH_FAMILIES(amendments, the_accept_queue_is_full_when_the_handshake_ends)
{
	json_t *amendment = expect_amended(lines_with_late_overflow(family, "0"), "not-accepted");

	expect_explained(amendment,
			 "its SYN-ACK was repeated: the server has not accepted the connection");
}

BOTH_FAMILIES(amendments, a_server_that_aborts_on_overflow_resets)
{
	expect_amended(lines_with_late_overflow(family, "1"), "reset-by-peer");
}

/* Nobody is told of a connection before its first data: the kernel asks once more, and waits. */
BOTH_FAMILIES(amendments, a_server_that_defers_accept)
{
	struct lab *lab = scenario_lab();
	struct sockaddr_in6 any6 = {.sin6_family = AF_INET6, .sin6_port = htons(PORT)};
	struct sockaddr_in any4 = {.sin_family = AF_INET, .sin_port = htons(PORT)};
	struct command_result result;
	int fd = lab_socket(lab, LAB_SERVER, family, SOCK_STREAM), seconds = 1;

	cr_assert_eq(setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, sizeof(seconds)), 0);
	cr_assert_eq(family == AF_INET ? bind(fd, (struct sockaddr *)&any4, sizeof(any4))
				       : bind(fd, (struct sockaddr *)&any6, sizeof(any6)),
		     0);
	cr_assert_eq(listen(fd, 8), 0);
	result = cli(lab, "-j", "-c", "1", "--hold", "4", places_of(family)->server, "7000");
	expect_explained(expect_amended(lines_of(&result), "not-accepted"), "TCP_DEFER_ACCEPT");
}
