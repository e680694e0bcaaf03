/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * watch: programs that say "open" without having been told so. What each prints is claimed first:
 * it must be a lie.
 */
#include "tests/scenarios/watch.h"

#define OPEN_PORT   7000
#define CLOSED_PORT 7001
#define SILENT_PORT 7002

static struct lab *lab_with_ports(void)
{
	struct lab *lab = scenario_lab();

	lab_peer_rule(lab, OPEN_PORT, (struct peer_rule){.answer = PEER_SYN_ACK});
	lab_peer_rule(lab, CLOSED_PORT, (struct peer_rule){.answer = PEER_RST});
	return lab;
}

/* Without anybody watching it says that the port is open. */
#define expect_lie(lab, ...) expect_lie_run(lab, (const char *const[]){__VA_ARGS__, NULL})
static void expect_lie_run(struct lab *lab, const char *const *argv)
{
	struct command_result result = cli_run(lab, argv);

	expect_status(result, 0);
	if (!strstr(result.output.bytes, "connected"))
		expect_said(result.output.bytes, "Port is open");
}

/* netstat shows SYN_SENT, and nothing ever comes back. */
BOTH_FAMILIES(watch_liars, einprogress_is_taken_for_success)
{
	struct lab *lab = lab_with_ports();
	const char *peer = places_of(family)->peer;
	json_t *record;

	expect_lie(lab, liar("naive-tcping"), "-c", "1", "-i", "0.1", peer, "7002");
	lab->peer->syns_read = 0;
	record = watch_one(lab, "--", liar("naive-tcping"), "-c", "1", "-i", "1.5", peer, "7002");
	expect_verdict(record, "filtered", "no-reply");
	expect_accused(record, "never-asked");
	expect_number(record, "syn_sent", (double)lab->peer->syns_read);
	expect_number(record, "syn_unanswered", (double)lab->peer->syns_read);
	expect_text(record, "app.result", "in-progress");
	expect_text(record, "app.errno", "EINPROGRESS");
	expect_text(record, "address", peer);
	expect_text(record, "comm", "naive-tcping");
	expect_text(record, "interface", "tun0");
	expect_null(record, "answer");
	expect_explained(record, "never asked");
}

/*
 * Before a second SYN would have been due: nothing is proven of the target, but the program did not
 * know either.
 */
BOTH_FAMILIES(watch_liars, einprogress_and_closed_at_once)
{
	json_t *record = watch_one(lab_with_ports(), "--", liar("naive-tcping"), "-c", "1", "-i",
				   "0.1", places_of(family)->peer, "7002");

	expect_verdict(record, "aborted", "closed-early");
	expect_accused(record, "never-asked");
	expect_syns(record, 1, 1);
}

/* The server's zone drops them, as it once was. */
BOTH_FAMILIES(watch_liars, each_probe_of_the_naive_tool_has_its_line)
{
	struct lab *lab = scenario_lab();
	struct watched watched;
	json_t *record;
	size_t i;

	scenario_listen(lab, LAB_SERVER, family, OPEN_PORT);
	scenario_chain(lab, LAB_SERVER, "input", "tcp dport 7000 drop");
	watched = watch(lab, "--", liar("naive-tcping"), "-c", "4", "-i", "0.95",
			places_of(family)->server, "7000");
	cr_assert_eq(watched.status, 0, "%s", watched.said);
	cr_assert_eq(json_array_size(watch_connects(&watched)), 4, "%s", watch_text(&watched));
	json_array_foreach(watch_connects(&watched), i, record)
	{
		expect_verdict(record, "filtered", "no-reply");
		expect_accused(record, "never-asked");
	}
	cr_assert_eq(cli_lines_with(watched.said, "Port is open"), 4, "%s", watched.said);
}

BOTH_FAMILIES(watch_liars, writable_by_select_is_taken_for_success)
{
	struct lab *lab = lab_with_ports();
	const char *peer = places_of(family)->peer;
	json_t *record;

	expect_lie(lab, liar("select-check"), peer, "7001");
	record = watch_one(lab, "--", liar("select-check"), peer, "7001");
	expect_verdict(record, "closed", "reset");
	expect_accused(record, "error-unread");
	expect_answer(record, "rst", peer);
	expect_explained(record, "never asked for the error");
}

/*
 * poll() said POLLERR as well: it was told, and overlooked it. Whoever looks at that bit and closes
 * is honest and makes the same calls.
 */
BOTH_FAMILIES(watch_liars, who_overlooks_an_error_is_shown_as_told)
{
	struct lab *lab = lab_with_ports();
	const char *peer = places_of(family)->peer;
	json_t *record;

	expect_lie(lab, liar("poll-check"), peer, "7001");
	record = watch_one(lab, "--", liar("poll-check"), peer, "7001");
	expect_verdict(record, "closed", "reset");
	expect_told_by(record, "poll", NULL, "err");
	expect_not_accused(record);
}

BOTH_FAMILIES(watch_liars, writable_is_taken_for_success_where_a_router_prohibits)
{
	struct lab *lab = lab_with_ports();
	const char *peer = places_of(family)->peer;
	json_t *record;

	lab_peer_rule(lab, 7003,
		      (struct peer_rule){.answer = PEER_ICMP,
					 .delay_us = 10000,
					 .icmp_type = family == AF_INET ? 3 : 1,
					 .icmp_code = family == AF_INET ? 13 : 1});
	expect_lie(lab, liar("select-check"), peer, "7003");
	record = watch_one(lab, "--", liar("select-check"), peer, "7003");
	expect_verdict(record, "filtered", "icmp-admin-prohibited");
	expect_accused(record, "error-unread");
	expect_text(record, "answer.from", places_of(family)->peer_router);
}

