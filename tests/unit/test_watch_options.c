/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The command line of watch. */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/app/options/option_value.h"
#include "user/app/options/options_parse.h"

#define ARGUMENTS_MAX 12
/* What no refusal ends with. */
#define TAKEN 77

static char *argv[ARGUMENTS_MAX + 2];

static struct options parse(const char *const *arguments)
{
	struct options options;
	int argc = 1;

	argv[0] = "ktcping";
	while (argc <= ARGUMENTS_MAX && arguments[argc - 1]) {
		argv[argc] = (char *)arguments[argc - 1];
		argc++;
	}
	argv[argc] = NULL;
	options_parse(COMMAND_WATCH, argc, argv, &options);
	return options;
}

#define PARSE(...) parse((const char *const[]){__VA_ARGS__, NULL})

static int status_of(const char *const *arguments)
{
	pid_t child = fork();
	int status;

	cr_assert_geq(child, 0);
	if (child == 0) {
		close(STDERR_FILENO);
		parse(arguments);
		_exit(TAKEN);
	}
	cr_assert_eq(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Test(watch_options, a_command_keeps_its_own_options)
{
	struct options options = PARSE("-j", "--", "curl", "-v", "--all");

	cr_assert_not_null(options.command);
	cr_expect_str_eq(options.command[0], "curl");
	cr_expect_str_eq(options.command[1], "-v");
	cr_expect_str_eq(options.command[2], "--all");
	cr_expect_null(options.command[3]);
	cr_expect(options.format == format_find("json"));
	cr_expect_eq(options.verbosity, 0);
	cr_expect_not(options.is_all);
}

Test(watch_options, a_command_needs_no_dashes_before_it)
{
	struct options options = PARSE("-v", "ping", "-c", "1");

	cr_expect_str_eq(options.command[0], "ping");
	cr_expect_str_eq(options.command[1], "-c");
	cr_expect_eq(options.verbosity, 1);
}

Test(watch_options, choices_combine)
{
	struct options options = PARSE("-p", "1,22", "-p", "333", "--children", "--comm", "nginx",
				       "--cgroup", "/a", "-N", "blue");

	cr_expect_eq(options.pid_count, 3);
	cr_expect_eq(options.pids[0], 1);
	cr_expect_eq(options.pids[2], 333);
	cr_expect(options.follows_children);
	cr_expect_str_eq(options.comm, "nginx");
	cr_expect_str_eq(options.cgroup, "/a");
	cr_expect_str_eq(options.netns, "blue");
	cr_expect_null(options.command);
}

Test(watch_options, time_is_shown_unless_told_otherwise)
{
	cr_expect_eq(PARSE("--all").timestamp, TIMESTAMP_ISO);
	cr_expect_eq(PARSE("--all", "-Drel").timestamp, TIMESTAMP_RELATIVE);
	cr_expect_eq(PARSE("--all", "-D").timestamp, TIMESTAMP_ISO);
}

Test(watch_options, what_cannot_be_meant_is_refused)
{
	static const char *const refused[][ARGUMENTS_MAX] = {
		{NULL},
		{"-j", NULL},
		{"--", NULL},
		{"-p", "0", NULL},
		{"-p", "1,", NULL},
		{"-p", "12x", NULL},
		{"-p", "99999999999999999999", NULL},
		{"--comm", "", NULL},
		{"--comm", "a-name-of-16-let", NULL},
		{"--all", "-p", "1", NULL},
		{"--all", "--", "true", NULL},
		{"-p", "1", "--", "true", NULL},
		{"--children", "--all", NULL},
		{"-Dlunar", "--all", NULL},
		{"--nonsense", NULL},
	};

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		cr_expect_eq(status_of(refused[i]), EXIT_USAGE, "%zu: %s", i, refused[i][0]);
}

Test(watch_options, a_list_of_processes_is_taken_whole_or_not_at_all)
{
	pid_t pids[WATCH_PIDS_MAX];
	struct error error;
	size_t count = 0;

	cr_expect_eq(option_parse_pids("7,8", pids, &count, &error), 0);
	cr_expect_eq(count, 2);
	cr_expect_eq(option_parse_pids("9,x", pids, &count, &error), -EINVAL);
	cr_expect_eq(count, 2);
}
