/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * `doctor` against the kernel: what it finds with and without privilege, in namespaces, and on a
 * kernel that lacks a tracepoint.
 */
#include <string.h>
#include <unistd.h>

#include "tests/scenarios/cli.h"
#include "user/io/kernel/hooks.h"

#define AS_NOBODY "setpriv --reuid=65534 --regid=65534 --clear-groups \"$0\" "
/* A copy of the program that hooks another tracepoint: to it this kernel is an older one. */
#define WITHOUT(name, other)                                                                       \
	"copy=$(mktemp) && sed 's/" name "/" other                                                 \
	"/g' \"$0\" > $copy && chmod +x $copy && { $copy doctor -j; status=$?; rm $copy; exit "    \
	"$status; }"

static void skip_without_root(void)
{
	if (geteuid() != 0)
		cr_skip_test("loading programs needs root");
}

static const json_t *find(const json_t *lines, const char *type, const char *name)
{
	json_t *line;
	size_t i;

	json_array_foreach(lines, i, line)
	{
		if (field_is_text(line, "type", type) &&
		    (!name || field_is_text(line, "name", name)))
			return line;
	}
	cr_assert_fail("there is no %s %s", type, name ? name : "");
	return NULL;
}

static const json_t *facility(const json_t *lines, const char *name)
{
	return find(lines, "facility", name);
}

static void expect_required(const json_t *lines, const char *result)
{
	json_t *line;
	size_t i;

	json_array_foreach(lines, i, line)
	{
		if (field_is_text(line, "type", "facility") &&
		    json_is_true(field(line, "required")))
			cr_assert(field_is_text(line, "result", result), "%s", record_text(line));
	}
}

Test(doctor, finds_here_all_that_a_probe_must_have)
{
	struct command_result result;
	json_t *lines;

	skip_without_root();
	result = cli(NULL, "doctor", "-j");
	expect_status(result, 0);
	cr_assert_str_empty(result.errors.bytes);
	lines = cli_json(result.output.bytes);
	expect_required(lines, "loaded");
	for (size_t i = 0; i < hook_count; i++)
		cr_assert(json_array_size(field(facility(lines, hook_name(&hooks[i])), "affects")) >
			  0);
	cr_assert(json_is_true(field(find(lines, "doctor", NULL), "ok")));
}

static void expect_members(const json_t *line, const char *const *names)
{
	size_t count = 0;

	for (; names[count]; count++)
		cr_assert(field(line, names[count]), "%s is missing: %s", names[count],
			  record_text(line));
	cr_assert_eq(json_object_size(line), count, "%s", record_text(line));
}

static void expect_complete(const json_t *lines)
{
	static const char *const fact[] = {"schema", "type", "name", "value", "note", NULL};
	static const char *const facility[] = {"schema", "type",   "name",   "what",	"required",
					       "test",	 "result", "reason", "affects", NULL};
	static const char *const last[] = {"schema", "type", "ok", "explain", NULL};
	json_t *line;
	size_t i;

	json_array_foreach(lines, i, line)
	{
		bool is_last = i + 1 == json_array_size(lines);

		expect_members(line, is_last				   ? last
				     : field_is_text(line, "type", "fact") ? fact
									   : facility);
		if (field_is_text(line, "type", "facility"))
			cr_assert_eq(json_is_null(field(line, "reason")),
				     field_is_text(line, "result", "loaded"), "%s",
				     record_text(line));
	}
	cr_assert(field_is_text(json_array_get(lines, i - 1), "type", "doctor"));
}

Test(doctor, json_is_complete_with_and_without_privilege)
{
	struct command_result nobody;

	skip_without_root();
	nobody = cli_shell(NULL, AS_NOBODY "doctor -j");
	expect_status(nobody, 4);
	cr_assert_str_empty(nobody.errors.bytes);
	expect_complete(cli_json(nobody.output.bytes));
	expect_complete(cli_json(cli(NULL, "doctor", "-j").output.bytes));
}

Test(doctor, without_root_it_says_what_is_missing_and_what_to_do)
{
	struct command_result result;
	json_t *lines;

	skip_without_root();
	result = cli_shell(NULL, AS_NOBODY "doctor");
	expect_status(result, 4);
	expect_said(result.output.bytes, "probing would not work");
	expect_said(result.output.bytes, "run it as root");
	expect_said(result.output.bytes, "CAP_BPF");
	lines = cli_json(cli_shell(NULL, AS_NOBODY "doctor -j").output.bytes);
	expect_required(lines, "missing");
	cr_assert(json_is_false(field(find(lines, "fact", "cap_bpf"), "value")));
	cr_assert(json_is_false(field(find(lines, "doctor", NULL), "ok")));
}

Test(doctor, two_capabilities_are_as_good_as_root)
{
	skip_without_root();
	expect_status(cli_shell(NULL, "setpriv --reuid=65534 --regid=65534 --clear-groups "
				      "--inh-caps=-all,+bpf,+perfmon "
				      "--ambient-caps=-all,+bpf,+perfmon \"$0\" doctor"),
		      0);
}

