/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * watch: sockets with options, sockets that are shared, connects that are interrupted or sent
 * elsewhere.
 */
#include <unistd.h>

#include "tests/scenarios/cgroup_fixture.h"
#include "tests/scenarios/watch.h"

#define OPEN_PORT   7000
#define CLOSED_PORT 7001
#define OPEN_TEXT   "7000"
#define CLOSED_TEXT "7001"
#define SILENT_TEXT "7002"

static struct lab *lab_with_ports(void)
{
	struct lab *lab = scenario_lab();

	lab_peer_rule(lab, OPEN_PORT,
		      (struct peer_rule){.answer = PEER_SYN_ACK, .delay_us = 10000});
	lab_peer_rule(lab, CLOSED_PORT, (struct peer_rule){.answer = PEER_RST, .delay_us = 10000});
	return lab;
}

BOTH_FAMILIES(watch_rows, what_a_program_was_told_is_listed_in_order)
{
	json_t *record = watch_one(lab_with_ports(), "--", liar("ways"), "select",
				   places_of(family)->peer, CLOSED_TEXT);
	const json_t *told;
	double last_us = -1;
	size_t i;

	expect_told_by(record, "connect", "EINPROGRESS", NULL);
	expect_told_by(record, "select", NULL, NULL);
	expect_told_by(record, "SO_ERROR", "ECONNREFUSED", NULL);
	json_array_foreach(field(record, "app.told"), i, told)
	{
		expect_between(told, "at_us", last_us, 1e9);
		last_us = json_number_value(field(told, "at_us"));
	}
}

/* The socket of the SYN is the subflow's, the application's is another one. */
BOTH_FAMILIES(watch_rows, mptcp)
{
	struct lab *lab = lab_with_ports();
	const char *peer = places_of(family)->peer;
	static const char *const ways[] = {"mptcp", "mptcp-poll"};

	if (access("/proc/sys/net/mptcp/enabled", R_OK) < 0)
		cr_skip_test("this kernel has no MPTCP");
	for (size_t i = 0; i < 2; i++) {
		json_t *record = watch_one(lab, "--", liar("ways"), ways[i], peer, OPEN_TEXT);

		expect_verdict(record, "open", "syn-ack");
		expect_app(record, "connected", NULL);
		expect_not_accused(record);
		record = watch_one(lab, "--", liar("ways"), ways[i], peer, CLOSED_TEXT);
		expect_verdict(record, "closed", "reset");
		expect_app(record, "refused", "ECONNREFUSED");
		expect_not_accused(record);
	}
}

static struct lab *lab_for_ring(const char *way, const char *peer)
{
	struct lab *lab = lab_with_ports();

	if (cli_run(lab, (const char *const[]){liar("ways"), way, peer, CLOSED_TEXT, NULL})
		    .status == 2)
		cr_skip_test("this kernel has no io_uring for us");
	return lab;
}

/* No system call called connect. */
BOTH_FAMILIES(watch_rows, io_uring)
{
	const char *peer = places_of(family)->peer;
	struct lab *lab = lab_for_ring("io-uring", peer);
	json_t *record = watch_one(lab, "--", liar("ways"), "io-uring", peer, OPEN_TEXT);

	expect_verdict(record, "open", "syn-ack");
	expect_app(record, "connected", NULL);
	record = watch_one(lab, "--", liar("ways"), "io-uring", peer, CLOSED_TEXT);
	expect_verdict(record, "closed", "reset");
	expect_app(record, "refused", "ECONNREFUSED");
	record = watch_one(lab, "--", liar("ways"), "-w", "1500", "io-uring", peer, SILENT_TEXT);
	expect_verdict(record, "filtered", "no-reply");
	expect_not_accused(record);
}

/* Threads of the kernel's do it, whose names are not the program's. */
BOTH_FAMILIES(watch_rows, io_uring_by_another_thread)
{
	static const char *const ways[] = {"io-uring-thread", "io-uring-worker"};
	const char *peer = places_of(family)->peer;

	for (size_t i = 0; i < 2; i++) {
		struct lab *lab = lab_for_ring(ways[i], peer);
		json_t *record = watch_one(lab, "--comm", "ways", "--", liar("ways"), ways[i], peer,
					   CLOSED_TEXT);

		expect_verdict(record, "closed", "reset");
		expect_app(record, "refused", "ECONNREFUSED");
		expect_not_accused(record);
	}
}

/*
 * Asked by a call that is not looked at: nothing is said of what it was told, and nobody is
 * accused.
 */
