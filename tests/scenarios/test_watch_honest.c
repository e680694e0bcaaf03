/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * watch: the right ways to ask. Whatever the target does, the record says what the program was
 * told, and accuses nobody.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "tests/scenarios/watch.h"

#define FIRST_PORT 7100

/* Each of them in the background, at a port of its own. */
#define ALL_WAYS                                                                                   \
	"host=$1; shift; port=7100; for way in \"$@\"; do \"$0\" -w 1300 $way $host $port & "      \
	"port=$((port + 1)); done; wait"

static const char *const ways[] = {
	"poll",		 "ppoll",      "select",       "pselect",
	"epoll",	 "epoll-edge", "epoll-before", "again",
	"peername",	 "send",       "dup",	       "fork",
	"pass",		 "thread",     "io-uring",     "fastopen-sendto",
	"fastopen-send", "blocking", /* the last one: it never ends where nobody answers */
};
#define WAYS (sizeof(ways) / sizeof(ways[0]))

static struct watched watch_ways(struct lab *lab, struct peer_rule rule, int family, size_t count)
{
	const char *arguments[WAYS + 10] = {
		"--children", "--", "sh", "-c", ALL_WAYS, liar("ways"), places_of(family)->peer};

	memcpy(arguments + 7, ways, count * sizeof(ways[0]));
	for (size_t i = 0; i < count; i++)
		lab_peer_rule(lab, FIRST_PORT + (unsigned)i, rule);
	return watch_run(lab, arguments);
}

/*
 * Of what a router refuses the kernel may tell io_uring "connected": io_connect() looks when the
 * ICMP error is queued already and the socket has no error yet (tcp_v4_err(): ip_icmp_error(), then
 * tcp_done_with_error()). Then it is not the program that lies, and a contradiction all the same.
 */
static bool is_deceived_by_kernel(const char *way, const json_t *record)
{
	return strcmp(way, "io-uring") == 0 &&
	       field_is_text(record, "reason", "icmp-admin-prohibited") &&
	       field_is_text(record, "app.result", "connected");
}

/* result and error: what each was told in the end. */
static void expect_all(const struct watched *watched, size_t count, const char *status,
		       const char *reason, const char *result, const char *error)
{
	for (size_t i = 0; i < count; i++) {
		json_t *record = watch_connect_to(watched, FIRST_PORT + (unsigned)i);

		cr_log_info("%s", ways[i]);
		expect_verdict(record, status, reason);
		if (is_deceived_by_kernel(ways[i], record)) {
			expect_accused(record, "told-early");
			continue;
		}
		expect_not_accused(record);
		expect_text(record, "app.result", result);
		if (error)
			expect_text(record, "app.errno", error);
	}
	cr_assert_eq(json_array_size(watch_connects(watched)), count, "%s", watch_text(watched));
}

BOTH_FAMILIES(watch_honest, open)
{
	struct watched watched = watch_ways(
		scenario_lab(), (struct peer_rule){.answer = PEER_SYN_ACK, .delay_us = 20000},
		family, WAYS);

	expect_all(&watched, WAYS, "open", "syn-ack", "connected", NULL);
}

BOTH_FAMILIES(watch_honest, closed)
{
	struct watched watched =
		watch_ways(scenario_lab(),
			   (struct peer_rule){.answer = PEER_RST, .delay_us = 20000}, family, WAYS);

	expect_all(&watched, WAYS, "closed", "reset", "refused", "ECONNREFUSED");
}

/* EHOSTUNREACH or EACCES, as the family has it. */
BOTH_FAMILIES(watch_honest, prohibited)
{
	const struct peer_rule rule = {.answer = PEER_ICMP,
				       .delay_us = 20000,
				       .icmp_type = family == AF_INET ? 3 : 1,
				       .icmp_code = family == AF_INET ? 13 : 1};
	struct watched watched = watch_ways(scenario_lab(), rule, family, WAYS);

	expect_all(&watched, WAYS, "filtered", "icmp-admin-prohibited",
		   family == AF_INET ? "unreachable" : "error",
		   family == AF_INET ? "EHOSTUNREACH" : "EACCES");
}

