/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * watch: nobody is accused without proof. What these are told says less than it seems, or what they
 * do not ask they claim nothing of.
 */
#include "tests/scenarios/watch.h"

#define OPEN_PORT   7000
#define CLOSED_PORT 7001

static json_t *watch_way(struct lab *lab, const char *way, const char *host, const char *port)
{
	return watch_one(lab, "--", liar("ways"), "-w", "300", way, host, port);
}

static struct lab *lab_with_ports(void)
{
	struct lab *lab = scenario_lab();

	lab_peer_rule(lab, OPEN_PORT,
		      (struct peer_rule){.answer = PEER_SYN_ACK, .delay_us = 20000});
	lab_peer_rule(lab, CLOSED_PORT, (struct peer_rule){.answer = PEER_RST, .delay_us = 20000});
	return lab;
}

/* Of a silent target: each of them was told to wait, or has claimed nothing. */
BOTH_FAMILIES(watch_proof, silent)
{
	static const char *const ways[] = {"poll-error", "select-connect", "ready", "splice",
					   "ioctl",	 "shutdown",	   "exit",  "killed",
					   "exec",	 "close"};
	struct lab *lab = lab_with_ports();

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		json_t *record = watch_way(lab, ways[i], places_of(family)->peer, "7002");

		cr_log_info("%s", ways[i]);
		expect_not_accused(record);
		expect_text(record, "app.result", "in-progress");
		expect_null(record, "answer");
	}
}

BOTH_FAMILIES(watch_proof, closed)
{
	static const char *const ways[] = {"poll-error", "select-connect", "ready", "splice",
					   "ioctl",	 "shutdown",	   "exit",  "killed",
					   "exec",	 "close"};
	struct lab *lab = lab_with_ports();

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		json_t *record = watch_way(lab, ways[i], places_of(family)->peer, "7001");

		cr_log_info("%s", ways[i]);
		expect_not_accused(record);
		cr_assert(!field_is_text(record, "app.result", "connected"));
	}
}

/*
 * What only the kernel's own closing says of a process that has ended, or its haste: a fact, and no
 * contradiction.
 */
BOTH_FAMILIES(watch_proof, that_it_never_asked_is_said_all_the_same)
{
	static const char *const ways[] = {"exit", "killed", "exec", "close"};
	struct lab *lab = lab_with_ports();

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		expect_note(watch_way(lab, ways[i], places_of(family)->peer, "7002"),
			    "never-asked");
}

BOTH_FAMILIES(watch_proof, another_call_about_the_socket_is_a_question)
{
	struct lab *lab = lab_with_ports();
	const char *peer = places_of(family)->peer;

	expect_told_by(watch_way(lab, "splice", peer, "7002"), "recv", "EAGAIN", NULL);
	expect_told_by(watch_way(lab, "ioctl", peer, "7002"), "ioctl", NULL, NULL);
	expect_told_by(watch_way(lab, "shutdown", peer, "7002"), "shutdown", NULL, NULL);
	expect_told_by(watch_way(lab, "shutdown", peer, "7001"), "shutdown", "ENOTCONN", NULL);
}

/*
 * The error comes while connect() has the socket: a soft one, of which select() says "writable",
 * and connect() "under way".
 */
BOTH_FAMILIES(watch_proof, a_soft_error_is_asked_for_by_connect)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_chain(lab, LAB_ROUTER, "forward",
		       "tcp dport 7000 reject with icmpx admin-prohibited");
	record = watch_way(lab, "select-connect", places_of(family)->server, "7000");
	expect_verdict(record, "filtered", "icmp-admin-prohibited");
	expect_not_accused(record);
}

/* mtr --tcp reads ICMP errors by a socket of its own. */
BOTH_FAMILIES(watch_proof, who_looks_for_the_way_asks_otherwise)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	record = watch_way(lab, "trace", places_of(family)->server, "7000");
	expect_verdict(record, "unreachable", "ttl-exceeded");
	expect_not_accused(record);
	scenario_chain(lab, LAB_CLIENT, "input", "meta l4proto { icmp, icmpv6 } drop");
	expect_not_accused(watch_way(lab, "trace", places_of(family)->server, "7000"));
}

/* No error among the events of poll(), and no further question: that is how it is told. */
BOTH_FAMILIES(watch_proof, readiness_is_all_that_it_asks_for)
{
	json_t *record = watch_way(lab_with_ports(), "ready", places_of(family)->peer, "7000");

	expect_verdict(record, "open", "syn-ack");
	expect_text(record, "app.result", "connected");
	expect_not_accused(record);
}

/* The lie is that of whoever answers in the target's place. */
BOTH_FAMILIES(watch_proof, readiness_of_another_target_is_a_contradiction)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_listen(lab, LAB_CLIENT, family, 7090);
	scenario_nft(lab, LAB_CLIENT,
		     "table inet t {\n chain c {\n type nat hook output priority -100\n tcp dport "
		     "7000 redirect to :7090\n }\n}\n");
	record = watch_way(lab, "ready", places_of(family)->server, "7000");
	expect_verdict(record, "intercepted", "redirected-local");
	expect_text(record, "app.result", "connected");
	cr_assert(is_accused(record), "%s", record_text(record));
}

/* Our own probes of a silent target poll, and then read the error that is none. */
BOTH_FAMILIES(watch_proof, ktcping_itself)
{
	struct watched watched = watch(scenario_lab(), "--check", "--", "./ktcping", "-c", "1",
				       "-W", "2", places_of(family)->peer, "7002");

	cr_assert_eq(watched.status, 0, "%s", watched.said);
	cr_assert_eq(json_array_size(watch_connects(&watched)), 1, "%s", watch_text(&watched));
	expect_not_accused(watch_connect_to(&watched, 7002));
}