/* Linux's send() says EAGAIN until there is a connection. */
BOTH_FAMILIES(watch_liars, a_zero_byte_send_is_misread)
{
	struct lab *lab = lab_with_ports();
	const char *peer = places_of(family)->peer;

	expect_lie(lab, liar("zero-send"), peer, "7002");
	expect_accused(watch_one(lab, "--", liar("zero-send"), peer, "7002"), "never-asked");
}

BOTH_FAMILIES(watch_liars, an_empty_writev_says_nothing)
{
	struct lab *lab = lab_with_ports();
	const char *peer = places_of(family)->peer;

	expect_lie(lab, liar("empty-flush"), peer, "7002");
	expect_accused(watch_one(lab, "--", liar("empty-flush"), peer, "7002"), "zero-error");
}

/*
 * The first read told it the truth; that it read again and was told nothing of value is a fact, and
 * no contradiction.
 */
BOTH_FAMILIES(watch_liars, the_error_is_read_twice)
{
	struct lab *lab = lab_with_ports();
	const char *peer = places_of(family)->peer;
	json_t *record;

	expect_lie(lab, liar("second-read"), peer, "7001");
	record = watch_one(lab, "--", liar("second-read"), peer, "7001");
	expect_verdict(record, "closed", "reset");
	expect_told_by(record, "SO_ERROR", "ECONNREFUSED", NULL);
	expect_note(record, "zero-error");
}

/* No call but this one has told it anything. */
BOTH_FAMILIES(watch_liars, no_error_yet_is_taken_for_success)
{
	struct lab *lab = lab_with_ports();
	const char *peer = places_of(family)->peer;
	json_t *record;

	expect_lie(lab, liar("zero-blind"), peer, "7002");
	record = watch_one(lab, "--", liar("zero-blind"), peer, "7002");
	expect_accused(record, "zero-error");
	expect_syns(record, 1, 1);
	expect_null(record, "answer");
}

/*
 * poll() said that nothing has come; SO_ERROR is 0 all the same. To take that for a timeout is
 * honest and makes the same calls.
 */
BOTH_FAMILIES(watch_liars, the_error_is_read_too_early)
{
	struct lab *lab = lab_with_ports();
	const char *peer = places_of(family)->peer;
	json_t *record;

	expect_lie(lab, liar("zero-error"), peer, "7002");
	record = watch_one(lab, "--", liar("zero-error"), peer, "7002");
	expect_told_by(record, "poll", NULL, NULL);
	expect_told_by(record, "SO_ERROR", NULL, NULL);
	expect_text(record, "app.result", "in-progress");
	expect_note(record, "not-yet");
	expect_not_accused(record);
}

/* It was told the truth, and the record says so: what it made of that no system call shows. */
BOTH_FAMILIES(watch_liars, who_was_told_and_did_not_listen_is_shown_as_told)
{
	struct lab *lab = lab_with_ports();
	const char *peer = places_of(family)->peer;
	json_t *record;

	expect_lie(lab, liar("return-only"), peer, "7001");
	record = watch_one(lab, "--", liar("return-only"), peer, "7001");
	expect_verdict(record, "closed", "reset");
	expect_app(record, "refused", "ECONNREFUSED");
	expect_not_accused(record);
}

/*
 * A blocking connect() that ran into SO_SNDTIMEO ends with EINPROGRESS. To take that for a timeout
 * is honest and makes the same calls.
 */
BOTH_FAMILIES(watch_liars, an_expired_send_timeout_is_shown_as_told)
{
	struct lab *lab = lab_with_ports();
	const char *peer = places_of(family)->peer;
	json_t *record;

	expect_lie(lab, liar("ways"), "-w", "300", "send-timeout-lie", peer, "7002");
	record = watch_one(lab, "--", liar("ways"), "-w", "1500", "send-timeout-lie", peer, "7002");
	expect_verdict(record, "filtered", "no-reply");
	expect_told_by(record, "connect", "EINPROGRESS", NULL);
	expect_text(record, "app.result", "in-progress");
}

/* connect() = 0, and no SYN. */
BOTH_FAMILIES(watch_liars, a_deferred_fast_open_is_taken_for_success)
{
	struct lab *lab = lab_with_ports();
	const char *peer = places_of(family)->peer;
	json_t *record;

	expect_lie(lab, liar("ways"), "-w", "100", "fastopen", peer, "7002");
	lab->peer->syns_read = 0;
	record = watch_one(lab, "--", liar("ways"), "-w", "100", "fastopen", peer, "7002");
	expect_verdict(record, "unproven", "deferred-fastopen");
	expect_accused(record, "told-early");
	expect_text(record, "app.result", "connected");
	expect_syns(record, 0, 0);
	cr_assert_eq(lab->peer->syns_read, 0);
}

/*
 * In SYN_RECV, where a SYN of the other end has crossed ours, the socket has a peer's name already.
 */
BOTH_FAMILIES(watch_liars, a_name_of_the_peer_is_taken_for_success)
{
	struct lab *lab = lab_with_ports();
	const char *peer = places_of(family)->peer;
	json_t *record;

	lab_peer_rule(lab, SILENT_PORT, (struct peer_rule){.answer = PEER_SYN_CROSSING});
	expect_lie(lab, liar("ways"), "peername-only", peer, "7002");
	record = watch_one(lab, "--", liar("ways"), "peername-only", peer, "7002");
	expect_accused(record, "told-early");
}
