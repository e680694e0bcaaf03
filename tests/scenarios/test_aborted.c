/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* aborted: somebody on this host destroyed the socket. */
#include <string.h>
#include <unistd.h>

#include "tests/scenarios/cli.h"

#define PORT 7000

/* As an administrator does who wants a connection gone. */
static void kill_sockets(struct lab *lab, const char *peer)
{
	const char *const argv[] = {"ss", "-HtnK", "dst", peer, "and", "dport", "=", ":7000", NULL};
	struct command_result result;
	struct error error;

	cr_assert_eq(lab_run(lab, LAB_CLIENT, argv, SCENARIO_TIMEOUT_MS, &result, &error), 0, "%s",
		     error.text);
	cr_assert_eq(result.status, 0, "ss -K: %s", result.errors.bytes);
	if (!strstr(result.output.bytes, ":7000"))
		cr_skip_test(
			"ss -K killed nothing: the kernel may be without INET_DIAG_DESTROY; %s",
			result.errors.bytes);
}

BOTH_FAMILIES(aborted, socket_killed_while_it_waits)
{
	struct lab *lab = scenario_lab();
	struct command_process process =
		cli_start(lab, "-j", "-c", "1", places_of(family)->peer, "7000");
	struct command_result result;
	json_t *record;

	scenario_await_syns(lab, 1);
	kill_sockets(lab, family == AF_INET ? LAB_PEER4 : "[" LAB_PEER6 "]");
	result = cli_finish(&process);
	expect_status(result, 1);
	record = scenario_record(cli_json(result.output.bytes), "probe", NULL, NULL);
	expect_verdict(record, "aborted", "aborted");
	expect_app(record, "error", "ECONNABORTED");
	expect_syns(record, 1, 1);
	expect_null(record, "answer");
	expect_null(record, "drop");
	expect_null(record, "rtt_us");
	expect_explained(record, "the attempt was aborted on this host (ECONNABORTED)");
}

/* It was open before: that stays so. */
BOTH_FAMILIES(aborted, socket_killed_when_it_was_open)
{
	struct lab *lab = scenario_lab();
	struct command_process process;
	struct command_result result;

	lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_SYN_ACK});
	process = cli_start(lab, "-j", "-c", "1", "--hold", "1", places_of(family)->peer, "7000");
	scenario_await_syns(lab, 1);
	while (!__atomic_load_n(&lab->peer->answers_written,
				__ATOMIC_ACQUIRE)) /* by then the kernel has had it */
		usleep(1000);
	kill_sockets(lab, family == AF_INET ? LAB_PEER4 : "[" LAB_PEER6 "]");
	result = cli_finish(&process);
	expect_status(result, 0);
	expect_verdict(scenario_record(cli_json(result.output.bytes), "probe", NULL, NULL), "open",
		       "syn-ack");
}