/* What the error queue gives back is the SYN, and no transfer. */
BOTH_FAMILIES(watch_honest, the_error_queue_is_read)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	lab_peer_rule(lab, 7000,
		      (struct peer_rule){.answer = PEER_ICMP,
					 .delay_us = 20000,
					 .icmp_type = family == AF_INET ? 3 : 1,
					 .icmp_code = family == AF_INET ? 13 : 1});
	record = watch_one(lab, "--", liar("ways"), "error-queue", places_of(family)->peer, "7000");
	expect_verdict(record, "filtered", "icmp-admin-prohibited");
	expect_not_accused(record);
}

/* As much of the address is read as there is. */
BOTH_FAMILIES(watch_honest, an_address_at_the_end_of_memory)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	lab_peer_rule(lab, 7000, (struct peer_rule){.answer = PEER_RST, .delay_us = 20000});
	record = watch_one(lab, "--", liar("ways"), "edge", places_of(family)->peer, "7000");
	expect_verdict(record, "closed", "reset");
	expect_told_by(record, "connect", "EINPROGRESS", NULL);
	expect_told_by(record, "SO_ERROR", "ECONNREFUSED", NULL);
}

/* All give up by themselves after 1.3 s. */
BOTH_FAMILIES(watch_honest, silent)
{
	struct watched watched = watch_ways(
		scenario_lab(), (struct peer_rule){.answer = PEER_SILENT}, family, WAYS - 1);

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

	lab_peer_rule(lab, 7000, (struct peer_rule){.answer = PEER_SYN_ACK, .delay_us = 3000000});
	record = watch_one(lab, "--", liar("ways"), "-w", "300", "poll", places_of(family)->peer,
			   "7000");
	expect_not_accused(record);
	expect_text(record, "app.result", "in-progress");
}

/* Killed when the peer has read its second SYN. */
static struct watched watch_killed(struct lab *lab, const char *way, const char *peer)
{
	struct watching watching =
		watch_start(lab, "--children", "--", "sh", "-c", "\"$@\" & echo pid $!; wait", "sh",
			    liar("ways"), "-w", "600000", way, peer, "7000");

	lab->peer->syns_read = 0;
	cli_await_errors(&watching.process, "pid ", 1);
	scenario_await_syns(lab, 2);
	cr_assert_eq(kill(atoi(strstr(watching.process.errors.bytes, "pid ") + 4), SIGKILL), 0);
	return watch_finish(&watching);
}

/* Whoever is killed while it waits for the answer has asked. */
BOTH_FAMILIES(watch_honest, killed_while_it_waits)
{
	static const char *const waiting[] = {"blocking", "poll", "select", "epoll", "mptcp"};
	struct lab *lab = scenario_lab();

	for (size_t i = 0; i < sizeof(waiting) / sizeof(waiting[0]); i++) {
		struct watched watched = watch_killed(lab, waiting[i], places_of(family)->peer);
		json_t *record = watch_connect_to(&watched, 7000);

		expect_verdict(record, "filtered", "no-reply");
		expect_not_accused(record);
	}
}

/* Python asks by poll() here, and another thread takes the socket away meanwhile. */
#define TAKEN_AWAY                                                                                 \
	"import os, socket, sys, threading, time\n"                                                \
	"def take(s, way, port):\n"                                                                \
	"    while ':%04X 02 ' % port not in open('/proc/net/tcp').read() + "                      \
	"open('/proc/net/tcp6').read():\n"                                                         \
	"        time.sleep(0.01)\n"                                                               \
	"    time.sleep(0.3)\n"                                                                    \
	"    s.shutdown(socket.SHUT_RDWR) if way == 'shutdown' else os.dup2(0, s.fileno())\n"      \
	"for way, port in ('shutdown', 7000), ('dup2', 7001):\n"                                   \
	"    s = socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET)\n"       \
	"    s.settimeout(3)\n"                                                                    \
	"    threading.Thread(target=take, args=(s, way, port)).start()\n"                         \
	"    s.connect_ex((sys.argv[1], port))\n"                                                  \
	"    s.detach()\n"

