/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* watch: programs that run already, and who else is on the host and not asked for. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/scenarios/cgroup_fixture.h"
#include "tests/scenarios/watch.h"

#define CLOSED_PORT 7001
#define OTHER_PORT  7003

/*
 * What watches is ready when the first record comes: whoever it watches connects again and again,
 * to a port that answers.
 */
static struct lab *lab_with_ports(void)
{
	struct lab *lab = scenario_lab();

	lab_peer_rule(lab, CLOSED_PORT, (struct peer_rule){.answer = PEER_RST});
	lab_peer_rule(lab, OTHER_PORT, (struct peer_rule){.answer = PEER_RST});
	return lab;
}

#define start(lab, ...) start_run(lab, (const char *const[]){__VA_ARGS__, NULL})
static struct command_process start_run(struct lab *lab, const char *const *argv)
{
	struct command_process process;
	struct error error;

	cr_assert_eq(lab_start(lab, LAB_CLIENT, argv, &process, &error), 0, "%s", error.text);
	return process;
}

static struct command_process start_pings(struct lab *lab, int family, const char *port)
{
	return start(lab, liar("naive-tcping"), "-c", "1000", "-i", "0.05", places_of(family)->peer,
		     port);
}

static void expect_all_by(const struct watched *watched, pid_t pid, const char *comm, unsigned port)
{
	json_t *connects = watch_connects(watched), *record;
	size_t i;

	cr_assert_gt(json_array_size(connects), 0, "%s%s", watched->said, watch_text(watched));
	json_array_foreach(connects, i, record)
	{
		if (pid)
			expect_number(record, "pid", pid);
		expect_text(record, "comm", comm);
		expect_number(record, "port", port);
	}
}

BOTH_FAMILIES(watch_attach, a_program_that_runs_already)
{
	struct lab *lab = lab_with_ports();
	struct command_process program = start_pings(lab, family, "7001"),
			       other = start_pings(lab, family, "7003");
	struct watching watching = watch_start(lab, "-p", port_text((unsigned)program.pid));
	struct watched watched;

	(void)other; /* it is not asked for */
	watch_await(&watching, "\"connect\"", 5);
	watched = watch_interrupt(&watching);
	expect_all_by(&watched, program.pid, "naive-tcping", CLOSED_PORT);
}

Test(watch_attach, several_programs)
{
	struct lab *lab = lab_with_ports();
	struct command_process program = start_pings(lab, AF_INET, "7001"),
			       other = start_pings(lab, AF_INET, "7003");
	struct watching watching;
	char pids[32];

	snprintf(pids, sizeof(pids), "%d,%d", program.pid, other.pid);
	watching = watch_start(lab, "-p", pids);
	watch_await(&watching, ":7001\"", 3);
	watch_await(&watching, ":7003\"", 3);
	watch_interrupt(&watching);
}

/*
 * It has been waiting for an answer since before anybody watched: nothing is proven, and nobody is
 * accused.
 */
BOTH_FAMILIES(watch_attach, a_connect_that_began_before_watching)
{
	struct lab *lab = lab_with_ports();
	struct command_process program =
		start(lab, liar("ways"), "-w", "600000", "poll", places_of(family)->peer, "7002");
	struct watching watching;
	struct watched watched;
	json_t *record;

	scenario_await_syns(lab, 1);
	watching = watch_start(lab, "-p", port_text((unsigned)program.pid));
	cli_await_errors(&watching.process, "was connecting to", 1);
	scenario_await_syns(lab, 4);
	watched = watch_interrupt(&watching);
	record = watch_connect_to(&watched, 7002);
	expect_verdict(record, "incomplete", "attached-late");
	expect_number(record, "pid", program.pid);
	expect_not_accused(record);
	expect_explained(record, "began before watching");
	expect_explained(record, "nothing came back");
	expect_said(watched.said, "the next one is due in");
}