BOTH_FAMILIES(watch_rows, a_poll_by_aio)
{
	struct lab *lab = lab_with_ports();
	const char *peer = places_of(family)->peer;
	json_t *record;

	if (cli_run(lab, (const char *const[]){liar("ways"), "aio", peer, OPEN_TEXT, NULL})
		    .status == 2)
		cr_skip_test("this kernel has no io_submit() for us");
	record = watch_one(lab, "--", liar("ways"), "aio", peer, CLOSED_TEXT);
	expect_verdict(record, "closed", "reset");
	expect_not_accused(record);
	record = watch_one(lab, "--", liar("ways"), "-w", "1000", "aio", peer, SILENT_TEXT);
	expect_verdict(record, "filtered", "no-reply");
	expect_not_accused(record);
}

/* The kernel's raw return is one that no program sees; the connect goes on. */
BOTH_FAMILIES(watch_rows, interrupted)
{
	struct lab *lab = lab_with_ports();
	const char *peer = places_of(family)->peer;
	json_t *record;

	lab_peer_rule(lab, OPEN_PORT,
		      (struct peer_rule){.answer = PEER_SYN_ACK, .delay_us = 300000});
	record = watch_one(lab, "--", liar("ways"), "-w", "3000", "interrupted", peer, OPEN_TEXT);
	expect_verdict(record, "open", "syn-ack");
	expect_app(record, "connected", NULL);
	expect_told_by(record, "connect", "EINTR", NULL);
	expect_not_accused(record);
	record = watch_one(lab, "--", liar("ways"), "restarted", peer, OPEN_TEXT);
	expect_verdict(record, "open", "syn-ack");
	expect_app(record, "connected", NULL);
	expect_not_accused(record);
	expect_record(record, !was_told(claimed, "connect", "EINTR", NULL),
		      "it was never told of the signal: %s");
	/* Nor is what its handler called the end of connect(). */
	expect_between(json_array_get(field(record, "app.told"), 0), "at_us", 299000, 1e9);
}

/* What is stopped and continued is told the outcome by the very poll() that it was in. */
BOTH_FAMILIES(watch_rows, stopped_and_continued)
{
	struct lab *lab = lab_with_ports();
	const char *peer = places_of(family)->peer;
	json_t *record;

	lab_peer_rule(lab, OPEN_PORT,
		      (struct peer_rule){.answer = PEER_SYN_ACK, .delay_us = 400000});
	lab_peer_rule(lab, CLOSED_PORT, (struct peer_rule){.answer = PEER_RST, .delay_us = 400000});
	record = watch_one(lab, "--", liar("ways"), "-w", "3000", "stopped", peer, OPEN_TEXT);
	expect_verdict(record, "open", "syn-ack");
	expect_told_by(record, "poll", NULL, "out");
	expect_not_accused(record);
	record = watch_one(lab, "--", liar("ways"), "-w", "3000", "stopped", peer, CLOSED_TEXT);
	expect_verdict(record, "closed", "reset");
	expect_told_by(record, "poll", NULL, "err");
	expect_not_accused(record);
}

BOTH_FAMILIES(watch_rows, the_program_limits_its_own_patience)
{
	struct lab *lab = lab_with_ports();
	const char *peer = places_of(family)->peer;
	json_t *record = watch_one(lab, "--", liar("ways"), "user-timeout", peer, SILENT_TEXT);

	expect_verdict(record, "filtered", "no-reply");
	expect_app(record, "timed-out", "ETIMEDOUT");
	expect_not_accused(record);
	lab->peer->syns_read = 0;
	record = watch_one(lab, "--", liar("ways"), "syn-count", peer, SILENT_TEXT);
	expect_verdict(record, "filtered", "no-reply");
	expect_app(record, "timed-out", "ETIMEDOUT");
	expect_not_accused(record);
	expect_number(record, "syn_sent", (double)lab->peer->syns_read);
	record =
		watch_one(lab, "--", liar("ways"), "-w", "1300", "send-timeout", peer, SILENT_TEXT);
	expect_verdict(record, "filtered", "no-reply");
	expect_told_by(record, "connect", "EINPROGRESS", NULL);
}

/* A transfer of something asks, as poll() does; EAGAIN is "wait", whether or not it waited. */
BOTH_FAMILIES(watch_rows, a_transfer_is_told_to_wait)
{
	struct lab *lab = lab_with_ports();
	const char *peer = places_of(family)->peer;
	static const char *const ways[] = {"send-waits", "send-once", "receive-waits"};

	for (size_t i = 0; i < 3; i++) {
		json_t *record =
			watch_one(lab, "--", liar("ways"), "-w", "200", ways[i], peer, SILENT_TEXT);

		expect_verdict(record, "aborted", "closed-early");
		expect_told_by(record, i == 2 ? "recv" : "send", "EAGAIN", NULL);
		expect_not_accused(record);
	}
}

