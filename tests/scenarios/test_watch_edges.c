/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* watch: what is refused, what people read, and what is said when evidence was lost. */
#include "tests/scenarios/watch.h"

#define CLOSED_PORT 7001

static struct lab *lab_with_ports(void)
{
	struct lab *lab = scenario_lab();

	lab_peer_rule(lab, CLOSED_PORT, (struct peer_rule){.answer = PEER_RST});
	return lab;
}

Test(watch_edges, what_cannot_be_meant_is_refused_with_a_sentence)
{
	static const struct {
		const char *arguments[5];
		const char *says;
	} cases[] = {
		{{NULL}, "watch"},	  {{"--"}, "--"},
		{{"-p", "abc"}, "abc"},	  {{"-p", "1,"}, "-p"},
		{{"-p", "0"}, "0"},	  {{"-p", "-5"}, "-5"},
		{{"--comm", ""}, "comm"}, {{"--no-such-option", "--", "true"}, "--no-such-option"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *argv[8] = {cli_program(), "watch"};
		struct command_result result;

		memcpy(argv + 2, cases[i].arguments, 4 * sizeof(argv[0]));
		result = cli_run(NULL, argv);
		expect_status(result, 3);
		expect_said(result.errors.bytes, cases[i].says);
		cr_assert_str_empty(result.output.bytes);
	}
}

/* It would run unobserved, and nobody would know. */
Test(watch_edges, without_root_the_command_does_not_run)
{
	struct command_result result = cli_shell(
		scenario_lab(),
		"setpriv --reuid=65534 --regid=65534 --clear-groups \"$0\" watch -- echo it ran");

	expect_status(result, 4);
	expect_said(result.errors.bytes, "root");
	cr_assert_str_empty(result.output.bytes);
}

Test(watch_edges, a_cgroup_that_is_not_there_is_named)
{
	struct command_result result = cli(scenario_lab(), "watch", "--cgroup", "/no/such/cgroup");

	cr_assert_neq(result.status, 0);
	expect_said(result.errors.bytes, "/no/such/cgroup");
}

/* For an incident: who, where to, what happened, what it was told, and how that contradicts. */
Test(watch_edges, the_text_tells_the_whole_story)
{
	struct command_result result = cli(lab_with_ports(), "watch", "--", liar("naive-tcping"),
					   "-c", "1", "-i", "1.2", LAB_PEER4, "7002");
	static const char *const words[] = {"naive-tcping[",
					    LAB_PEER4 ":7002",
					    "filtered (no-reply)",
					    "connect() EINPROGRESS",
					    "never asked",
					    "2 SYNs",
					    "uid 0",
					    "1 contradiction",
					    "events lost 0"};

	expect_status(result, 0);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		expect_said(result.errors.bytes, words[i]);
}

/* Whoever ignores SIGCHLD has its children reaped, and hears nothing of how they end. */
Test(watch_edges, started_by_one_who_ignores_children)
{
	struct command_result result;

	need_program("python3");
	result = cli_shell(lab_with_ports(),
			   "exec python3 -c 'import os, signal, sys; signal.signal(signal.SIGCHLD, "
			   "signal.SIG_IGN); "
			   "os.execvp(sys.argv[1], sys.argv[1:])' \"$0\" watch -- sh -c 'exit 7'");
	expect_status(result, 7);
}

/* Calls, states of the socket and packets, one among the other. */
Test(watch_edges, the_timeline_has_all_three_views)
{
	struct command_result result =
		cli(lab_with_ports(), "watch", "-v", "--", liar("select-check"), LAB_PEER4, "7001");
	static const char *const words[] = {"app",	"socket",   "wire", "connect()",
					    "select()", "SYN_SENT", "RST"};

	expect_status(result, 0);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		expect_said(result.errors.bytes, words[i]);
}

/* In a container the numbers of processes are others. */
Test(watch_edges, in_a_pid_namespace)
{
	struct command_result result =
		cli_shell(lab_with_ports(), "exec 3>&1 1>&2; exec unshare --pid --fork "
					    "--mount-proc \"$0\" watch -j -o /dev/fd/3 -- "
					    ".output/liars/select-check " LAB_PEER4 " 7001");
	json_t *record;

	expect_status(result, 0);
	record = scenario_record(cli_json(result.output.bytes), "connect", NULL, NULL);
	expect_verdict(record, "closed", "reset");
	expect_accused(record, "error-unread");
}

/* Given up, it is no verdict at all. */
static bool is_careful(const json_t *record)
{
	return field_is_text(record, "status", "closed") ||
	       field_is_text(record, "status", "incomplete") ||
	       (field_is_text(record, "status", "aborted") &&
		json_is_false(field(record, "complete")));
}

/* A ring of one page holds some 15 records, and two hundred programs connect at once. */
static void expect_loss_is_said(struct lab *lab, const char *host)
{
	struct watched watched =
		watch(lab, "--check", "--ring-bytes", "4096", "--children", "--", "sh", "-c",
		      "for k in $(seq 200); do \"$@\" >/dev/null & done; wait; exit 0", "sh",
		      liar("ways"), "poll", host, "7001");
	json_t *record;
	size_t i;

	cr_assert_eq(watched.status, 4, "status %d: %s", watched.status, watched.said);
	expect_between(scenario_record(watched.lines, "watch", NULL, NULL), "events_lost", 1, 1e9);
	json_array_foreach(watch_connects(&watched), i, record)
	{
		expect_not_accused(record);
		expect_record(record, is_careful(claimed), "not what was seen: %s");
	}
}

BOTH_FAMILIES(watch_edges, lost_evidence_is_said_and_accuses_nobody)
{
	expect_loss_is_said(lab_with_ports(), places_of(family)->peer);
}

/*
 * Where the SYN that nobody listens for is dropped on this very host, which is no reason to call it
 * blocked.
 */
BOTH_FAMILIES(watch_edges, lost_evidence_at_the_own_host)
{
	expect_loss_is_said(scenario_lab(), places_of(family)->client);
}