/*
 * Answered when it was watched already: what it took is proven, though not how long, nor what was
 * told before.
 */
BOTH_FAMILIES(watch_attach, a_connect_that_began_before_watching_is_followed_to_its_end)
{
	static const struct {
		struct peer_rule rule;
		const char *status, *reason, *result;
	} cases[] = {{{.answer = PEER_SYN_ACK, .drop_first = 3}, "open", "syn-ack", "connected"},
		     {{.answer = PEER_RST, .drop_first = 3}, "closed", "reset", "refused"}};
	struct lab *lab = scenario_lab();

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct command_process program;
		struct watching watching;
		struct watched watched;
		json_t *record;

		lab_peer_rule(lab, (uint16_t)(7003 + i), cases[i].rule);
		lab->peer->syns_read = 0;
		program = start(lab, liar("ways"), "-w", "600000", "poll", places_of(family)->peer,
				port_text(7003 + i));
		scenario_await_syns(lab, 1);
		watching = watch_start(lab, "-p", port_text((unsigned)program.pid));
		watched = watch_finish(&watching);
		expect_said(watched.said, "was connecting to");
		record = watch_connect_to(&watched, 7003 + i);
		expect_verdict(record, cases[i].status, cases[i].reason);
		expect_text(record, "app.result", cases[i].result);
		expect_null(record, "syn_sent");
		expect_null(record, "rtt_us");
		cr_assert(json_is_false(field(record, "complete")), "%s", record_text(record));
		expect_not_accused(record);
		expect_number(scenario_record(watched.lines, "watch", NULL, NULL), "events_lost",
			      0);
	}
}

Test(watch_attach, a_childs_connect_that_began_before_watching)
{
	struct lab *lab = lab_with_ports();
	struct command_process shell = start(lab, "sh", "-c", "\"$@\"; :", "sh", liar("ways"), "-w",
					     "600000", "poll", LAB_PEER4, "7002");
	struct watching watching;
	struct watched watched;

	scenario_await_syns(lab, 1);
	watching = watch_start(lab, "--children", "-p", port_text((unsigned)shell.pid));
	cli_await_errors(&watching.process, "was connecting to", 1);
	scenario_await_syns(lab, 2);
	watched = watch_interrupt(&watching);
	expect_verdict(watch_connect_to(&watched, 7002), "incomplete", "attached-late");
	expect_text(watch_connect_to(&watched, 7002), "comm", "ways");
}

/* The shell itself makes no connect. */
BOTH_FAMILIES(watch_attach, children_only_when_asked_for)
{
	struct lab *lab = lab_with_ports();
	struct command_process shell =
		start(lab, "sh", "-c", "while :; do \"$@\"; done", "sh", liar("naive-tcping"), "-c",
		      "1", "-i", "0.05", places_of(family)->peer, "7001");
	const char *pid = port_text((unsigned)shell.pid);
	struct watching with = watch_start(lab, "-p", pid, "--children"),
			without = watch_start(lab, "-p", pid);
	struct watched watched;

	watch_await_attached(&without);
	watch_await(&with, "\"connect\"", 1);
	watch_await(&with, "\"connect\"",
		    10 + cli_lines_with(with.process.output.bytes, "\"connect\""));
	watched = watch_interrupt(&with);
	expect_all_by(&watched, 0, "naive-tcping", CLOSED_PORT);
	watched = watch_interrupt(&without);
	cr_assert_eq(json_array_size(watch_connects(&watched)), 0, "%s", watch_text(&watched));
}

Test(watch_attach, by_name)
{
	struct lab *lab = lab_with_ports();
	struct watching watching = watch_start(lab, "--comm", "naive-tcping");
	struct watched watched;

	start_pings(lab, AF_INET, "7001");
	start(lab, "sh", "-c", "while :; do \"$@\"; done", "sh", liar("select-check"), LAB_PEER4,
	      "7003");
	watch_await(&watching, "\"connect\"", 5);
	watched = watch_interrupt(&watching);
	/* Another test's program may have the same name. */
	cr_assert_gt(cli_count(watched.lines, "connect", "comm", "naive-tcping"), 0);
	cr_assert_eq(cli_count(watched.lines, "connect", "comm", "select-check"), 0, "%s",
		     watch_text(&watched));
}