/* The SYN leaves with the first data, and is judged as any other. */
BOTH_FAMILIES(watch_rows, fast_open_with_data)
{
	struct lab *lab = lab_with_ports();
	const char *peer = places_of(family)->peer;
	static const char *const ways[] = {"fastopen-send", "fastopen-sendto"};

	for (size_t i = 0; i < 2; i++) {
		json_t *record = watch_one(lab, "--", liar("ways"), ways[i], peer, OPEN_TEXT);

		expect_verdict(record, "open", "syn-ack");
		expect_not_accused(record);
		record = watch_one(lab, "--", liar("ways"), ways[i], peer, CLOSED_TEXT);
		expect_verdict(record, "closed", "reset");
		expect_not_accused(record);
	}
}

/* One socket, two attempts, each with a line of its own. */
BOTH_FAMILIES(watch_rows, the_same_socket_connects_again)
{
	struct lab *lab = lab_with_ports();
	const char *peer = places_of(family)->peer;
	struct watched watched = watch(lab, "--", liar("ways"), "reconnect", peer, CLOSED_TEXT);
	json_t *connects = watch_connects(&watched), *record;
	size_t i;

	cr_assert_eq(json_array_size(connects), 2, "%s", watch_text(&watched));
	json_array_foreach(connects, i, record)
	{
		expect_verdict(record, "closed", "reset");
		expect_app(record, "refused", "ECONNREFUSED");
		expect_not_accused(record);
	}
	watched = watch(lab, "--", liar("ways"), "-w", "1200", "disconnect", peer, SILENT_TEXT);
	connects = watch_connects(&watched);
	cr_assert_eq(json_array_size(connects), 2, "%s", watch_text(&watched));
	json_array_foreach(connects, i, record)
	{
		expect_verdict(record, "filtered", "no-reply");
		expect_not_accused(record);
	}
}

/* epoll gives back data, and no descriptor: which socket it is about is not known here. */
BOTH_FAMILIES(watch_rows, two_sockets_have_the_same_data_in_epoll)
{
	struct lab *lab = lab_with_ports();
	struct watched watched =
		watch(lab, "--", liar("ways"), "epoll-alike", places_of(family)->peer, CLOSED_TEXT);
	json_t *connects = watch_connects(&watched), *record, *call;
	size_t i, j;

	cr_assert_eq(json_array_size(connects), 2, "%s", watch_text(&watched));
	json_array_foreach(connects, i, record)
	{
		expect_told_by(record, "epoll_ctl", NULL, NULL);
		expect_not_accused(record);
		json_array_foreach(field(record, "app.told"), j, call)
			expect_record(call, !field_is_text(claimed, "call", "epoll_wait"),
				      "a word of either socket: %s");
	}
}

/* What becomes of the socket later is no part of the attempt. */
BOTH_FAMILIES(watch_rows, the_same_socket_listens)
{
	struct lab *lab = lab_with_ports();
	json_t *record =
		watch_one(lab, "--", liar("ways"), "listen", places_of(family)->peer, CLOSED_TEXT);

	expect_verdict(record, "closed", "reset");
	expect_app(record, "refused", "ECONNREFUSED");
	expect_not_accused(record);
}

/*
 * The second attempt fails before there is anything to see of it, and is an attempt all the same.
 */
BOTH_FAMILIES(watch_rows, the_same_socket_connects_to_what_cannot_be)
{
	struct lab *lab = lab_with_ports();
	struct watched watched =
		watch(lab, "--", liar("ways"), "elsewhere", places_of(family)->peer, CLOSED_TEXT);
	json_t *connects = watch_connects(&watched), *record;

	cr_assert_eq(json_array_size(connects), 2, "%s", watch_text(&watched));
	record = scenario_record(connects, "connect", "address", places_of(family)->peer);
	expect_verdict(record, "closed", "reset");
	expect_app(record, "refused", "ECONNREFUSED");
	expect_not_accused(record);
	record = scenario_record(connects, "connect", "address",
				 family == AF_INET ? "224.0.0.9" : "ff0e::9");
	expect_app(record, "unreachable", "ENETUNREACH");
	expect_syns(record, 0, 0);
	expect_not_accused(record);
}

/* Errors that connect() has by itself, and of which no packet and no state tell. */
BOTH_FAMILIES(watch_rows, no_route)
{
	struct lab *lab = lab_with_ports();
	json_t *record = watch_one(lab, "--", liar("honest-connect"), places_of(family)->unrouted,
				   OPEN_TEXT);

	expect_verdict(record, "unreachable", "no-route");
	expect_app(record, "unreachable", "ENETUNREACH");
	expect_syns(record, 0, 0);
	expect_not_accused(record);
}

