// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Targets from files: what is read, what is refused, and what is probed. */
#include <string.h>

#include "tests/scenarios/private.h"

#define JSON_RUN "\"$0\" -j -c 1 --hold 0 "
#define CLOSED	 "7009"
/* Lines 2, 4, 5 and 6 are bad. */
#define SOME_BAD                                                                                   \
	"printf '10.9.0.7:7000\\n10.9.0.7:70000\\n[fd00:9::7]:7001\\na b "                         \
	"c\\n1\\0002\\n\\033[1mbold\\n10.9.0.7:7002' > /mnt/t; "

static struct lab *lab_with_open_ports(void)
{
	struct lab *lab = scenario_lab();

	for (uint16_t port = 7000; port <= 7008; port++)
		lab_peer_rule(lab, port, (struct peer_rule){.answer = PEER_SYN_ACK});
	lab_peer_rule(lab, 7009, (struct peer_rule){.answer = PEER_RST});
	return lab;
}

static void expect_nothing_was_sent(const struct lab *lab, const struct command_result *result)
{
	cr_assert_eq(lab->peer->syns_read, 0, "SYNs arrived");
	cr_assert_str_empty(result->output.bytes);
}

/* The n-th record of that type. */
static const json_t *nth(const json_t *lines, const char *type, size_t n)
{
	json_t *line;
	size_t i;

	json_array_foreach(lines, i, line)
	{
		if (field_is_text(line, "type", type) && n-- == 0)
			return line;
	}
	return NULL;
}

static void expect_targets(const struct command_result *result, const char *const *targets)
{
	json_t *lines = cli_json(result->output.bytes);
	size_t count = 0;

	for (; targets[count]; count++) {
		expect_text(nth(lines, "summary", count), "target", targets[count]);
		cr_assert_eq(cli_count(lines, "probe", "target", targets[count]), 1,
			     "not probed once: %s", targets[count]);
	}
	cr_assert_eq(cli_count(lines, "summary", NULL, NULL), count);
	cr_assert_eq(cli_count(lines, "probe", NULL, NULL), count);
}

Test(targets, every_form_of_a_line_is_probed_from_a_file_a_pipe_and_a_fifo)
{
	static const char *const deliveries[] = {
		"write > /mnt/t; exec " JSON_RUN "-p 7004 -f /mnt/t",
		"write | " JSON_RUN "-p 7004 -f -",
		"mkfifo /mnt/t; write > /mnt/t & exec " JSON_RUN "-p 7004 -f /mnt/t",
		"mkfifo /mnt/t; (sleep 1; write > /mnt/t) & exec " JSON_RUN "-p 7004 -f /mnt/t",
		"write | " JSON_RUN "--skip-bad -p 7004 -f -",
	};
	static const char *const targets[] = {
		"10.9.0.7:7000",    "10.9.0.7:7001",	"10.9.0.7:7003",
		"10.9.0.7:7004",    "[fd00:9::7]:7004", "10.9.0.8:7002",
		"[fd00:9::7]:7000", "10.9.0.8:7008",	NULL,
	};
	struct lab *lab = lab_with_open_ports();

	for (size_t i = 0; i < sizeof(deliveries) / sizeof(deliveries[0]); i++) {
		char script[1024];
		struct command_result result;

		snprintf(script, sizeof(script),
			 "write() { printf '\\357\\273\\277# front\\r\\n10.9.0.7:7000\\r\\n "
			 "10.9.0.7\\t7001,7003  # two\\r\\n\\r\\n"
			 "10.9.0.7\\nfd00:9::7\\n10.9.0.8 7002 "
			 "#\\n#10.9.0.9\\n[fd00:9::7]:7000\\n10.9.0.8:7008'; }; %s",
			 deliveries[i]);
		result = private_run(lab, script);
		expect_status(result, 0);
		expect_targets(&result, targets);
	}
}

