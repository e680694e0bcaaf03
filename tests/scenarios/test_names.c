// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Names and link-local addresses: which addresses are probed, how they are called, and what is said
 * of those that cannot be.
 */
#include "tests/scenarios/private.h"

#define PORT	   7000
#define RUN	   "exec \"$0\" -c 1 --hold 0 "
#define JSON_RUN   RUN "-j "
#define FOUR	   PRIVATE_HOSTS("10.9.0.7 many\\n10.9.0.8 many\\nfd00:9::7 many\\nfd00:9::8 many\\n")
#define ONE	   PRIVATE_HOSTS("10.9.0.7 one\\n")
#define LINK_LOCAL "fe80::7"
/* Too long for the name service to ask anybody. */
#define NO_NAME "x234567890123456789012345678901234567890123456789012345678901234.test"

static struct lab *lab_with_port(void)
{
	struct lab *lab = scenario_lab();

	lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_SYN_ACK});
	return lab;
}

Test(names, every_address_of_a_name_is_a_target_of_its_own)
{
	static const struct {
		const char *option, *header, *addresses[4];
	} cases[] = {
		{"", " of 4 addresses", {"10.9.0.7", "10.9.0.8", "fd00:9::7", "fd00:9::8"}},
		{"-4 ", " of 2 addresses", {"10.9.0.7", "10.9.0.8"}},
		{"-6 ", " of 2 addresses", {"fd00:9::7", "fd00:9::8"}},
	};
	struct lab *lab = lab_with_port();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char script[512], title[64];
		struct command_result json, text;
		json_t *lines;
		size_t count = 0;

		snprintf(script, sizeof(script), FOUR JSON_RUN "--all-addrs %smany 7000",
			 cases[i].option);
		json = private_run(lab, script);
		snprintf(script, sizeof(script), FOUR RUN "--all-addrs %smany 7000",
			 cases[i].option);
		text = private_run(lab, script);
		expect_status(json, 0);
		expect_status(text, 0);
		lines = cli_json(json.output.bytes);
		for (; count < 4 && cases[i].addresses[count]; count++) {
			snprintf(title, sizeof(title), "many:7000(%s)", cases[i].addresses[count]);
			cr_assert_eq(
				cli_count(lines, "probe", "address", cases[i].addresses[count]), 1);
			cr_assert_eq(
				cli_count(lines, "summary", "address", cases[i].addresses[count]),
				1);
			cr_assert_eq(cli_lines_with(text.output.bytes, title), 2,
				     "no line and summary of %s:\n%s", title, text.output.bytes);
		}
		cr_assert_eq(cli_count(lines, "probe", NULL, NULL), count);
		cr_assert_eq(cli_lines_with(text.output.bytes, cases[i].header), count,
			     "the header does not say so:\n%s", text.output.bytes);
	}
}

/* Four of twenty are closed, the last ones. */
Test(names, no_address_of_a_name_is_left_out)
{
	struct lab *lab = lab_with_port();
	struct command_result result;
	json_t *lines;

	lab_peer_rule(lab, 7001, (struct peer_rule){.answer = PEER_RST});
	result = private_run(
		lab,
		"for i in $(seq 1 20); do echo \"10.9.0.1$((i + 10)) many\"; done > /etc/hosts; "
		"exec \"$0\" -j -c 1 --strict --all-addrs -p 7000,7001 many");
	lines = cli_json(result.output.bytes);
	expect_status(result, 1);
	cr_assert_eq(cli_count(lines, "probe", "status", "open"), 20, "%s", result.output.bytes);
	cr_assert_eq(cli_count(lines, "probe", "status", "closed"), 20, "%s", result.output.bytes);
}

/* As in a container that starts before its database has a name. */
Test(names, until_waits_for_a_name_as_well)
{
	struct command_process process =
		private_start(lab_with_port(), "exec \"$0\" -j --until open one 7000");
	struct command_result result;

	cli_await_errors(&process, "asked again until it has an address", 1);
	private_set_hosts(&process, "10.9.0.7 one\n");
	result = cli_finish(&process);
	expect_status(result, 0);
	cr_assert_eq(cli_count(cli_json(result.output.bytes), "probe", "status", "open"), 1, "%s",
		     result.output.bytes);
}

Test(names, until_without_a_name_ends_as_unresolved)
{
	struct command_result result =
		private_run(lab_with_port(),
			    "exec \"$0\" -w 500ms --until open " NO_NAME ":7000 10.9.0.7:7000");

	expect_status(result, 2);
	expect_said(result.output.bytes, "10.9.0.7:7000");
	expect_said(result.errors.bytes, "not probed: it had no address when the run ended");
	cr_assert_eq(cli_lines_with(result.errors.bytes, "asked again"), 1, "%s",
		     result.errors.bytes);
}

Test(names, only_the_first_address_is_probed_unless_all_are_asked_for)
{
	struct lab *lab = lab_with_port();
	struct command_result text = private_run(lab, FOUR RUN "-4 many 7000");
	struct command_result json = private_run(lab, FOUR JSON_RUN "-4 many 7000");

	expect_status(text, 0);
	expect_said(text.output.bytes, "1 of 2 addresses");
	expect_not_said(text.output.bytes, "many:7000(");
	cr_assert_eq(cli_count(cli_json(json.output.bytes), "probe", NULL, NULL), 1);
}

