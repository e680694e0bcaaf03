/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The command line: what cannot be meant, and what only looks like it. */
#include <criterion/criterion.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/app/options/options_parse.h"

#define COUNT(array)  (sizeof(array) / sizeof((array)[0]))
#define ARGUMENTS_MAX 8
/* What no refusal ends with. */
#define TAKEN 77

struct refusal {
	int status;
	char text[2048];
};

static void parse(const char *const *arguments, struct options *ret_options)
{
	char program[] = "/usr/local/sbin/ktcping";
	char *argv[ARGUMENTS_MAX + 2] = {program};
	int argc = 1;

	while (argc <= ARGUMENTS_MAX && arguments[argc - 1]) {
		argv[argc] = (char *)arguments[argc - 1];
		argc++;
	}
	options_parse(COMMAND_PROBE, argc, argv, ret_options);
}

/* In a process of its own, because a refusal ends it. */
static struct refusal refusal_of(const char *const *arguments)
{
	struct refusal refusal = {0};
	struct options options;
	size_t length = 0;
	ssize_t got;
	int ends[2];
	pid_t child;

	cr_assert_eq(pipe(ends), 0);
	child = fork();
	cr_assert_geq(child, 0);
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		parse(arguments, &options);
		_exit(TAKEN);
	}
	close(ends[1]);
	while ((got = read(ends[0], refusal.text + length, sizeof(refusal.text) - 1 - length)) > 0)
		length += (size_t)got;
	close(ends[0]);
	cr_assert_eq(waitpid(child, &refusal.status, 0), child);
	refusal.status = WIFEXITED(refusal.status) ? WEXITSTATUS(refusal.status) : -1;
	return refusal;
}

struct refusal_case {
	const char *arguments[ARGUMENTS_MAX];
	const char *says;
};

static void expect_refused(const struct refusal_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *const *arguments = cases[i].arguments;
		struct refusal refusal = refusal_of(arguments);
		const char *first = arguments[0] ? arguments[0] : "",
			   *second = arguments[0] && arguments[1] ? arguments[1] : "";

		cr_expect_eq(refusal.status, EXIT_USAGE, "%s %s: status %d", first, second,
			     refusal.status);
		cr_expect_not_null(strstr(refusal.text, cases[i].says),
				   "%s %s: '%s' is missing in:\n%s", first, second, cases[i].says,
				   refusal.text);
	}
}

