/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Targets from regular files, and what is no file of targets. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/target_file_fixture.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

Test(target_file, forms_of_lines)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{"", ""},
		{"\n", ""},
		{"a", "a:80; "},
		{"a\n", "a:80; "},
		{"a\nb", "a:80; b:80; "},
		{"\n\na\n\n\nb 1\n\n", "a:80; b:1; "},
		{"a\r\nb:2\r\n", "a:80; b:2; "},
		{"\r\na\r\n\r\n", "a:80; "},
		{"a\r", "a:80; "},
		{"a\r\r\nb\n", "bad 1; b:80; "},
		{"# hosts\na # one\n#\nb 1,2 # two\n", "a:80; b:1 b:2; "},
		{"\xef\xbb\xbf"
		 "a\nb\n",
		 "a:80; b:80; "},
		{"\xef\xbb\xbf", ""},
		{"\xef\xbb\xbf# a\r\nb", "b:80; "},
		{"\n\xef\xbb\xbf"
		 "a\n",
		 "\xef\xbb\xbf"
		 "a:80; "},
		{"a\nb c d\n443\ne\n", "a:80; bad 2; bad 3; e:80; "},
		{"\xef\xbb", "bad 1; "},
		{"\xff", "bad 1; "},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct place place = place_with(rows[i].text);
		struct target_file *file = file_open(place.path);
		char all[TEXT_MAX];

		all_describe(file, place.path, all);
		cr_expect_str_eq(all, rows[i].expected);
		expect_next(file, "end");
		target_file_close(file);
		place_remove(&place);
	}
}

Test(target_file, a_bad_line_is_named_by_file_and_number)
{
	struct place place = place_with("a\n\n# c\nb:0\n");
	struct target_file *file = file_open(place.path);
	char expected[TEXT_MAX], text[TEXT_MAX];

	expect_next(file, "a:80");
	next_describe(file, text);
	snprintf(expected, sizeof(expected),
		 "bad: %s:4: cannot take 'b:0' as a target: ", place.path);
	cr_expect_eq(strncmp(text, expected, strlen(expected)), 0, "%s", text);
	expect_next(file, "end");
	target_file_close(file);
	place_remove(&place);
}

Test(target_file, lines_without_ports_get_those_given)
{
	struct place place = place_with("a\nb:1\nc 2\n[::1]\n");
	struct target_file_config config = {0};
	struct port_list ports;
	struct target_file *file;
	char all[TEXT_MAX];

	cr_assert_eq(port_list_parse("22,443", NULL, &ports, NULL), 0);
	config.ports = &ports;
	file = target_file_open(place.path, &config, NULL);
	cr_assert_not_null(file);
	all_describe(file, place.path, all);
	cr_expect_str_eq(all, "a:22 a:443; b:1; c:2; [::1]:22 [::1]:443; ");
	target_file_close(file);
	port_list_release(&ports);
	place_remove(&place);
}

static int no_v6(const void *context, const struct host *host, struct error *ret_error)
{
	return strchr(host->name, ':') ? error_set(ret_error, -EINVAL, "%s", (const char *)context)
				       : 0;
}

Test(target_file, a_host_that_the_judge_refuses_makes_a_bad_line)
{
	struct place place = place_with("a\n::1\nb\n");
	struct target_file_config config = {.judge = no_v6, .context = "not that one"};
	struct target_file *file = target_file_open(place.path, &config, NULL);
	char expected[TEXT_MAX];

	cr_assert_not_null(file);
	expect_next(file, "a:80");
	snprintf(expected, sizeof(expected), "bad: %s:2: not that one", place.path);
	expect_next(file, expected);
	expect_next(file, "b:80");
	expect_next(file, "end");
	target_file_close(file);
	place_remove(&place);
}

/* "first" and then a comment, so that the line is as long as it shall be. */
static size_t line_fill(char *line, size_t length, const char *end)
{
	memset(line, 'x', length);
	memcpy(line, "long #", 6);
	memcpy(line + length, end, strlen(end));
	return length + strlen(end);
}

Test(target_file, a_line_that_is_too_long_is_bad_and_read_over)
{
	static const struct {
		size_t length;
		const char *end;
		const char *expected;
	} rows[] = {
		{TARGET_LINE_MAX, "\nb\nc d e\n", "long:80; b:80; bad 3; "},
		{TARGET_LINE_MAX, "\r\nb\n", "long:80; b:80; "},
		{TARGET_LINE_MAX, "\r", "long:80; "},
		{TARGET_LINE_MAX, "", "long:80; "},
		{TARGET_LINE_MAX + 1, "\nb\nc d e\n", "bad 1; b:80; bad 3; "},
		{TARGET_LINE_MAX + 1, "\r\nb\n", "bad 1; b:80; "},
		{TARGET_LINE_MAX + 1, "", "bad 1; "},
		{TARGET_LINE_MAX + 2, "\n\nb", "bad 1; b:80; "},
		{2 * TARGET_LINE_MAX - 1, "\nb", "bad 1; b:80; "},
		{2 * TARGET_LINE_MAX, "\nb", "bad 1; b:80; "},
		{2 * TARGET_LINE_MAX, "", "bad 1; "},
		{5 * TARGET_LINE_MAX + 7, "\nb\nc d e\n", "bad 1; b:80; bad 3; "},
		{5 * TARGET_LINE_MAX + 7, "", "bad 1; "},
	};
	static char line[6 * TARGET_LINE_MAX];

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct place place = place_make();
		struct target_file *file;
		char all[TEXT_MAX];

		file_write(&place, line, line_fill(line, rows[i].length, rows[i].end));
		file = file_open(place.path);
		all_describe(file, place.path, all);
		cr_expect_str_eq(all, rows[i].expected, "row %zu: %s", i, all);
		target_file_close(file);
		place_remove(&place);
	}
}