Test(names, numeric_calls_targets_by_their_addresses)
{
	struct lab *lab = lab_with_port();
	struct command_result result = private_run(lab, FOUR RUN "-n --all-addrs many 7000");

	expect_status(result, 0);
	expect_said(result.output.bytes, "\n10.9.0.7:7000 ");
	expect_said(result.output.bytes, "\n[fd00:9::8]:7000 ");
	expect_not_said(result.output.bytes, "many:");
	result = private_run(lab, "exec \"$0\" -n 4 10.9.0.7 7000");
	expect_status(result, 3);
	expect_said(result.errors.bytes, "-c 4");
}

static json_t *first_summary(const struct command_result *result)
{
	json_t *lines = cli_json(result->output.bytes), *line;
	size_t i;

	json_array_foreach(lines, i, line)
	{
		if (field_is_text(line, "type", "summary"))
			return line;
	}
	return NULL;
}

Test(names, how_long_a_name_took_is_told_and_a_literal_takes_nothing)
{
	struct lab *lab = lab_with_port();
	struct command_result text = private_run(lab, ONE RUN "one 7000");
	struct command_result name = private_run(lab, ONE JSON_RUN "one 7000");
	struct command_result literal = private_run(lab, JSON_RUN "10.9.0.7 7000");

	expect_said(text.output.bytes, "one (10.9.0.7, resolved in ");
	expect_between(first_summary(&name), "resolve_us", 0.001, 20e6);
	expect_null(first_summary(&literal), "resolve_us");
}

/* CSV and -C have no place for it on their lines. */
Test(names, one_that_does_not_resolve_is_told_in_every_format)
{
	static const struct {
		const char *option;
		bool is_talk;
	} cases[] = {{"-c 1", false},	   {"-c 1 -q", false}, {"-c 1 -j", false},
		     {"-c 1 --csv", true}, {"-C 1", true},     {"-c 1 --failures", false}};
	struct lab *lab = lab_with_port();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char script[512];
		struct command_result result;

		snprintf(script, sizeof(script),
			 "exec \"$0\" %s --hold 0 " NO_NAME ":7000 10.9.0.7:7000", cases[i].option);
		result = private_run(lab, script);
		expect_status(result, 2);
		expect_said(result.output.bytes, "10.9.0.7:7000");
		expect_said(cases[i].is_talk ? result.errors.bytes : result.output.bytes, NO_NAME);
		expect_said(cases[i].is_talk ? result.errors.bytes : result.output.bytes,
			    "cannot resolve");
	}
	cr_assert_eq(lab->peer->syns_read, sizeof(cases) / sizeof(cases[0]),
		     "the other target was not probed each time");
}

Test(names, a_link_local_address_needs_its_device)
{
	static const struct {
		const char *script, *title;
	} cases[] = {
		{JSON_RUN LINK_LOCAL "%eth0 7000", "[" LINK_LOCAL "%eth0]:7000"},
		{JSON_RUN "-n [" LINK_LOCAL "%eth0]:7000", "[" LINK_LOCAL "%eth0]:7000"},
		{JSON_RUN "-I eth0 " LINK_LOCAL " 7000", "[" LINK_LOCAL "]:7000"},
		{JSON_RUN LINK_LOCAL "%$(ip -o link show eth0 | cut -d: -f1) 7000",
		 NULL}, /* RFC 4007, section 11.2 */
		{"echo " LINK_LOCAL "%eth0 7000 > /mnt/t; " JSON_RUN "-f /mnt/t",
		 "[" LINK_LOCAL "%eth0]:7000"},
	};
	struct lab *lab = scenario_lab();

	scenario_ip(lab, LAB_ROUTER, "addr add " LINK_LOCAL "/64 dev eth0 nodad\n");
	scenario_listen(lab, LAB_ROUTER, AF_INET6, PORT);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct command_result result = private_run(lab, cases[i].script);

		expect_status(result, 0);
		if (cases[i].title)
			expect_text(first_summary(&result), "target", cases[i].title);
	}
}

Test(names, numeric_keeps_the_device_of_a_link_local_address)
{
	struct lab *lab = scenario_lab();
	struct command_result result;

	scenario_ip(lab, LAB_ROUTER, "addr add " LINK_LOCAL "/64 dev eth0 nodad\n");
	scenario_listen(lab, LAB_ROUTER, AF_INET6, PORT);
	result = private_run(lab, RUN "-n [" LINK_LOCAL "%eth0]:7000");
	expect_status(result, 0);
	expect_said(result.output.bytes, "[" LINK_LOCAL "%eth0]:7000   1 probe: 1 open");
}

Test(names, a_link_local_address_without_a_device_or_with_a_wrong_one_is_told)
{
	struct lab *lab = lab_with_port();
	struct command_result result = private_run(lab, RUN LINK_LOCAL " 7000");

	expect_status(result, 3);
	expect_said(result.errors.bytes, LINK_LOCAL "%eth0");
	expect_said(result.errors.bytes, "-I eth0");
	result = private_run(lab, "printf '10.9.0.7 7000\\n" LINK_LOCAL " 7000' > /mnt/t; " RUN
				  "-f /mnt/t");
	expect_status(result, 3);
	expect_said(result.errors.bytes, "/mnt/t:2: ");
	cr_assert_eq(lab->peer->syns_read, 0);
	result = private_run(lab, RUN "[" LINK_LOCAL "%nosuch]:7000 10.9.0.7:7000");
	expect_status(result, 2);
	expect_said(result.output.bytes, LINK_LOCAL "%nosuch");
	expect_said(result.output.bytes, "no interface of that name");
	expect_said(result.output.bytes, "10.9.0.7:7000");
	cr_assert_eq(lab->peer->syns_read, 1);
}