/*
 * Whoever is given a socket and has none of its own is not looked at: what it asks is not seen, and
 * nobody is accused of not having asked.
 */
BOTH_FAMILIES(watch_attach, a_process_that_is_not_looked_at_asks)
{
	struct lab *lab = lab_with_ports();
	struct watching watching =
		watch_start(lab, "--comm", "ways", "--netns", "/proc/self/ns/net");
	struct watched watched;
	json_t *record;
	size_t i;

	start(lab, "sh", "-c", "while :; do \"$@\"; done", "sh", liar("ways"), "lend",
	      places_of(family)->peer, "7001");
	watch_await(&watching, "\"connect\"", 3);
	watched = watch_interrupt(&watching);
	json_array_foreach(watch_connects(&watched), i, record) expect_not_accused(record);
}

Test(watch_attach, by_cgroup)
{
	struct lab *lab = cgroup_fixture(NULL);
	const char *procs = lab->client_procs;
	struct watching watching;
	struct watched watched;
	json_t *record;
	size_t i;

	lab_peer_rule(lab, CLOSED_PORT, (struct peer_rule){.answer = PEER_RST});
	lab_peer_rule(lab, OTHER_PORT, (struct peer_rule){.answer = PEER_RST});
	start_pings(lab, AF_INET, "7001");
	lab->client_procs = NULL;
	start_pings(lab, AF_INET, "7003");
	watching = watch_start(lab, "--cgroup", cgroup_fixture_path());
	watch_await(&watching, "\"connect\"", 5);
	watched = watch_interrupt(&watching);
	expect_all_by(&watched, 0, "naive-tcping", CLOSED_PORT);
	json_array_foreach(watch_connects(&watched), i, record)
		expect_part(record, "cgroup", strrchr(cgroup_fixture_path(), '/'));
	lab->client_procs = procs;
}

#define CONTAINER "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* As systemd and Docker name a container's cgroup. */
Test(watch_attach, a_container_is_named)
{
	struct lab *lab = cgroup_fixture(NULL);
	char script[768];
	struct command_result result;
	json_t *record;

	lab_peer_rule(lab, CLOSED_PORT, (struct peer_rule){.answer = PEER_RST});
	snprintf(script, sizeof(script),
		 "mkdir %s/docker-" CONTAINER ".scope && exec 3>&1 1>&2 && exec \"$0\" watch -j -o "
		 "/dev/fd/3 -- sh -c 'echo $$ >%s/docker-" CONTAINER
		 ".scope/cgroup.procs; exec .output/liars/select-check " LAB_PEER4 " 7001'",
		 cgroup_fixture_path(), cgroup_fixture_path());
	result = cli_shell(lab, script);
	record = scenario_record(cli_json(result.output.bytes), "connect", NULL, NULL);
	expect_text(record, "container", CONTAINER);
	expect_part(record, "cgroup", "/docker-" CONTAINER ".scope");
}