Test(target_file, the_mark_at_the_begin_does_not_count_for_the_length)
{
	static char line[2 * TARGET_LINE_MAX] = "\xef\xbb\xbf";
	struct place place = place_make();
	struct target_file *file;

	file_write(&place, line, 3 + line_fill(line + 3, TARGET_LINE_MAX, "\r\n"));
	file = file_open(place.path);
	expect_next(file, "long:80");
	expect_next(file, "end");
	target_file_close(file);
	place_remove(&place);
}

Test(target_file, many_lines_have_the_right_numbers)
{
	enum { LINES = 50000 };
	static char text[LINES * 16];
	struct place place = place_make();
	struct target_file *file;
	size_t used = 0;

	for (int i = 1; i <= LINES; i++)
		used += (size_t)sprintf(text + used, i % 1000 ? "h%d\n" : "h%d:\n", i);
	file_write(&place, text, used);
	file = file_open(place.path);
	for (int i = 1; i <= LINES; i++) {
		char expected[TEXT_MAX], found[TEXT_MAX];

		next_describe(file, found);
		if (i % 1000)
			snprintf(expected, sizeof(expected), "h%d:80", i);
		else
			snprintf(expected, sizeof(expected), "bad: %s:%d: ", place.path, i);
		cr_assert_eq(strncmp(found, expected, strlen(expected)), 0, "%s, not %s", found,
			     expected);
	}
	expect_next(file, "end");
	target_file_close(file);
	place_remove(&place);
}

Test(target_file, utf_16_is_refused_by_its_name)
{
	static const struct {
		const char *bytes;
		size_t length;
	} rows[] = {{"\xff\xfe"
		     "a\0\n\0",
		     6},
		    {"\xfe\xff\0a\0\n", 6},
		    {"\xff\xfe", 2}};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct place place = place_make();
		struct target_file *file;
		char text[TEXT_MAX];

		file_write(&place, rows[i].bytes, rows[i].length);
		file = file_open(place.path);
		next_describe(file, text);
		cr_expect_eq(strncmp(text, "failed: ", 8), 0, "%s", text);
		cr_expect(strstr(text, "it is UTF-16, and UTF-8 is needed") &&
				  strstr(text, place.path),
			  "%s", text);
		target_file_close(file);
		place_remove(&place);
	}
}

static void expect_no_open(const char *path, const char *hint)
{
	struct error error = {""};

	cr_expect_null(target_file_open(path, &(struct target_file_config){0}, &error), "'%s'",
		       path);
	cr_expect(strstr(error.text, "cannot read targets from ") && strstr(error.text, hint),
		  "'%s': %s", path, error.text);
	cr_expect_not_null(strstr(error.text, path), "'%s': %s", path, error.text);
}

Test(target_file, what_cannot_be_opened_is_explained)
{
	struct place place = place_with("a\n");

	expect_no_open("", "No such file or directory; check the path");
	expect_no_open("/nonexistent/hosts", "No such file or directory; check the path");
	expect_no_open("/", "it is a directory");
	cr_assert_eq(chmod(place.directory, 0755), 0);
	cr_assert_eq(chmod(place.path, 0), 0);
	if (geteuid() == 0)
		cr_assert_eq(seteuid(65534), 0); /* root may read anything */
	expect_no_open(place.path, "Permission denied; check who may read it");
	if (getuid() == 0)
		cr_assert_eq(seteuid(0), 0);
	place_remove(&place);
}

Test(target_file, a_long_path_leaves_room_for_the_reason)
{
	char path[1024];
	struct error error = {""};

	memset(path, '/', sizeof(path));
	strcpy(path + sizeof(path) - 20, "nonexistent/hosts");
	cr_expect_null(target_file_open(path, &(struct target_file_config){0}, &error));
	cr_expect_not_null(
		strstr(error.text, "/nonexistent/hosts: No such file or directory; check the path"),
		"%s", error.text);
}

Test(target_file, standard_input_that_cannot_be_read_is_refused)
{
	struct error error = {""};
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	cr_assert_eq(dup2(null, STDIN_FILENO), STDIN_FILENO);
	close(null);
	cr_expect_null(target_file_open("-", &(struct target_file_config){0}, &error));
	cr_expect_not_null(
		strstr(error.text,
		       "cannot read targets from standard input: Bad file descriptor; redirect it"),
		"%s", error.text);
	close(STDIN_FILENO);
	cr_expect_null(target_file_open("-", &(struct target_file_config){0}, &error));
	cr_expect_not_null(
		strstr(error.text,
		       "cannot read targets from standard input: Bad file descriptor; redirect it"),
		"%s", error.text);
}