Test(options_refused, a_bad_value_is_refused_with_its_option_and_range)
{
	static const struct refusal_case cases[] = {
		{{"-c", "12abc", "a"}, "-c (count) '12abc'"},
		{{"-c", "4294967296", "a"}, "from 0 to 4294967295"},
		{{"-i", "-1", "a"}, "-i (interval)"},
		{{"-W", "0", "a"}, "-w S ends the whole run"},
		{{"-w", "0", "a"}, "without a deadline"},
		{{"--report-every", "0", "a"}, "from 10ms"},
		{{"--report-every", "9ms", "a"}, "from 10ms"},
		{{"--give-up", "0", "a"}, "from 1 to"},
		{{"--resolve-every", "0", "a"}, "from 1 to"},
		{{"--ttl", "0", "a"}, "from 1 to 255"},
		{{"--ttl", "256", "a"}, "from 1 to 255"},
		{{"-Q", "256", "a"}, "from 0 to 255"},
		{{"-Q", "0x100", "a"}, "to 0xff"},
		{{"-Q", "af41", "a"}, "from 0 to 255"},
		{{"-m", "0x", "a"}, "0xffffffff"},
		{{"-m", "0x1g", "a"}, "0xffffffff"},
		{{"-m", "0x 1", "a"}, "0xffffffff"},
		{{"-m", "0x-1", "a"}, "0xffffffff"},
		{{"-m", "4294967296", "a"}, "4294967295"},
		{{"-m", "0x11111111111111111", "a"}, "0xffffffff"},
		{{"--sport", "0", "a"}, "from 1 to 65535"},
		{{"--sport", "9-5", "a"}, "9-5"},
		{{"--sport", "5-", "a"}, "from 1 to 65535"},
		{{"--sport", "-5", "a"}, "from 1 to 65535"},
		{{"--sport", "1-2-3", "a"}, "2-3"},
		{{"--sport", "000000001-2", "a"}, "000000001-2"},
		{{"-C", "0", "a"}, "from 1 to 100000"},
		{{"-C", "100001", "a"}, "from 1 to 100000"},
		{{"-C", "-x", "0", "a"}, "from 1 to 100000"},
		{{"a", "-C", "-x"}, "-C -x 20"},
		{{"--expect", "opened", "a"}, "--expect: 'opened'"},
		{{"--until", "opened", "a"}, "--until: 'opened'"},
		{{"-Dlater", "a"}, "later"},
		{{"-S", "example.com", "a"}, "example.com"},
		{{"-S", "0.0.0.0", "a"}, "0.0.0.0"},
		{{"-S", "fe80::1%eth0", "a"}, "-I eth0 -S fe80::1"},
		{{"-I", "fe80:%eth0", "a"}, "fe80:"},
		{{"-I", "fe80::1%", "a"}, "1 to 15 characters"},
		{{"-I", "fe80::1%eth0", "-S", "fe80::2", "a"}, "one for each family"},
		{{"-I", "", "a"}, "interface"},
		{{"-I", "eth0/1", "a"}, "1 to 15 characters"},
		{{"-I", "eth 0", "a"}, "a space"},
		{{"-N", "", "a"}, "--netns"},
		{{"-f", "", "a"}, "--file"},
		{{"-o", "", "a"}, "--output"},
		{{"-p", "", "a"}, "--ports: the list is empty"},
		{{"-Q", "0xbb", "a"}, "give 0xb8"},
		{{"-Q", "1", "a"}, "give 0x0"},
		{{"--rate", "-1", "a"}, "--rate '-1'"},
		{{"--rate", "fast", "a"}, "from 0 to 100000000"},
		{{"--rate", "1.5", "a"}, "--rate '1.5'"},
		{{"--rate", "100000001", "a"}, "from 0 to 100000000"},
		{{"--inflight", "0", "a"}, "from 1 to 1000000"},
		{{"--inflight", "1000001", "a"}, "from 1 to 1000000"},
		{{"--inflight", "10k", "a"}, "--inflight '10k'"},
		{{"--shuffle=1", "a"}, "shuffle"},
		{{"--open=no", "a"}, "open"},
		{{"--yes=no", "a"}, "yes"},
		{{"192.0.2.0/33"}, "192.0.2.0/33"},
		{{"-4", "2001:db8::/120"}, "2001:db8::/120 contradict"},
		{{"192.0.2.0/15"}, "131072 targets, more than 65536: add --yes"},
		{{"-p", "1-65535", "192.0.2.0/31"}, "131070 targets, more than 65536: add --yes"},
		{{"2001:db8::/64"}, "2^64 addresses are too many"},
		{{"--yes", "2001:db8::/64"}, "2^64 addresses are too many"},
	};

	expect_refused(cases, COUNT(cases));
}

