/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Probing from several network namespaces side by side, and from one that goes. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/scenarios/cli.h"

/*
 * Names live in /run/netns, which everybody on the machine sees: have a /run of our own. $0 is the
 * program.
 */
#define OWN_NAMES "mount -t tmpfs none /run && mkdir /run/netns || exit 99; "

struct pids {
	char text[LAB_HOSTS][16];
};

static struct pids pids_of(const struct lab *lab)
{
	struct pids pids;

	for (int i = 0; i < LAB_HOSTS; i++)
		snprintf(pids.text[i], sizeof(pids.text[i]), "%d", lab->hosts[i].holder);
	return pids;
}

static struct command_result with_own_names(struct lab *lab, const char *script)
{
	return cli_run(lab, (const char *const[]){"unshare", "-m", "sh", "-c", script,
						  cli_program(), NULL});
}

static const json_t *record_of(const json_t *lines, const char *netns, const char *address)
{
	json_t *line;
	size_t i;

	json_array_foreach(lines, i, line)
	{
		if (field_is_text(line, "type", "probe") &&
		    field_is_text(line, "netns_name", netns) &&
		    field_is_text(line, "address", address))
			return line;
	}
	cr_assert_fail("nothing of %s from %s: %s", address, netns, record_text(lines));
	return NULL;
}

/* b1 to b200, in $names as options. */
#define TWO_HUNDRED                                                                                \
	OWN_NAMES "seq -f 'netns add b%g' 200 | ip -batch - && "                                   \
		  "for i in $(seq 200); do ip -n b$i link set lo up; done; "                       \
		  "names=$(seq -f '-N b%g' 200); "

static size_t netns_numbers(const json_t *lines)
{
	json_t *numbers = json_object(), *line;
	char number[32];
	size_t i, count;

	json_array_foreach(lines, i, line)
	{
		if (!field_is_text(line, "type", "probe"))
			continue;
		snprintf(number, sizeof(number), "%lld",
			 (long long)json_integer_value(field(line, "netns")));
		json_object_set_new(numbers, number, json_true());
	}
	count = json_object_size(numbers);
	json_decref(numbers);
	return count;
}

Test(namespaces, of_two_hundred_each_is_probed)
{
	struct command_result result =
		with_own_names(scenario_lab(), TWO_HUNDRED "exec $0 -j -c 1 $names 127.0.0.1 80");
	const json_t *lines = cli_json(result.output.bytes);

	expect_status(result, 1);
	cr_assert_eq(cli_count(lines, "probe", "reason", "reset"), 200, "%s", result.errors.bytes);
	cr_expect_eq(netns_numbers(lines), 200);
}

/* However many lanes there are: 4,000 targets are enough for two. */
Test(namespaces, of_two_hundred_each_keeps_one_descriptor)
{
	struct command_result result =
		with_own_names(scenario_lab(), TWO_HUNDRED
			       "ulimit -n 500; exec $0 -j -c 1 -p 1-20 $names 127.0.0.1");

	expect_status(result, 1);
	cr_assert_str_empty(result.errors.bytes);
	cr_assert_eq(cli_count(cli_json(result.output.bytes), "probe", "reason", "reset"), 4000);
}

Test(namespaces, too_few_descriptors_for_all_are_said_before_anything_is_probed)
{
	struct command_result result = with_own_names(
		scenario_lab(), TWO_HUNDRED "ulimit -n 250; exec $0 -j -c 1 $names 127.0.0.1 80");

	expect_status(result, 4);
	expect_said(result.errors.bytes, "200 network namespaces (-N) need");
	expect_said(result.errors.bytes, "the limit is 250; raise the limit (ulimit -n ");
	cr_assert_str_empty(result.output.bytes);
}

BOTH_FAMILIES(namespaces, the_same_targets_are_judged_in_each_by_itself)
{
	const struct places *at = places_of(family);
	struct lab *lab = scenario_lab();
	struct pids pids = pids_of(lab);
	const char *client = pids.text[LAB_CLIENT], *router = pids.text[LAB_ROUTER],
		   *server = pids.text[LAB_SERVER];
	struct command_result result;
	const json_t *lines;

	scenario_listen(lab, LAB_SERVER, family, 80);
	scenario_nft(lab, LAB_ROUTER,
		     "table inet t {\n chain c {\n type filter hook forward priority 0; tcp dport "
		     "80 drop\n }\n}\n");
	result = cli(lab, "-j", "-c", "1", "-W", "500ms", "-p", "80", "-N", client, "-N", router,
		     "-N", server, at->server, at->loopback);
	expect_status(result, 1);
	lines = cli_json(result.output.bytes);
	cr_assert_eq(cli_count(lines, "probe", NULL, NULL), 6);
	expect_verdict(record_of(lines, client, at->server), "filtered", "no-reply");
	expect_verdict(record_of(lines, router, at->server), "open", "syn-ack");
	expect_verdict(record_of(lines, client, at->loopback), "closed", "reset");
	expect_verdict(record_of(lines, server, at->loopback), "open", "syn-ack");
	cr_assert_neq(json_integer_value(field(record_of(lines, client, at->loopback), "netns")),
		      json_integer_value(field(record_of(lines, server, at->loopback), "netns")));
}