Test(targets, words_come_before_the_lines_of_the_file)
{
	static const char *const targets[] = {"10.9.0.8:7001", "10.9.0.7:80", "10.9.0.7:7000",
					      NULL};
	struct command_result result;
	struct lab *lab = lab_with_open_ports();

	lab_peer_rule(lab, 80, (struct peer_rule){.answer = PEER_SYN_ACK});
	result = private_run(lab, "echo 10.9.0.7:7000 > /mnt/t; exec " JSON_RUN
				  "-f /mnt/t 10.9.0.8:7001 10.9.0.7");
	expect_status(result, 0);
	expect_targets(&result, targets);
	result = private_run(lab, ": > /mnt/t; exec " JSON_RUN "-f /mnt/t 10.9.0.7:" CLOSED);
	expect_status(result, 1);
}

Test(targets, bad_lines_are_named_by_file_and_number_and_nothing_is_sent)
{
	static const struct {
		const char *run, *name;
	} runs[] = {
		{SOME_BAD "exec " JSON_RUN "-f /mnt/t", "/mnt/t"},
		{SOME_BAD "cat /mnt/t | " JSON_RUN "-f - 10.9.0.7:7001", "standard input"},
	};
	static const char *const bad[] = {":2: ", ":4: ", ":5: ", ":6: "};
	struct lab *lab = lab_with_open_ports();

	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		struct command_result result = private_run(lab, runs[i].run);

		expect_status(result, 3);
		expect_nothing_was_sent(lab, &result);
		for (size_t j = 0; j < sizeof(bad) / sizeof(bad[0]); j++) {
			char wanted[64];

			snprintf(wanted, sizeof(wanted), "ktcping: %s%s", runs[i].name, bad[j]);
			expect_said(result.errors.bytes, wanted);
		}
		cr_assert_eq(cli_lines_with(result.errors.bytes, "ktcping: "), 5,
			     "more or less than it has to say:\n%s", result.errors.bytes);
		expect_said(result.errors.bytes, "--skip-bad");
		expect_not_said(result.errors.bytes, "\033");
	}
}

Test(targets, bad_lines_are_skipped_when_that_is_wanted)
{
	static const char *const targets[] = {"10.9.0.7:7000", "[fd00:9::7]:7001", "10.9.0.7:7002",
					      NULL};
	struct lab *lab = lab_with_open_ports();
	struct command_result result =
		private_run(lab, SOME_BAD "exec " JSON_RUN "--skip-bad -f /mnt/t");

	expect_status(result, 0);
	expect_targets(&result, targets);
	cr_assert_eq(cli_lines_with(result.errors.bytes, "ktcping: /mnt/t:"), 4,
		     "not each bad line:\n%s", result.errors.bytes);
	result =
		private_run(lab, SOME_BAD "exec " JSON_RUN "--skip-bad -f /mnt/t 10.9.0.7:" CLOSED);
	expect_status(result, 1);
}

Test(targets, a_file_without_a_single_good_line_is_no_success)
{
	static const char *const scripts[] = {
		": > /mnt/t; exec " JSON_RUN "-f /mnt/t",
		": > /mnt/t; exec " JSON_RUN "--skip-bad -f /mnt/t",
		"printf '# none\\n\\n' | " JSON_RUN "--skip-bad -f -",
		"printf 'a b c\\n10.9.0.7:0\\n' > /mnt/t; exec " JSON_RUN "--skip-bad -f /mnt/t",
	};
	struct lab *lab = lab_with_open_ports();

	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		struct command_result result = private_run(lab, scripts[i]);

		expect_status(result, 3);
		expect_said(result.errors.bytes, "target");
		expect_said(result.errors.bytes, i == 2 ? "standard input" : "/mnt/t");
		expect_nothing_was_sent(lab, &result);
	}
}

Test(targets, what_cannot_be_read_is_refused_by_name)
{
	static const struct {
		const char *script, *says, *says_too;
	} cases[] = {
		{"exec " JSON_RUN "-f /mnt", "/mnt", "directory"},
		{"exec " JSON_RUN "-f /mnt/none", "/mnt/none", "No such file"},
		{"exec " JSON_RUN "-f - <&-", "standard input", "redirect"},
		{"printf '\\377\\3761\\0' > /mnt/t; exec " JSON_RUN "-f /mnt/t 10.9.0.7:7000",
		 "/mnt/t", "UTF-16"},
		{"printf '1\\0.\\0\\n\\0' > /mnt/t; exec " JSON_RUN "-f /mnt/t 10.9.0.7:7000",
		 "/mnt/t:1", "UTF-16"},
	};
	struct lab *lab = lab_with_open_ports();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct command_result result = private_run(lab, cases[i].script);

		expect_status(result, 3);
		expect_said(result.errors.bytes, cases[i].says);
		expect_said(result.errors.bytes, cases[i].says_too);
		expect_nothing_was_sent(lab, &result);
	}
}