Test(options_refused, what_contradicts_is_refused)
{
	static const struct refusal_case cases[] = {
		{{"-4", "-6", "a"}, "-4 and -6 contradict"},
		{{"-f", "a", "-f", "b"}, "-f is there twice"},
		{{"-4", "2001:db8::1"}, "2001:db8::1 contradict"},
		{{"-6", "192.0.2.1"}, "192.0.2.1 contradict"},
		{{"-6", "::ffff:192.0.2.1"}, "contradict"},
		{{"-4", "-S", "2001:db8::1", "a"}, "2001:db8::1"},
		{{"-6", "-S", "192.0.2.1", "a"}, "192.0.2.1"},
		{{"-S", "192.0.2.1", "2001:db8::1"}, "192.0.2.1 and the IPv6 address 2001:db8::1"},
		{{"-S", "2001:db8::1", "192.0.2.1"}, "2001:db8::1 and the IPv4 address 192.0.2.1"},
		{{"-S", "192.0.2.1", "-S", "192.0.2.2", "a"}, "one for each family"},
		{{"-S", "192.0.2.1", "-I", "192.0.2.2", "a"}, "one for each family"},
		{{"-I", "192.0.2.1", "-S", "192.0.2.2", "a"}, "one for each family"},
		{{"-S", "fe80::1", "a"}, "-I eth0"},
		{{"fe80::1"}, "fe80::1%eth0"},
		{{"-N", "blue", "-N", "blue", "a"}, "blue"},
		{{"-j", "--csv", "a"}, "choose one"},
		{{"-C", "3", "-j", "a"}, "choose one"},
		{{"--csv", "-C", "3", "a"}, "choose one"},
		{{"-C", "3", "-c", "3", "a"}, "leave -c out"},
		{{"--csv", "-v", "a"}, "-v is for text"},
		{{"-v", "-C", "3", "a"}, "-v is for text"},
		{{"--hist", "--csv", "a"}, "--hist"},
		{{"--hist", "-C", "3", "a"}, "--hist"},
	};

	expect_refused(cases, COUNT(cases));
}

Test(options_refused, what_other_tools_would_mean_is_refused_with_a_hint)
{
	static const struct refusal_case cases[] = {
		{{NULL}, "no target"},
		{{"-t", "a"}, "-W"},
		{{"-n", "4", "a"}, "-c 4"},
		{{"-n4", "a"}, "-c 4"},
		{{"--numeric", "10", "a"}, "-c 10"},
		{{"-D", "iso", "a"}, "-Diso"},
		{{"a", "--timestamp", "rel"}, "-Drel"},
		{{"443", "a"}, "443"},
	};

	expect_refused(cases, COUNT(cases));
}

Test(options_refused, every_message_begins_with_the_name_and_not_with_the_path)
{
	static const char *const cases[][ARGUMENTS_MAX] = {
		{"-Z", "a"}, {"--nosuch", "a"}, {"a", "-c"}, {"-c", "x", "a"}, {NULL}};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct refusal refusal = refusal_of(cases[i]);

		cr_expect(!strncmp(refusal.text, "ktcping: ", strlen("ktcping: ")), "%s",
			  refusal.text);
	}
}

Test(options_refused, what_only_looks_like_it_is_taken)
{
	static const char *const cases[][ARGUMENTS_MAX] = {
		{"-n", "a", "4"},
		{"-4n", "a"},
		{"-n", "-c", "4", "a"},
		{"-D", "a"},
		{"-Diso", "iso"},
		{"-j", "--hist", "a"},
		{"-j", "--explain", "a"},
		{"--changes", "--failures", "-q", "a"},
		{"-j", "-j", "a"},
		{"-4", "-4", "192.0.2.1"},
		{"-I", "eth0", "fe80::1"},
		{"fe80::1%eth0"},
		{"-4", "fe80.example"},
		{"--expect", "unproven", "a"},
		{"-c", "0", "-i", "0", "a"},
		{"-S", "192.0.2.1", "-S", "2001:db8::1", "192.0.2.2:80", "[2001:db8::2]:80"},
		{"--rate", "0", "--inflight", "1000000", "--shuffle", "--open", "192.0.2.0/16"},
		{"--shuffle", "-c", "5", "--hold", "1", "--changes", "a"},
		{"--shuffle", "--until", "open", "--sport", "4000-4009", "a"},
		{"--shuffle", "--report-every", "2", "--give-up", "3", "a"},
		{"--shuffle", "-C", "3", "-a", "a"},
		{"--yes", "-p", "1-65535", "0.0.0.0/0", "2001:db8::/96"},
		{"-p", "1-65535", "192.0.2.1", "192.0.2.2", "example.com"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct refusal refusal = refusal_of(cases[i]);

		cr_expect_eq(refusal.status, TAKEN, "%s %s: %s", cases[i][0], cases[i][1],
			     refusal.text);
	}
}
