/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The command line: what is refused and how, and what the options do to the output. */
#include "tests/scenarios/cli.h"

#define OPEN_PORT   7000
#define CLOSED_PORT 7001
#define OPEN	    LAB_PEER4 ":7000"
#define CLOSED	    LAB_PEER4 ":7001"
#define SILENT	    LAB_PEER4 ":7002"
/* Too long for the name service to ask anybody. */
#define NO_NAME "x234567890123456789012345678901234567890123456789012345678901234.test"

static struct lab *lab_with_ports(void)
{
	struct lab *lab = scenario_lab();

	lab_peer_rule(lab, OPEN_PORT, (struct peer_rule){.answer = PEER_SYN_ACK});
	lab_peer_rule(lab, CLOSED_PORT, (struct peer_rule){.answer = PEER_RST});
	return lab;
}

/* Before anything that needs root or a kernel: no lab. */
Test(cli, what_cannot_be_meant_is_refused_with_a_sentence)
{
	static const struct {
		const char *arguments[5];
		const char *says;
	} cases[] = {
		{{"--no-such-option", "192.0.2.1"}, "--no-such-option"},
		{{"-x", "192.0.2.1"}, "'x'"},
		{{NULL}, "no target"},
		{{"-c", "12abc", "192.0.2.1"}, "12abc"},
		{{"-c", "-5", "192.0.2.1"}, "-5"},
		{{"-c", "", "192.0.2.1"}, "-c"},
		{{"-i", "-1", "192.0.2.1"}, "-i"},
		{{"-i", "1 s", "192.0.2.1"}, "-i"},
		{{"-W", "0", "192.0.2.1"}, "-W"},
		{{"-W", "99999999999999999999s", "192.0.2.1"}, "-W"},
		{{"192.0.2.1", "70000"}, "70000"},
		{{"192.0.2.1", "0"}, "port"},
		{{"192.0.2.1", "12abc"}, "12abc"},
		{{"--", "192.0.2.1", "-5"}, "-5"},
		{{"192.0.2.1:70000"}, "70000"},
		{{"192.0.2.1:"}, "192.0.2.1:"},
		{{"-p", "80,", "192.0.2.1"}, "80,"},
		{{"-p", "90-80", "192.0.2.1"}, "90-80"},
		{{"-p", "0-80", "192.0.2.1"}, "0"},
		{{"443"}, "HOST"},
		{{"443", "192.0.2.1"}, "443"},
		{{"-4", "2001:db8::1"}, "2001:db8::1"},
		{{"-6", "192.0.2.1"}, "192.0.2.1"},
		{{"-4", "-6", "192.0.2.1"}, "contradict"},
		{{"-t", "192.0.2.1"}, "-W"},
		{{"-n", "4", "192.0.2.1"}, "-c"},
		{{"--expect", "opened", "192.0.2.1"}, "opened"},
		{{"-Dlater", "192.0.2.1"}, "later"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *argv[6] = {cli_program()};
		struct command_result result;

		memcpy(argv + 1, cases[i].arguments, 4 * sizeof(argv[0]));
		result = cli_run(NULL, argv);
		expect_status(result, 3);
		expect_said(result.errors.bytes, cases[i].says);
		cr_assert_str_empty(result.output.bytes);
	}
}

Test(cli, help_and_version_need_neither_root_nor_a_network)
{
	struct command_result help =
		cli_shell(NULL, "setpriv --reuid=65534 --regid=65534 --clear-groups \"$0\" --help");
	struct command_result version = cli_shell(
		NULL, "setpriv --reuid=65534 --regid=65534 --clear-groups \"$0\" --version");

	expect_status(help, 0);
	expect_said(help.output.bytes, "--timeout");
	expect_said(help.output.bytes, "ECONNRESET");
	expect_status(version, 0);
	expect_said(version.output.bytes, "ktcping");
}

Test(cli, without_root_it_says_what_is_missing)
{
	struct lab *lab = scenario_lab();
	struct command_result result = cli_shell(
		lab, "setpriv --reuid=65534 --regid=65534 --clear-groups \"$0\" -c 1 " OPEN);

	expect_status(result, 4);
	expect_said(result.errors.bytes, "ktcping: ");
	expect_said(result.errors.bytes, "root");
	cr_assert_eq(cli_lines_with(result.errors.bytes, ""), 1, "more than a sentence:\n%s",
		     result.errors.bytes);
	expect_not_said(result.output.bytes, "open");
}

Test(cli, a_name_that_does_not_resolve_keeps_nobody_else_waiting)
{
	struct lab *lab = lab_with_ports();
	struct command_result text =
		cli(lab, "-c", "2", "-i", "0.1", "--hold", "0", NO_NAME ":80", OPEN);
	struct command_result json =
		cli(lab, "-j", "-c", "2", "-i", "0.1", "--hold", "0", NO_NAME ":80", OPEN);
	json_t *lines = cli_json(json.output.bytes);

	expect_status(text, 2);
	expect_said(text.output.bytes, NO_NAME);
	expect_said(text.output.bytes, "2 probes: 2 open");
	expect_status(json, 2);
	cr_assert_eq(cli_count(lines, "probe", "status", "open"), 2);
	cr_assert_eq(cli_count(lines, "probe", NULL, NULL), 2);
}

Test(cli, a_run_whose_only_name_does_not_resolve_ends)
{
	struct command_result result = cli(lab_with_ports(), "-c", "1", NO_NAME, "80");

	expect_status(result, 2);
	expect_said(result.output.bytes, NO_NAME);
}

Test(cli, several_targets_are_probed_side_by_side)
{
	struct lab *lab = lab_with_ports();
	struct command_result result = cli(lab, "-j", "-c", "2", "-i", "0.1", "-W", "300ms",
					   "--hold", "0", OPEN, CLOSED, SILENT);
	json_t *lines = cli_json(result.output.bytes);

	expect_status(result, 1);
	cr_assert_eq(cli_count(lines, "probe", "status", "open"), 2);
	cr_assert_eq(cli_count(lines, "probe", "status", "closed"), 2);
	cr_assert_eq(cli_count(lines, "probe", "status", "filtered"), 2);
	cr_assert_eq(cli_count(lines, "summary", NULL, NULL), 3);
}

static void expect_same_fields(const json_t *record, const json_t *other)
{
	const char *name;
	json_t *value;

	cr_assert_eq(json_object_size(record), json_object_size(other), "%s\n%s",
		     record_text(record), record_text(other));
	json_object_foreach((json_t *)record, name, value)
		cr_assert(field(other, name), "%s is missing: %s", name, record_text(other));
}

Test(cli, json_has_all_fields_whatever_came_out)
{
	struct lab *lab = lab_with_ports();
	struct command_result result = cli(lab, "-j", "-c", "1", "-W", "300ms", "--hold", "0", OPEN,
					   CLOSED, SILENT, "10.77.0.2:80", NO_NAME);
	json_t *lines = cli_json(result.output.bytes), *line, *first_probe = NULL,
	       *first_summary = NULL;
	size_t i;

	expect_status(result, 2);
	json_array_foreach(lines, i, line)
	{
		json_t **first =
			field_is_text(line, "type", "probe") ? &first_probe : &first_summary;

		if (!field_is_text(line, "type", "probe") &&
		    !field_is_text(line, "type", "summary"))
			continue;
		if (!*first)
			*first = line;
		expect_same_fields(*first, line);
	}
	cr_assert_eq(cli_count(lines, "probe", NULL, NULL), 4, "%s", result.output.bytes);
	cr_assert_geq(cli_count(lines, "summary", NULL, NULL), 4, "%s", result.output.bytes);
}

Test(cli, a_port_list_makes_every_word_a_host)
{
	struct lab *lab = lab_with_ports();
	struct command_result result = cli(lab, "-j", "-c", "1", "-W", "300ms", "--hold", "0", "-p",
					   "7000,7001-7002", LAB_PEER4, "10.9.0.8");
	json_t *lines = cli_json(result.output.bytes);

	cr_assert_eq(cli_count(lines, "probe", NULL, NULL), 6);
	cr_assert_eq(cli_count(lines, "probe", "target", "10.9.0.8:7002"), 1);
	cr_assert_eq(cli_count(lines, "probe", "status", "open"), 2);
}

Test(cli, quiet_prints_summaries_only)
{
	struct command_result result =
		cli(lab_with_ports(), "-q", "-c", "2", "-i", "0.1", "--hold", "0", OPEN, CLOSED);

	expect_not_said(result.output.bytes, "ttl");
	cr_assert_eq(cli_lines_with(result.output.bytes, "2 probes: "), 2, "%s",
		     result.output.bytes);
}

Test(cli, every_probe_line_begins_with_its_time_when_asked)
{
	struct lab *lab = lab_with_ports();
	struct command_result relative =
		cli(lab, "-Drel", "-c", "2", "-i", "0.5", "--hold", "0", OPEN);
	struct command_result iso = cli(lab, "-Diso", "-c", "1", "--hold", "0", OPEN);
	struct command_result unix_seconds = cli(lab, "-D", "-c", "1", "--hold", "0", OPEN);
	const char *second = strstr(relative.output.bytes, "  2  open");
	double seconds = 0;
	unsigned year = 0, month = 0, day = 0;

	cr_assert(second, "%s", relative.output.bytes);
	while (second > relative.output.bytes && second[-1] != '\n')
		second--;
	cr_assert_eq(sscanf(second, " %lf ", &seconds), 1);
	cr_assert(seconds >= 0.5 && seconds < 10, "%s", relative.output.bytes);
	cr_assert_eq(
		sscanf(strchr(iso.output.bytes, '\n') + 1, "%4u-%2u-%2uT", &year, &month, &day), 3,
		"%s", iso.output.bytes);
	cr_assert_eq(sscanf(strchr(unix_seconds.output.bytes, '\n') + 1, "%lf ", &seconds), 1);
	cr_assert_gt(seconds, 1e9, "%s", unix_seconds.output.bytes);
}

Test(cli, expect_names_the_status_that_is_success)
{
	struct lab *lab = lab_with_ports();

	expect_status(cli(lab, "-c", "1", "--hold", "0", OPEN), 0);
	expect_status(cli(lab, "-c", "1", "--hold", "0", CLOSED), 1);
	expect_status(cli(lab, "-c", "1", "--hold", "0", "--expect", "closed", CLOSED), 0);
	expect_status(cli(lab, "-c", "1", "--hold", "0", "--expect", "closed", OPEN), 1);
	expect_status(cli(lab, "-c", "1", "--hold", "0", "--expect", "closed", CLOSED, OPEN), 1);
}

/* Every second SYN is dropped here, so that one of two probes is open. */
Test(cli, strict_wants_it_of_every_probe)
{
	struct lab *lab = lab_with_ports();

	scenario_nft(lab, LAB_CLIENT,
		     "table ip t {\n chain c {\n type filter hook output priority 0\n"
		     " tcp dport 7000 tcp flags & (syn | ack) == syn numgen inc mod 2 == 0 drop\n "
		     "}\n}\n");
	expect_status(cli(lab, "-c", "2", "-i", "0.5", "-W", "0.4", "--hold", "0", OPEN), 0);
	expect_status(
		cli(lab, "-c", "2", "-i", "0.5", "-W", "0.4", "--hold", "0", "--strict", OPEN), 1);
}
