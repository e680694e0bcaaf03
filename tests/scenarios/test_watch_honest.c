/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* watch: the right ways to ask. Whatever the target does, the record says what the program was told, and accuses nobody. */
#include "tests/scenarios/watch.h"

#define FIRST_PORT 7100

/* Each of them in the background, at a port of its own. */
#define ALL_WAYS "host=$1; shift; port=7100; for way in \"$@\"; do \"$0\" -w 1300 $way $host $port & port=$((port + 1)); done; wait"

static const char
	*const ways[] =
		{
			"poll",	    "ppoll",	       "select",	"pselect",  "epoll", "epoll-edge", "epoll-before",
			"again",    "peername",	       "send",		"dup",	    "fork",  "pass",	   "thread",
			"io-uring", "fastopen-sendto", "fastopen-send", "blocking", /* the last one: it never ends where nobody answers */
};
#define WAYS (sizeof(ways) / sizeof(ways[0]))

static struct watched watch_ways(struct lab *lab, struct peer_rule rule, int family, size_t count)
{
	const char *arguments[WAYS + 10] = {"--children", "--", "sh", "-c", ALL_WAYS, liar("ways"), places_of(family)->peer};

	memcpy(arguments + 7, ways, count * sizeof(ways[0]));
	for (size_t i = 0; i < count; i++)
		lab_peer_rule(lab, FIRST_PORT + (unsigned)i, rule);
	return watch_run(lab, arguments);
}

/* result and error: what each was told in the end. */
static void expect_all(const struct watched *watched, size_t count, const char *status, const char *reason, const char *result,
		       const char *error)
{
	for (size_t i = 0; i < count; i++) {
		json_t *record = watch_connect_to(watched, FIRST_PORT + (unsigned)i);

		cr_log_info("%s", ways[i]);
		expect_verdict(record, status, reason);
		expect_not_accused(record);
		expect_text(record, "app.result", result);
		if (error)
			expect_text(record, "app.errno", error);
	}
	cr_assert_eq(json_array_size(watch_connects(watched)), count, "%s", watch_text(watched));
}

BOTH_FAMILIES(watch_honest, open)
{
	struct watched watched = watch_ways(scenario_lab(), (struct peer_rule){.answer = PEER_SYN_ACK, .delay_us = 20000}, family, WAYS);

	expect_all(&watched, WAYS, "open", "syn-ack", "connected", NULL);
}

BOTH_FAMILIES(watch_honest, closed)
{
	struct watched watched = watch_ways(scenario_lab(), (struct peer_rule){.answer = PEER_RST, .delay_us = 20000}, family, WAYS);

	expect_all(&watched, WAYS, "closed", "reset", "refused", "ECONNREFUSED");
}

/* EHOSTUNREACH or EACCES, as the family has it. */
BOTH_FAMILIES(watch_honest, prohibited)
{
	const struct peer_rule rule = {
		.answer = PEER_ICMP, .delay_us = 20000, .icmp_type = family == AF_INET ? 3 : 1, .icmp_code = family == AF_INET ? 13 : 1};
	struct watched watched = watch_ways(scenario_lab(), rule, family, WAYS);

	expect_all(&watched, WAYS, "filtered", "icmp-admin-prohibited", family == AF_INET ? "unreachable" : "error",
		   family == AF_INET ? "EHOSTUNREACH" : "EACCES");
}

/* All give up by themselves after 1.3 s. */
BOTH_FAMILIES(watch_honest, silent)
{
	struct watched watched = watch_ways(scenario_lab(), (struct peer_rule){.answer = PEER_SILENT}, family, WAYS - 1);

	expect_all(&watched, WAYS - 1, "filtered", "no-reply", "in-progress", NULL);
}

/* The whole exchange is over before connect() returns. */
BOTH_FAMILIES(watch_honest, within_connect)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	scenario_listen(lab, LAB_CLIENT, family, 7000);
	record = watch_one(lab, "--", liar("ways"), "poll", places_of(family)->loopback, "7000");
	expect_verdict(record, "open", "syn-ack");
	expect_not_accused(record);
	record = watch_one(lab, "--", liar("ways"), "epoll", places_of(family)->loopback, "7001");
	expect_verdict(record, "closed", "reset");
	expect_not_accused(record);
}