Test(targets, the_file_of_targets_is_not_overwritten_by_the_output)
{
	static const char *const scripts[] = {
		"echo 10.9.0.7:7000 > /mnt/t; ln -s t /mnt/l; " JSON_RUN
		"-f /mnt/t -o /mnt/l; echo $? $(cat /mnt/t)",
		"echo 10.9.0.7:7000 > /mnt/t; " JSON_RUN
		"-f - -o /mnt/t < /mnt/t; echo $? $(cat /mnt/t)",
	};
	struct lab *lab = lab_with_open_ports();

	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		struct command_result result = private_run(lab, scripts[i]);

		cr_expect_str_eq(result.output.bytes, "3 10.9.0.7:7000\n");
		expect_said(result.errors.bytes, "would overwrite the targets of -f");
		cr_expect_eq(lab->peer->syns_read, 0);
	}
}

/* The writer does not end before it has seen the first verdict. */
Test(targets, lines_are_probed_while_the_writer_is_still_writing)
{
	static const char *const targets[] = {"10.9.0.7:7000", "10.9.0.7:7001", NULL};
	struct command_result result = private_run(
		lab_with_open_ports(),
		"mkfifo /mnt/t; : > /mnt/out; (sleep 0.5; echo 10.9.0.7:7000; echo a b c; "
		"until grep -q '\"status\":\"open\"' /mnt/out; do sleep 0.1; done; "
		"echo 10.9.0.7:7001) > /mnt/t & " JSON_RUN "--skip-bad -f /mnt/t -o /mnt/out; "
		"status=$?; cat /mnt/out; exit $status");

	expect_status(result, 0);
	expect_said(result.errors.bytes, "/mnt/t:2: ");
	expect_targets(&result, targets);
}

Test(targets, the_last_of_a_million_lines_is_checked_before_anything_is_sent)
{
	static const char *const scripts[] = {
		"write > /mnt/t; exec " JSON_RUN "-f /mnt/t",
		"write | " JSON_RUN "-f -",
	};
	struct lab *lab = lab_with_open_ports();

	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		char script[256];
		struct command_result result;

		snprintf(script, sizeof(script),
			 "write() { yes 10.9.0.7:7000 | head -n 999999; echo 10.9.0.7:x:y; }; %s",
			 scripts[i]);
		result = private_run(lab, script);
		expect_status(result, 3);
		expect_said(result.errors.bytes, ":1000000: ");
		expect_nothing_was_sent(lab, &result);
	}
}

Test(targets, an_address_of_the_other_family_is_refused_as_word_and_as_line)
{
	static const struct {
		const char *script, *says;
	} cases[] = {
		{"exec " JSON_RUN "-4 10.9.0.7 fd00:9::7", "fd00:9::7"},
		{"exec " JSON_RUN "-6 10.9.0.7 fd00:9::7", "10.9.0.7"},
		{"printf '10.9.0.7\\nfd00:9::7' > /mnt/t; exec " JSON_RUN "-4 -f /mnt/t",
		 "/mnt/t:2: -4"},
		{"printf 'fd00:9::7\\n10.9.0.7' > /mnt/t; exec " JSON_RUN "-6 -f /mnt/t",
		 "/mnt/t:2: -6"},
	};
	struct lab *lab = lab_with_open_ports();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct command_result result = private_run(lab, cases[i].script);

		expect_status(result, 3);
		expect_said(result.errors.bytes, cases[i].says);
		expect_said(result.errors.bytes, "contradict");
		expect_nothing_was_sent(lab, &result);
	}
}