Test(namespaces, titles_tell_them_apart)
{
	struct lab *lab = scenario_lab();
	struct pids pids = pids_of(lab);
	struct command_result result = cli(lab, "-c", "1", "-N", pids.text[LAB_CLIENT], "-N",
					   pids.text[LAB_SERVER], "127.0.0.1", "80");
	char title[64];

	snprintf(title, sizeof(title), "127.0.0.1:80@%s", pids.text[LAB_CLIENT]);
	expect_said(result.output.bytes, title);
	snprintf(title, sizeof(title), "127.0.0.1:80@%s", pids.text[LAB_SERVER]);
	expect_said(result.output.bytes, title);
}

static void expect_refused(struct lab *lab, const char *netns, const char *word)
{
	struct command_result result = cli(lab, "-N", netns, LAB_PEER4, "80");

	expect_status(result, 3);
	expect_said(result.errors.bytes, word);
	cr_expect_eq(lab->peer->syns_read, 0);
}

Test(namespaces, what_is_no_network_namespace_is_refused)
{
	struct lab *lab = scenario_lab();
	pid_t dead = fork();
	char pid[16];

	if (dead == 0)
		_exit(0);
	cr_assert_eq(waitpid(dead, NULL, 0), dead);
	snprintf(pid, sizeof(pid), "%d", dead);
	expect_refused(lab, pid, "nor a process with that PID");
	expect_refused(lab, "/proc/self/ns/mnt", "a mount namespace");
	expect_refused(lab, "/proc/version", "is no network namespace");
	expect_refused(lab, "ktcping-has-no-such-name", "no network namespace of that name");
}

Test(namespaces, a_device_that_only_one_of_them_has_is_refused_by_name)
{
	struct lab *lab = scenario_lab();
	struct pids pids = pids_of(lab);
	struct command_result result = cli(lab, "-N", pids.text[LAB_CLIENT], "-N",
					   pids.text[LAB_SERVER], "-I", "tun0", LAB_PEER4, "80");

	expect_status(result, 3);
	expect_said(result.errors.bytes,
		    "-I tun0: there is no such device in the network namespace");
	expect_said(result.errors.bytes, pids.text[LAB_SERVER]);
	cr_expect_eq(lab->peer->syns_read, 0);
}

/* The client has a TUN device before its eth0, the router has not: the numbers differ. */
Test(namespaces, the_device_of_a_link_local_address_is_looked_for_in_each)
{
	struct lab *lab = scenario_lab();
	struct pids pids = pids_of(lab);
	struct command_result result;
	const json_t *lines;

	scenario_ip(lab, LAB_CLIENT, "address add fe80::1/64 dev eth0 nodad\n");
	scenario_ip(lab, LAB_ROUTER, "address add fe80::2/64 dev eth0 nodad\n");
	result = cli(lab, "-j", "-c", "1", "-N", pids.text[LAB_CLIENT], "-N", pids.text[LAB_ROUTER],
		     "[fe80::2%eth0]:80");
	lines = cli_json(result.output.bytes);
	cr_assert_eq(cli_count(lines, "probe", "status", "closed"), 2, "%s", result.output.bytes);
}

/* In order: no probe was made in it once it was known to be gone. */
static void expect_reset_then_gone(const json_t *lines)
{
	bool is_gone = false;
	json_t *line;
	size_t i;

	json_array_foreach(lines, i, line)
	{
		if (!field_is_text(line, "type", "probe"))
			continue;
		is_gone |= field_is_text(line, "reason", "no-namespace");
		expect_verdict(line, is_gone ? "blocked" : "closed",
			       is_gone ? "no-namespace" : "reset");
	}
	cr_assert(is_gone, "%s", record_text(lines));
}

#define BLUE	      OWN_NAMES "ip netns add blue && ip -n blue link set lo up && "
#define UNTIL_PROBED  "until grep -q probe /run/out; do sleep 0.05; done; "
#define UNTIL_BLOCKED "until grep -q no-namespace /run/out; do sleep 0.05; done; "
#define UNTIL_V0_GOES "while ip link show v0 >/dev/null 2>&1; do sleep 0.05; done; "
#define UNTIL_SENT                                                                                 \
	"until ip netns exec blue ss -tan state syn-sent | grep -q :80; do sleep 0.05; done; "