BOTH_FAMILIES(watch_rows, blocked_by_this_host)
{
	struct lab *lab = lab_with_ports();
	json_t *record;

	scenario_chain(lab, LAB_CLIENT, "output", "tcp dport 7000 drop");
	record = watch_one(lab, "--", liar("ways"), "-w", "300", "poll", places_of(family)->server,
			   OPEN_TEXT);
	expect_verdict(record, "blocked", "dropped-out");
	expect_text(record, "drop.reason", "NETFILTER_DROP");
	expect_not_accused(record);
}

/* A proxy on this host answers for everybody, and no application can tell. */
BOTH_FAMILIES(watch_rows, redirected_to_this_host)
{
	struct lab *lab = lab_with_ports();
	json_t *record;

	scenario_listen(lab, LAB_CLIENT, family, 3128);
	scenario_nft(lab, LAB_CLIENT,
		     "table inet t {\n chain c {\n type nat hook output priority -100\n tcp dport "
		     "7000 redirect to :3128\n }\n}\n");
	record = watch_one(lab, "--", liar("honest-connect"), places_of(family)->server, OPEN_TEXT);
	expect_verdict(record, "intercepted", "redirected-local");
	expect_text(record, "interface", "lo");
	expect_record(record, json_is_false(field(claimed, "app.agrees")),
		      "to the target it is not: %s");
}

/* To a host that serves in its name; the socket knows nothing of it. */
BOTH_FAMILIES(watch_rows, sent_to_another_host_by_nat)
{
	struct lab *lab = lab_with_ports();
	const struct places *places = places_of(family);
	char rules[256];
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, OPEN_PORT);
	snprintf(rules, sizeof(rules),
		 "table %s t {\n chain c {\n type nat hook output priority -100\n tcp dport 7000 "
		 "dnat to %s\n }\n}\n",
		 family == AF_INET ? "ip" : "ip6", places->server);
	scenario_nft(lab, LAB_CLIENT, rules);
	record = watch_one(lab, "--", liar("honest-connect"), places->nowhere, OPEN_TEXT);
	expect_verdict(record, "open", "syn-ack");
	expect_note(record, "rewritten-to");
	expect_part(record, "wire_destination", places->server);
	expect_not_accused(record);
}

/* Where nobody listens, and the kernel gives the socket that very port. */
BOTH_FAMILIES(watch_rows, connected_to_itself)
{
	struct lab *lab = lab_with_ports();
	json_t *record;

	scenario_sysctl(lab, LAB_CLIENT, "net/ipv4/ip_local_port_range", "40000 40000");
	record = watch_one(lab, "--", liar("honest-connect"), places_of(family)->loopback, "40000");
	expect_verdict(record, "self-connect", "self-connect");
	expect_record(record, json_is_false(field(claimed, "app.agrees")),
		      "to a server it is not: %s");
}

BOTH_FAMILIES(watch_rows, nobody_on_the_link)
{
	json_t *record = watch_one(lab_with_ports(), "--", liar("honest-connect"),
				   places_of(family)->nobody, OPEN_TEXT);

	expect_verdict(record, "unreachable", "neighbour-failed");
	expect_app(record, "unreachable", "EHOSTUNREACH");
	expect_syns(record, 0, 0);
	expect_not_accused(record);
}

/* Given up before the kernel does: what the SYN waits for the neighbour table tells. */
BOTH_FAMILIES(watch_rows, nobody_on_the_link_and_little_patience)
{
	json_t *record = watch_one(lab_with_ports(), "--", liar("ways"), "-w", "1500", "poll",
				   places_of(family)->nobody, OPEN_TEXT);

	expect_verdict(record, "unreachable", "neighbour-unresolved");
	expect_app(record, "in-progress", "EINPROGRESS");
	expect_syns(record, 0, 0);
	expect_not_accused(record);
}