/* An answer after the program has given up makes no liar of it. */
BOTH_FAMILIES(watch_honest, an_answer_after_it_gave_up)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	lab_peer_rule(lab, 7000, (struct peer_rule){.answer = PEER_SYN_ACK, .delay_us = 600000});
	record = watch_one(lab, "--", liar("ways"), "-w", "300", "poll", places_of(family)->peer, "7000");
	expect_not_accused(record);
	expect_text(record, "app.result", "in-progress");
}

/* Whoever is killed while it waits for the answer has asked. */
BOTH_FAMILIES(watch_honest, killed_while_it_waits)
{
	static const char *const waiting[] = {"blocking", "poll", "select", "epoll", "mptcp"};
	struct lab *lab = scenario_lab();

	for (size_t i = 0; i < sizeof(waiting) / sizeof(waiting[0]); i++) {
		struct watched watched = watch(lab, "--children", "--", "timeout", "1.2", liar("ways"), "-w", "60000", waiting[i],
					       places_of(family)->peer, "7000");
		json_t *record = watch_connect_to(&watched, 7000);

		expect_verdict(record, "filtered", "no-reply");
		expect_not_accused(record);
	}
}

/* More than are looked at in one call: what may not have been seen is held against nobody. */
BOTH_FAMILIES(watch_honest, one_poll_of_hundreds)
{
	struct lab *lab = scenario_lab();
	struct watched watched;
	json_t *record, *connects;
	size_t i;

	need_program("python3");
	lab_peer_rule(lab, 7000, (struct peer_rule){.answer = PEER_SYN_ACK, .delay_us = 100000});
	lab_peer_rule(lab, 7001, (struct peer_rule){.answer = PEER_RST, .delay_us = 100000});
	watched = watch(lab, "--children", "--", "python3", "tests/scenarios/clients/connects.py", "onepoll", "150",
			places_of(family)->peer, "7000", "7001", "7002");
	cr_assert_eq(watched.status, 0, "%s", watched.said);
	expect_said(watched.said, "150 open");
	connects = watch_connects(&watched);
	cr_assert_eq(json_array_size(connects), 450);
	json_array_foreach(connects, i, record) expect_not_accused(record);
}

/* select() says "writable" of the loser, too, whose error nobody needs to know. */
BOTH_FAMILIES(watch_honest, who_loses_a_race_is_not_asked)
{
	struct lab *lab = scenario_lab();
	struct watched watched;
	json_t *loser;

	need_program("python3");
	lab_peer_rule(lab, 7000, (struct peer_rule){.answer = PEER_SYN_ACK, .delay_us = 50000});
	lab_peer_rule(lab, 7001, (struct peer_rule){.answer = PEER_RST, .delay_us = 20000});
	watched = watch(lab, "--", "python3", "tests/scenarios/clients/connects.py", "race", "1", places_of(family)->peer, "7000", "7001");
	expect_said(watched.said, "True open");
	expect_not_accused(watch_connect_to(&watched, 7000));
	loser = watch_connect_to(&watched, 7001);
	expect_verdict(loser, "closed", "reset");
	expect_note(loser, "error-unread"); /* a fact */
	cr_assert(json_is_true(field(loser, "app.agrees")));
	expect_null(loser, "app.contradiction");
}

/* Names and times are asked for over UDP, and daemons talk over UNIX sockets: no TCP, no line. */
Test(watch_honest, what_is_no_tcp_is_no_connect)
{
	struct lab *lab = scenario_lab();
	struct watched watched;

	need_program("perl");
	watched = watch(lab, "--", "perl", "-MIO::Socket::INET", "-MIO::Socket::UNIX", "-e",
			"IO::Socket::INET->new(Proto => 'udp', PeerAddr => '" LAB_PEER4 "', PeerPort => 7000); "
			"IO::Socket::UNIX->new('/nonexistent'); print \"done\\n\"");
	cr_assert_eq(watched.status, 0, "%s", watched.said);
	expect_said(watched.said, "done");
	cr_assert_eq(json_array_size(watch_connects(&watched)), 0, "%s", watch_text(&watched));
}
