/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which probes are told of, and how loudly: changes, failures, outstanding ones, the bell. */
#include <string.h>

#include "tests/scenarios/cli.h"

#define OPEN_PORT   7000
#define OPEN	    LAB_PEER4 ":7000"
#define SILENT	    LAB_PEER4 ":7001"
#define CLOSED	    LAB_PEER4 ":7002"
#define SERVER	    LAB_SERVER4 ":7000"
#define SERVER6	    "[" LAB_SERVER6 "]:7000"
#define SERVER_PORT 7000

static struct lab *lab_with_ports(void)
{
	struct lab *lab = scenario_lab();

	lab_peer_rule(lab, OPEN_PORT, (struct peer_rule){.answer = PEER_SYN_ACK});
	lab_peer_rule(lab, 7002, (struct peer_rule){.answer = PEER_RST});
	return lab;
}

static const json_t *nth_probe(const json_t *lines, size_t n)
{
	size_t i;
	json_t *line;

	json_array_foreach(lines, i, line)
	{
		if (field_is_text(line, "type", "probe") && n-- == 0)
			return line;
	}
	cr_assert_fail("too few probes");
	return NULL;
}

/*
 * The first two SYNs that the router sees reach the server, the third and later ones are refused: a
 * SYN is of 60 bytes, or of 80 over IPv6.
 */
static struct lab *lab_that_closes(int family)
{
	struct lab *lab = scenario_lab();
	char rules[256];

	scenario_listen(lab, LAB_SERVER, family, SERVER_PORT);
	snprintf(rules, sizeof(rules),
		 "table inet later { chain c { type filter hook forward priority 0; tcp dport 7000 "
		 "tcp flags syn quota over %d bytes reject "
		 "with tcp reset; }; }\n",
		 family == AF_INET ? 2 * 60 : 2 * 80);
	scenario_nft(lab, LAB_ROUTER, rules);
	return lab;
}

BOTH_FAMILIES(selection, changes_are_the_first_probe_and_each_one_that_differs)
{
	const char *target = family == AF_INET ? SERVER : SERVER6;
	struct command_result result = cli(lab_that_closes(family), "-j", "--changes", "-c", "4",
					   "-i", "0.1", "--hold", "0", target);
	json_t *lines = cli_json(result.output.bytes);

	expect_status(result, 0);
	cr_assert_eq(cli_count(lines, "probe", NULL, NULL), 2, "%s", result.output.bytes);
	expect_text(nth_probe(lines, 0), "status", "open");
	expect_number(nth_probe(lines, 0), "seq", 1);
	expect_text(nth_probe(lines, 1), "status", "closed");
	expect_number(nth_probe(lines, 1), "seq", 3);
	expect_number(json_array_get(lines, 2), "probes", 4);
}

Test(selection, failures_are_all_that_was_not_expected)
{
	struct command_result result = cli(lab_that_closes(AF_INET), "-j", "--failures", "-c", "4",
					   "-i", "0.1", "--hold", "0", SERVER);
	json_t *lines = cli_json(result.output.bytes);

	expect_status(result, 0);
	cr_assert_eq(cli_count(lines, "probe", NULL, NULL), 2, "%s", result.output.bytes);
	cr_assert_eq(cli_count(lines, "probe", "status", "closed"), 2);
}

Test(selection, changes_to_a_failure_are_both)
{
	struct command_result result = cli(lab_that_closes(AF_INET), "--failures", "--changes",
					   "-c", "4", "-i", "0.1", "--hold", "0", SERVER);

	cr_assert_eq(cli_lines_with(result.output.bytes, " 3  closed"), 1, "%s",
		     result.output.bytes);
	cr_assert_eq(cli_lines_with(result.output.bytes, "ttl"), 1, "%s", result.output.bytes);
	expect_said(result.output.bytes, "4 probes: 2 open, 2 closed");
}

Test(selection, amendments_of_hidden_probes_are_hidden_and_counted)
{
	static const char *const options[] = {"--failures", "--changes"};
	struct lab *lab = scenario_lab();

	lab_peer_rule(lab, OPEN_PORT,
		      (struct peer_rule){.answer = PEER_SYN_ACK,
					 .after = PEER_AFTER_RST,
					 .after_delay_us = 20000});
	for (size_t i = 0; i < 2; i++) {
		struct command_result result =
			cli(lab, "-j", options[i], "-c", "3", "-i", "0.1", "--hold", "1", OPEN);
		json_t *lines = cli_json(result.output.bytes);

		cr_assert_eq(cli_count(lines, "probe", NULL, NULL), i, "%s", result.output.bytes);
		cr_assert_eq(cli_count(lines, "amendment", NULL, NULL), i, "%s",
			     result.output.bytes);
		expect_number(json_array_get(lines, json_array_size(lines) - 1),
			      "amendments.reset-by-peer", 3);
	}
}

/* The record of a probe that waits comes before the next one's, and before its own verdict. */
Test(selection, an_outstanding_probe_is_told_of_when_the_next_one_is_due)
{
	struct command_result result =
		cli(lab_with_ports(), "-j", "-O", "-c", "2", "-i", "0.3", "-W", "1", SILENT);
	json_t *lines = cli_json(result.output.bytes);

	expect_status(result, 1);
	expect_text(json_array_get(lines, 0), "type", "outstanding");
	expect_number(json_array_get(lines, 0), "seq", 1);
	expect_between(json_array_get(lines, 0), "waited_us", 250e3, 20e6);
	cr_assert_eq(cli_count(lines, "outstanding", NULL, NULL), 1, "%s", result.output.bytes);
	cr_assert_eq(cli_count(lines, "probe", "status", "filtered"), 2);
}

Test(selection, outstanding_probes_have_the_time_before_them_too)
{
	static const char *const formats[][2] = {
		{"-D", "%*u.%*6u %n"},
		{"-Diso", "%*4u-%*2u-%*2uT%*2u:%*2u:%*2u.%*6uZ %n"},
		{"-Drel", " %*u.%*6u %n"}};
	struct lab *lab = lab_with_ports();

	for (size_t i = 0; i < 3; i++) {
		struct command_result result =
			cli(lab, "-O", formats[i][0], "-c", "2", "-i", "0.2", "-W", "0.5", SILENT);
		const char *line = strchr(result.output.bytes, '\n');
		int behind = 0;

		cr_assert(line);
		sscanf(line + 1, formats[i][1], &behind);
		cr_assert(!strncmp(line + 1 + behind, "1  no verdict yet, ", 19), "%s: %s",
			  formats[i][0], result.output.bytes);
		cr_assert_gt(behind, 0);
		cr_assert_eq(cli_lines_with(result.output.bytes, "no verdict yet"), 1);
	}
}

Test(selection, the_bell_rings_for_what_is_expected)
{
	struct lab *lab = lab_with_ports();

	cr_assert_str_eq(
		cli(lab, "-a", "-c", "3", "-i", "0.1", "--hold", "0", OPEN, CLOSED).errors.bytes,
		"\a\a\a");
	cr_assert_str_eq(cli(lab, "-a", "-c", "2", "-i", "0.1", "--expect", "closed", CLOSED,
			     SILENT, "-W", "0.3")
				 .errors.bytes,
			 "\a\a");
	cr_assert_str_eq(
		cli(lab, "-a", "-c", "3", "-i", "0.1", "--hold", "0", "--changes", "-j", OPEN)
			.errors.bytes,
		"\a");
	cr_assert_str_empty(
		cli(lab, "-a", "-c", "2", "-i", "0.1", "--hold", "0", "--failures", OPEN)
			.errors.bytes);
}