/* More SYNs than may wait for it: the kernel throws the oldest away, and no rule does. */
BOTH_FAMILIES(watch_rows, nobody_on_the_link_for_many)
{
	static const char many[] =
		"import socket, sys, time\n"
		"family = socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET\n"
		"sockets = [socket.socket(family) for i in range(40)]\n"
		"for i, s in enumerate(sockets):\n"
		"    s.setblocking(False)\n"
		"    s.connect_ex((sys.argv[1], 7000 + i))\n"
		"time.sleep(1.2)\n";
	struct lab *lab = lab_with_ports();
	struct watched watched;
	json_t *record;
	size_t i;

	need_program("python3");
	scenario_sysctl(lab, LAB_CLIENT,
			family == AF_INET ? "net/ipv4/neigh/eth0/unres_qlen_bytes"
					  : "net/ipv6/neigh/eth0/unres_qlen_bytes",
			"4096");
	watched = watch(lab, "--", "python3", "-c", many, places_of(family)->nobody);
	cr_assert_eq(json_array_size(watch_connects(&watched)), 40, "%s", watch_text(&watched));
	json_array_foreach(watch_connects(&watched), i, record)
		expect_verdict(record, "unreachable", "neighbour-unresolved");
}

/* An administrator wants the socket gone while its program waits. */
BOTH_FAMILIES(watch_rows, destroyed_by_somebody_else)
{
	struct lab *lab = lab_with_ports();
	const char *const kill_argv[] = {"ss", "-HtnK", "dport", "=", ":" SILENT_TEXT, NULL};
	struct watching watching = watch_start(lab, "--", liar("ways"), "-w", "20000", "poll",
					       places_of(family)->peer, SILENT_TEXT);
	struct command_result killed;
	struct watched watched;
	json_t *record;

	scenario_await_syns(lab, 1);
	usleep(100000); /* it polls by now; where it does not, the story is the same */
	killed = cli_run(lab, kill_argv);
	if (!strstr(killed.output.bytes, ":" SILENT_TEXT))
		cr_skip_test("this kernel destroys no sockets");
	watched = watch_finish(&watching);
	record = watch_connect_to(&watched, 7002);
	expect_verdict(record, "aborted", "aborted");
	expect_told_by(record, "SO_ERROR", "ECONNABORTED", NULL);
	expect_not_accused(record);
}

/* The address that was asked for is not the one that the socket has. */
BOTH_FAMILIES(watch_rows, a_cgroup_sends_it_to_another_host)
{
	struct lab *lab = cgroup_fixture(family == AF_INET ? "to_server4" : "to_server6");
	const struct places *places = places_of(family);
	json_t *record;

	scenario_listen(lab, LAB_SERVER, family, OPEN_PORT);
	record = watch_one(lab, "--", liar("honest-connect"), places->nowhere, OPEN_TEXT);
	expect_verdict(record, "open", "syn-ack");
	expect_note(record, "rewritten-to");
	expect_part(record, "requested", places->nowhere);
	expect_part(record, "wire_destination", places->server);
	expect_not_accused(record);
}

BOTH_FAMILIES(watch_rows, a_cgroup_forbids_it)
{
	struct lab *lab = cgroup_fixture(family == AF_INET ? "forbid4" : "forbid6");
	json_t *record =
		watch_one(lab, "--", liar("honest-connect"), places_of(family)->server, OPEN_TEXT);

	expect_verdict(record, "blocked", "policy");
	expect_app(record, "error", "EPERM");
	expect_not_accused(record);
}

#ifdef __x86_64__
/*
 * Either its calls are seen, or the record admits that they are not; it is not accused in any case.
 */
Test(watch_rows, a_32_bit_program)
{
	struct lab *lab = lab_with_ports();
	struct command_result result;
	json_t *record;

	if (access(liar("narrow"), X_OK) < 0)
		cr_skip_test("this compiler makes no 32-bit programs");
	if (cli_run(lab, (const char *const[]){liar("narrow"), LAB_PEER4, OPEN_TEXT, NULL})
		    .status != 0)
		cr_skip_test("this kernel runs no 32-bit programs");
	record = watch_one(lab, "--", liar("narrow"), LAB_PEER4, OPEN_TEXT);
	expect_verdict(record, "open", "syn-ack");
	expect_not_accused(record);
	record = watch_one(lab, "--", liar("narrow"), LAB_PEER4, CLOSED_TEXT);
	expect_verdict(record, "closed", "reset");
	expect_not_accused(record);
	result = cli(lab, "watch", "--", liar("narrow"), places_of(AF_INET)->unrouted, OPEN_TEXT);
	cr_assert(!strstr(result.errors.bytes, "no connect entered"), "it connected: %s",
		  result.errors.bytes);
}
#endif

/* An IPv4 address in an IPv6 socket is one of IPv4. */
Test(watch_rows, a_mapped_address)
{
	struct lab *lab = lab_with_ports();
	json_t *record =
		watch_one(lab, "--", liar("honest-connect"), "::ffff:" LAB_PEER4, CLOSED_TEXT);

	expect_verdict(record, "closed", "reset");
	expect_text(record, "address", LAB_PEER4);
	expect_not_accused(record);
}