/* What runs in a container with a cgroup namespace does not know how deep it is. */
Test(watch_attach, by_cgroup_from_within_a_cgroup_namespace)
{
	struct lab *lab = cgroup_fixture(NULL);
	const char *procs = lab->client_procs;
	char script[512];
	struct command_process watching;
	struct command_result result;

	lab_peer_rule(lab, CLOSED_PORT, (struct peer_rule){.answer = PEER_RST});
	start_pings(lab, AF_INET, "7001");
	lab->client_procs = NULL;
	snprintf(script, sizeof(script),
		 "echo $$ >%s/cgroup.procs; exec unshare -C -m sh -c 'mount --make-rprivate /; "
		 "mount -t cgroup2 none /mnt; exec \"$0\" "
		 "watch -j "
		 "--cgroup /mnt' \"$0\"",
		 cgroup_fixture_path());
	watching = start(lab, "sh", "-c", script, cli_program());
	cli_await(&watching, "\"naive-tcping\"", 1);
	cr_assert_eq(kill(watching.pid, SIGINT), 0);
	result = cli_finish(&watching);
	cr_assert_gt(cli_count(cli_json(result.output.bytes), "connect", "comm", "naive-tcping"), 0,
		     "%s", result.output.bytes);
	lab->client_procs = procs;
}

/* The lab's namespace has nobody else's programs. */
Test(watch_attach, by_network_namespace)
{
	struct lab *lab = lab_with_ports();
	char path[64];
	struct watching watching;
	struct watched watched;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", lab->hosts[LAB_CLIENT].holder);
	start_pings(lab, AF_INET, "7001");
	watching = watch_start(lab, "--netns", path);
	watch_await(&watching, "\"connect\"", 5);
	watched = watch_interrupt(&watching);
	expect_all_by(&watched, 0, "naive-tcping", CLOSED_PORT);
}

/* Where it was found to be is not where it connects from. */
BOTH_FAMILIES(watch_attach, a_program_that_enters_another_network_namespace)
{
	static const char script[] = "trap 'exec nsenter -n -t $ROUTER \"$@\"' USR1; "
				     "while :; do sleep 0.05; done";
	struct lab *lab = lab_with_ports();
	char shell[sizeof(script) + 32];
	struct command_process program;
	struct watching watching;
	struct watched watched;
	json_t *record;
	size_t i;

	snprintf(shell, sizeof(shell), "ROUTER=%d; %s", lab->hosts[LAB_ROUTER].holder, script);
	program = start(lab, "sh", "-c", shell, "sh", liar("naive-tcping"), "-c", "1000", "-i",
			"0.05", places_of(family)->server, "7001");
	watching = watch_start(lab, "-p", port_text((unsigned)program.pid));
	watch_await_attached(&watching);
	cr_assert_eq(kill(program.pid, SIGUSR1), 0);
	watch_await(&watching, "\"connect\"", 3);
	watched = watch_interrupt(&watching);
	expect_all_by(&watched, program.pid, "naive-tcping", CLOSED_PORT);
	json_array_foreach(watch_connects(&watched), i, record)
		expect_verdict(record, "closed", "reset");
}

Test(watch_attach, everybody)
{
	struct lab *lab = lab_with_ports();
	struct watching watching = watch_start(lab, "--all");

	start_pings(lab, AF_INET, "7001");
	start(lab, "sh", "-c", "while :; do \"$@\"; done", "sh", liar("select-check"), LAB_PEER4,
	      "7003");
	watch_await(&watching, "\"naive-tcping\"", 3);
	watch_await(&watching, "\"select-check\"", 3);
	watch_interrupt(&watching);
}

Test(watch_attach, filters_combine)
{
	struct lab *lab = lab_with_ports();
	struct command_process program = start_pings(lab, AF_INET, "7001");
	const char *pid = port_text((unsigned)program.pid);
	struct watching both = watch_start(lab, "-p", pid, "--comm", "naive-tcping"),
			neither = watch_start(lab, "-p", pid, "--comm", "other");
	struct watched watched;

	watch_await_attached(&neither);
	watch_await(&both, "\"connect\"", 1);
	watch_await(&both, "\"connect\"",
		    5 + cli_lines_with(both.process.output.bytes, "\"connect\""));
	watched = watch_interrupt(&both);
	expect_all_by(&watched, program.pid, "naive-tcping", CLOSED_PORT);
	watched = watch_interrupt(&neither);
	cr_assert_eq(json_array_size(watch_connects(&watched)), 0, "%s", watch_text(&watched));
}