Test(doctor, a_hook_that_can_be_done_without_hides_no_other)
{
	struct command_result result;
	json_t *lines;

	skip_without_root();
	result = cli_shell(NULL, WITHOUT("net_dev_queue", "net_dev_quxxx"));
	expect_status(result, 0);
	lines = cli_json(result.output.bytes);
	expect_text(facility(lines, "net_dev_quxxx"), "result", "missing");
	expect_text(facility(lines, "net_dev_quxxx"), "reason",
		    "this kernel has no tracepoint net_dev_quxxx");
	expect_required(lines, "loaded");
	expect_said(json_string_value(field(find(lines, "doctor", NULL), "explain")),
		    "net_dev_quxxx");
}

Test(doctor, a_hook_that_cannot_be_done_without_is_the_end)
{
	struct command_result result;
	json_t *lines;

	skip_without_root();
	result = cli_shell(NULL, WITHOUT("tcp_receive_reset", "tcp_receive_rexxx"));
	expect_status(result, 4);
	lines = cli_json(result.output.bytes);
	expect_text(facility(lines, "tcp_receive_rexxx"), "result", "missing");
	expect_text(facility(lines, "kfree_skb"), "result", "loaded");
	expect_text(facility(lines, "ring-buffer"), "result", "loaded");
	expect_said(json_string_value(field(find(lines, "doctor", NULL), "explain")),
		    "tcp_receive_rexxx");
}

Test(doctor, a_substitute_that_nobody_needs_is_not_missed)
{
	struct command_result result;
	json_t *lines;

	skip_without_root();
	result = cli_shell(NULL, WITHOUT("tcp_bad_csum", "tcp_bad_cxxx"));
	expect_status(result, 0);
	lines = cli_json(result.output.bytes);
	if (!field_is_text(facility(lines, "drop-reasons"), "result", "loaded"))
		cr_skip_test("this kernel's drops have no reason");
	expect_text(facility(lines, "tcp_bad_cxxx"), "result", "fallback");
}

Test(doctor, a_pid_namespace_is_told_and_does_no_harm)
{
	struct command_result result;
	json_t *lines;

	skip_without_root();
	result = cli_shell(NULL, "unshare --pid --fork --mount-proc \"$0\" doctor -j");
	if (strstr(result.errors.bytes, "unshare"))
		cr_skip_test("no pid namespace can be made here");
	expect_status(result, 0);
	lines = cli_json(result.output.bytes);
	expect_said(json_string_value(field(find(lines, "fact", "pid_namespace"), "note")),
		    "not the initial one");
	expect_text(facility(lines, "pid-filter"), "result", "loaded");
}

Test(doctor, capabilities_of_a_user_namespace_do_not_count)
{
	struct command_result result;
	json_t *lines;

	skip_without_root();
	result = cli_shell(NULL, "unshare --user --map-root-user \"$0\" doctor -j");
	if (strstr(result.errors.bytes, "unshare"))
		cr_skip_test("no user namespace can be made here");
	expect_status(result, 4);
	lines = cli_json(result.output.bytes);
	cr_assert(json_is_true(field(find(lines, "fact", "cap_bpf"), "value")));
	expect_said(json_string_value(field(find(lines, "doctor", NULL), "explain")),
		    "user namespace");
}

Test(doctor, without_proc_it_asks_for_it)
{
	struct command_result result;

	skip_without_root();
	result = cli_shell(
		NULL, "unshare --mount sh -c 'mount -t tmpfs none /proc && \"$0\" doctor' \"$0\"");
	if (strstr(result.errors.bytes, "unshare") || strstr(result.errors.bytes, "mount:"))
		cr_skip_test("no mount namespace can be made here");
	expect_status(result, 4);
	expect_said(result.output.bytes, "mount -t proc");
}

Test(doctor, what_cannot_be_meant_is_a_usage_error)
{
	struct command_result option = cli(NULL, "doctor", "--no-such-option"),
			      word = cli(NULL, "doctor", "192.0.2.1");

	expect_status(option, 3);
	expect_said(option.errors.bytes, "--no-such-option");
	cr_assert_str_empty(option.output.bytes);
	expect_status(word, 3);
	expect_said(word.errors.bytes, "192.0.2.1");
	cr_assert_str_empty(word.output.bytes);
}

Test(doctor, help_describes_the_output_and_needs_no_root)
{
	struct command_result help = cli(NULL, "doctor", "-h"), version = cli(NULL, "doctor", "-V");

	expect_status(help, 0);
	expect_said(help.output.bytes, "fallback");
	expect_said(help.output.bytes, "Exit status");
	expect_status(version, 0);
	expect_said(version.output.bytes, "ktcping");
}

Test(doctor, output_that_cannot_be_written_is_no_success)
{
	struct command_result result;

	skip_without_root();
	result = cli_shell(NULL, "\"$0\" doctor > /dev/full");
	expect_status(result, 4);
	expect_said(result.errors.bytes, "cannot write");
}