#define DELETE_BLUE    "ip netns del blue; "
#define IN_BACKGROUND  " >/run/out & "
#define THEN_ITS_LINES "wait $!; s=$?; cat /run/out; exit $s; }"

/* %s of the script: the address. */
static struct command_result in_blue(struct lab *lab, const char *script, const char *address)
{
	char line[1024];

	snprintf(line, sizeof(line), script, address);
	return with_own_names(lab, line);
}

/* Its end of a veth is gone with it, though the run goes on: nothing of it is kept. */
BOTH_FAMILIES(namespaces, one_that_is_deleted_is_given_back_and_its_probes_are_blocked)
{
	struct command_result result =
		in_blue(scenario_lab(),
			BLUE "ip link add v0 type veth peer name v1 netns blue && "
			     "{ $0 -j -N blue -c 5 %s 80" IN_BACKGROUND UNTIL_PROBED DELETE_BLUE
				     UNTIL_V0_GOES THEN_ITS_LINES,
			places_of(family)->loopback);

	expect_status(result, 1);
	expect_reset_then_gone(cli_json(result.output.bytes));
	cr_assert_eq(cli_lines_with(result.errors.bytes, "namespace blue was deleted"), 1, "%s",
		     result.errors.bytes);
}

Test(namespaces, one_that_is_deleted_during_a_scan_has_its_probes_blocked)
{
	struct command_result result =
		in_blue(scenario_lab(),
			BLUE "{ $0 -j --rate 20 -p 1-60 -N blue %s" IN_BACKGROUND UNTIL_PROBED
				DELETE_BLUE THEN_ITS_LINES,
			"127.0.0.1");

	expect_status(result, 1);
	expect_reset_then_gone(cli_json(result.output.bytes));
}

/* The old one's loopback is down, so that only the new one's port can be closed. */
BOTH_FAMILIES(namespaces, one_that_is_made_anew_is_probed_from_again)
{
	struct command_result result = in_blue(
		scenario_lab(),
		OWN_NAMES
		"ip netns add blue && "
		"{ $0 -j -N blue -c 0 -i 0.1 --until closed %s 80" IN_BACKGROUND UNTIL_PROBED
			DELETE_BLUE UNTIL_BLOCKED
		"ip netns add blue; ip -n blue link set lo up; " THEN_ITS_LINES,
		places_of(family)->loopback);
	const json_t *lines = cli_json(result.output.bytes);

	cr_assert_eq(cli_count(lines, "probe", "reason", "reset"), 1, "%s", result.output.bytes);
	cr_assert_geq(netns_numbers(lines), 2, "%s", result.output.bytes);
	cr_assert_eq(cli_lines_with(result.errors.bytes, "namespace blue was made anew"), 1, "%s",
		     result.errors.bytes);
}

/*
 * The client lives on: it is its name that is gone while a SYN is unanswered. From the router, for
 * one's own is not followed.
 */
BOTH_FAMILIES(namespaces, silence_from_one_that_was_deleted_meanwhile_proves_nothing)
{
	struct lab *lab = scenario_lab();
	struct command_result result;
	char script[1024];

	snprintf(script, sizeof(script),
		 OWN_NAMES "touch /run/netns/blue && "
			   "mount --bind /proc/%s/ns/net /run/netns/blue && "
			   "{ $0 -j -N blue -c 1 -W 3 %s 80" IN_BACKGROUND UNTIL_SENT DELETE_BLUE
				   THEN_ITS_LINES,
		 pids_of(lab).text[LAB_CLIENT], places_of(family)->peer);
	cr_assert_eq(lab_run(lab, LAB_ROUTER,
			     (const char *const[]){"unshare", "-m", "sh", "-c", script,
						   cli_program(), NULL},
			     SCENARIO_TIMEOUT_MS, &result, NULL),
		     0);
	cr_assert_eq(cli_count(cli_json(result.output.bytes), "probe", "reason", "no-namespace"), 1,
		     "%s", result.output.bytes);
	expect_said(result.output.bytes, "the network namespace of the socket was deleted");
}

Test(namespaces, one_whose_process_is_killed_is_probed_on)
{
	struct lab *lab = scenario_lab();
	struct pids pids = pids_of(lab);
	struct command_process process;
	struct command_result result;

	process = cli_start(lab, "-j", "-N", pids.text[LAB_SERVER], "-c", "4", "127.0.0.1", "80");
	cli_await(&process, "\"probe\"", 1);
	cr_assert_eq(kill(lab->hosts[LAB_SERVER].holder, SIGKILL), 0);
	result = cli_finish(&process);
	expect_status(result, 1);
	cr_assert_eq(cli_count(cli_json(result.output.bytes), "probe", "reason", "reset"), 4, "%s",
		     result.output.bytes);
	cr_assert_eq(cli_lines_with(result.errors.bytes, "has ended"), 1, "%s",
		     result.errors.bytes);
}