/* A number that no process has: the highest one is taken by none of this host's. */
Test(watch_attach, a_process_that_does_not_exist)
{
	struct watched watched = watch(scenario_lab(), "-p", "4194303");

	cr_assert_neq(watched.status, 0);
	expect_said(watched.said, "4194303");
}

Test(watch_attach, a_process_that_ends_ends_the_watching)
{
	struct lab *lab = lab_with_ports();
	struct command_process program = start_pings(lab, AF_INET, "7001");
	struct watching watching = watch_start(lab, "-p", port_text((unsigned)program.pid));
	pid_t pid = program.pid;
	struct watched watched;

	watch_await(&watching, "\"connect\"", 1);
	cr_assert_eq(kill(pid, SIGTERM), 0);
	cli_finish(&program);
	watched = watch_finish(&watching);
	expect_all_by(&watched, pid, "naive-tcping", CLOSED_PORT);
}

/* What it connected before was not seen; that it has done so is. */
Test(watch_attach, what_it_had_connected_before_is_said)
{
	static const char script[] = "import socket, sys, time\n"
				     "s = socket.create_connection((sys.argv[1], 80))\n"
				     "print('connected', file=sys.stderr, flush=True)\n"
				     "time.sleep(600)\n";
	struct lab *lab = lab_with_ports();
	struct command_process program;
	struct watching watching;
	struct watched watched;
	const char *explain;

	need_program("python3");
	scenario_listen(lab, LAB_SERVER, AF_INET, 80);
	program = start(lab, "python3", "-c", script, LAB_SERVER4);
	cli_await_errors(&program, "connected", 1);
	watching = watch_start(lab, "-p", port_text((unsigned)program.pid));
	watch_await_attached(&watching);
	cr_assert_eq(kill(program.pid, SIGTERM), 0);
	cli_finish(&program);
	watched = watch_finish(&watching);
	explain = json_string_value(
		field(scenario_record(watched.lines, "watch", NULL, NULL), "explain"));
	cr_assert(explain && strstr(explain, "it had 1 TCP connection when that began"), "%s",
		  explain);
	cr_assert(!strstr(explain, "none was made"), "%s", explain);
}

/* A process that has children watched with it ends the watch when these have. */
Test(watch_attach, children_outlive_the_process)
{
	struct lab *lab = lab_with_ports();
	struct command_process shell = start(lab, "sh", "-c", "(sleep 6; \"$@\") & sleep 4", "sh",
					     liar("select-check"), LAB_PEER4, "7001");
	struct watching watching =
		watch_start(lab, "--children", "-p", port_text((unsigned)shell.pid));
	struct watched watched = watch_finish(&watching);

	expect_accused(watch_connect_to(&watched, CLOSED_PORT), "error-unread");
}

/* Of a program that was there before, nobody has seen what its loader did; its memory tells. */
Test(watch_attach, a_library_that_says_yes)
{
	struct lab *lab = lab_with_ports();
	struct command_process program =
		start(lab, "env", "LD_PRELOAD=.output/liars/yes-connect.so", liar("naive-tcping"),
		      "-c", "1000", "-i", "0.05", LAB_PEER4, "7001");
	struct watching watching;
	struct watched watched;

	cli_await(&program, "Probing", 1); /* it is what env has become by then */
	watching = watch_start(lab, "-p", port_text((unsigned)program.pid));
	watch_await_attached(&watching);
	cr_assert_eq(kill(program.pid, SIGTERM), 0);
	watched = watch_finish(&watching);
	cr_assert_eq(json_array_size(watch_connects(&watched)), 0, "%s", watch_text(&watched));
	expect_part(scenario_record(watched.lines, "watch", NULL, NULL), "explain",
		    "no connect entered the kernel");
	expect_part(scenario_record(watched.lines, "watch", NULL, NULL), "explain",
		    "yes-connect.so");
}