BOTH_FAMILIES(watch_honest, its_socket_is_taken_away_while_it_waits)
{
	struct watched watched;

	need_program("python3");
	watched = watch(scenario_lab(), "--", "python3", "-c", TAKEN_AWAY, places_of(family)->peer);
	for (unsigned port = 7000; port <= 7001; port++) {
		json_t *record = watch_connect_to(&watched, port);

		expect_not_accused(record);
		expect_text(record, "app.result", "in-progress");
		expect_told_by(record, "poll", NULL, NULL);
	}
}

/* As pthread_exit() in main(): the process and its other threads go on. */
#define OUTLIVES_ITS_FIRST                                                                         \
	"import ctypes, os, socket, sys, threading, time\n"                                        \
	"def late():\n"                                                                            \
	"    time.sleep(0.3)\n"                                                                    \
	"    socket.create_connection((sys.argv[1], 7000), 2)\n"                                   \
	"    os._exit(0)\n"                                                                        \
	"threading.Thread(target=late).start()\n"                                                  \
	"ctypes.CDLL(None).syscall(60 if os.uname().machine == 'x86_64' else 93, 0)\n"

BOTH_FAMILIES(watch_honest, its_first_thread_ends_before_it_connects)
{
	struct lab *lab = scenario_lab();
	struct watched watched;

	need_program("python3");
	lab_peer_rule(lab, 7000, (struct peer_rule){.answer = PEER_SYN_ACK});
	watched = watch(lab, "--children", "--", "sh", "-c", "python3 -c \"$0\" \"$1\"; true",
			OUTLIVES_ITS_FIRST, places_of(family)->peer);
	expect_verdict(watch_connect_to(&watched, 7000), "open", "syn-ack");
	expect_not_accused(watch_connect_to(&watched, 7000));
}

/* SIGIO says that something is new, and no call had to be made for it. */
#define SIGNALLED                                                                                  \
	"import fcntl, os, signal, socket, sys\n"                                                  \
	"signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGIO})\n"                               \
	"s = socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET)\n"           \
	"fcntl.fcntl(s, fcntl.F_SETOWN, os.getpid())\n"                                            \
	"fcntl.fcntl(s, fcntl.F_SETFL, os.O_NONBLOCK | os.O_ASYNC)\n"                              \
	"s.connect_ex((sys.argv[1], 7000))\n"                                                      \
	"print('signal', signal.sigtimedwait({signal.SIGIO}, 2).si_signo)\n"                       \
	"s.close()\n"

BOTH_FAMILIES(watch_honest, a_signal_told_it)
{
	struct lab *lab = scenario_lab();
	struct watched watched;

	need_program("python3");
	lab_peer_rule(lab, 7000, (struct peer_rule){.answer = PEER_RST, .delay_us = 20000});
	watched = watch(lab, "--", "python3", "-c", SIGNALLED, places_of(family)->peer);
	expect_said(watched.said, "signal 29");
	expect_verdict(watch_connect_to(&watched, 7000), "closed", "reset");
	expect_not_accused(watch_connect_to(&watched, 7000));
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
	watched = watch(lab, "--children", "--", "python3", "tests/scenarios/clients/connects.py",
			"onepoll", "150", places_of(family)->peer, "7000", "7001", "7002");
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
	watched = watch(lab, "--", "python3", "tests/scenarios/clients/connects.py", "race", "1",
			places_of(family)->peer, "7000", "7001");
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
			"IO::Socket::INET->new(Proto => 'udp', PeerAddr => '" LAB_PEER4
			"', PeerPort => 7000); "
			"IO::Socket::UNIX->new('/nonexistent'); print \"done\\n\"");
	cr_assert_eq(watched.status, 0, "%s", watched.said);
	expect_said(watched.said, "done");
	cr_assert_eq(json_array_size(watch_connects(&watched)), 0, "%s", watch_text(&watched));
}
