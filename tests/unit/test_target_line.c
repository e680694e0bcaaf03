/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a line of a file asks for. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/target_fixture.h"
#include "user/core/target/target_line.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define TEXT_MAX     4096

/* From a buffer of exactly its size, so that a sanitizer sees a look behind the end. */
static int line_parse(const char *line, size_t length, const struct port_list *ports,
		      struct host *host, struct error *error)
{
	char *exact = malloc(length ? length : 1);
	int result;

	memcpy(exact, line, length);
	result = host_parse_line(exact, length, ports, find_service, host, error);
	free(exact);
	return result;
}

Test(host_line, a_host_and_its_ports)
{
	static const struct {
		const char *line;
		const char *targets,
			*targets_of_list; /* without and with a port list; NULL: the same */
	} rows[] = {
		{"example.com", "example.com:80", "example.com:22 example.com:443"},
		{"example.com:8080", "example.com:8080", NULL},
		{"example.com:https", "example.com:443", NULL},
		{"example.com 8080", "example.com:8080", NULL},
		{"example.com ssh", "example.com:22", NULL},
		{"example.com 22,80,8000-8002",
		 "example.com:22 example.com:80 example.com:8000 example.com:8001 example.com:8002",
		 NULL},
		{"::1", "[::1]:80", "[::1]:22 [::1]:443"},
		{"[::1]", "[::1]:80", "[::1]:22 [::1]:443"},
		{"[::1]:443", "[::1]:443", NULL},
		{"[::1] 1,2", "[::1]:1 [::1]:2", NULL},
		{"fe80::1%eth0 22", "[fe80::1%eth0]:22", NULL},
		{"192.0.2.1", "192.0.2.1:80", "192.0.2.1:22 192.0.2.1:443"},
		{"m\xc3\xbcnchen.example", "m\xc3\xbcnchen.example:80",
		 "m\xc3\xbcnchen.example:22 m\xc3\xbcnchen.example:443"},
		/* blanks */
		{"  a  ", "a:80", "a:22 a:443"},
		{"\ta\t\t 1 ", "a:1", NULL},
		/* comments */
		{"a # b c d", "a:80", "a:22 a:443"},
		{"a\t#", "a:80", "a:22 a:443"},
		{"a 1 #2", "a:1", NULL},
		{"a#b", "a#b:80", "a#b:22 a#b:443"},
		{"a#b #c", "a#b:80", "a#b:22 a#b:443"},
		{"a # \xff\033\r", "a:80", "a:22 a:443"},
	};
	struct port_list ports;

	cr_assert_eq(port_list_parse("22,443", NULL, &ports, NULL), 0);
	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		const char *line = rows[i / 2].line;
		const char *expected = i % 2 && rows[i / 2].targets_of_list
					       ? rows[i / 2].targets_of_list
					       : rows[i / 2].targets;
		struct host host = {0};
		struct error error = {""};
		char text[TEXT_MAX];

		cr_assert_eq(line_parse(line, strlen(line), i % 2 ? &ports : NULL, &host, &error),
			     1, "'%s': %s", line, error.text);
		host_describe(&host, text);
		cr_expect_str_eq(text, expected);
		host_release(&host);
	}
	port_list_release(&ports);
}

Test(host_line, blank_lines_and_comments_have_no_host)
{
	static const char *const lines[] = {"",	   " ",	 "\t \t", "#",
					    "# a", "#a", "  # a", "\t#a:b:c"};

	for (size_t i = 0; i < COUNT(lines); i++) {
		struct host host = {.scope = "untouched"};

		cr_expect_eq(line_parse(lines[i], strlen(lines[i]), NULL, &host, NULL), 0, "'%s'",
			     lines[i]);
		cr_expect(!host.name && strcmp(host.scope, "untouched") == 0);
	}
	cr_expect_eq(line_parse("#\0", 2, NULL, &(struct host){0}, NULL), 0);
}

Test(host_line, a_bad_line_says_what_is_wrong)
{
	static const struct {
		const char *line;
		int result;
		const char *hint;
	} rows[] = {
		{"a b c", -EINVAL, "has 3 words"},
		{"a 22, 80", -EINVAL, "without spaces in the list"},
		{"192.0.2.1 a b c d", -EINVAL, "has 5 words"},
		{"a b", -EINVAL, "a line of its own"},
		{"a b:80", -EINVAL, "a line of its own"},
		{"a 70000", -ERANGE, "from 1 to 65535"},
		{"a 1,0", -ERANGE, "from 1 to 65535"},
		{"a 1,,2", -EINVAL, "between two commas"},
		{"a 9-1", -EINVAL, "write 1-9"},
		{"a:80 443", -EINVAL, "has a port already"},
		{"a: 443", -EINVAL, "has a port already"},
		{"[::1]:80 443", -EINVAL, "has a port already"},
		{"a:70000", -ERANGE, "from 1 to 65535"},
		{"a:1,2", -EINVAL, "from 1 to 65535"},
		{"a:", -EINVAL, "no port after the colon"},
		{":80", -EINVAL, "no host before the colon"},
		{"443", -EINVAL, "bare number"},
		{"443 a", -EINVAL, "bare number"},
		{"443:1", -EINVAL, "bare number"},
		{"a:b:c", -EINVAL, "[2001:db8::1]:443"},
		{"[a]", -EINVAL, "[2001:db8::1]:443"},
		{"https://a/", -EINVAL, "it is a URL"},
		{"fe80::1%", -EINVAL, "as in fe80::1%eth0"},
		{"a\033[2J", -EINVAL, "byte 2 is a control character"},
		{"  a \001", -EINVAL, "byte 5 is a control character"},
		{"a\r", -EINVAL, "byte 2 is a control character"},
		{"a\nb", -EINVAL, "byte 2 is a control character"},
		{"a \xc2\x9b", -EINVAL, "byte 3 is a control character"},
		{"a\xc2\xa0 22", -EINVAL, "byte 2 is"},
		{"a\xff", -EINVAL, "no UTF-8"},
		{"a\xc3", -EINVAL, "no UTF-8"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct host host = {.scope = "untouched"};
		struct error error = {""};
		int result = line_parse(rows[i].line, strlen(rows[i].line), NULL, &host, &error);

		cr_expect_eq(result, rows[i].result, "'%s': %d '%s'", rows[i].line, result,
			     error.text);
		cr_expect_not_null(strstr(error.text, rows[i].hint), "'%s': '%s'", rows[i].line,
				   error.text);
		cr_expect_null(strstr(error.text, "-c "), "'%s' speaks of options: '%s'",
			       rows[i].line, error.text);
		cr_expect(!host.name && strcmp(host.scope, "untouched") == 0, "'%s'", rows[i].line);
	}
}

Test(host_line, a_nul_is_named_with_its_place)
{
	static const struct {
		const char *line;
		size_t length;
		const char *hint;
	} rows[] = {
		{"\0", 1, "byte 1 is a NUL"},
		{"a\0", 2, "byte 2 is a NUL"},
		{"a\0.\0b\0", 6, "byte 2 is a NUL"},
		{"a 80\0", 5, "byte 5 is a NUL"},
		{"\0# no comment", 13, "byte 1 is a NUL"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct host host = {0};
		struct error error = {""};

		cr_expect_eq(line_parse(rows[i].line, rows[i].length, NULL, &host, &error), -EINVAL,
			     "row %zu", i);
		cr_expect_not_null(strstr(error.text, rows[i].hint), "row %zu: '%s'", i,
				   error.text);
		cr_expect_null(host.name);
	}
}

Test(host_line, the_line_ends_where_its_length_says)
{
	struct host host = {0};

	cr_assert_eq(host_parse_line("example.com:4433", 15, NULL, NULL, &host, NULL), 1);
	cr_expect_str_eq(host.name, "example.com");
	cr_expect_eq(port_list_at(&host.ports, 0), 443);
	host_release(&host);
}

Test(host_line, a_name_may_fill_its_room_and_no_more)
{
	char line[TARGET_NAME_MAX];
	struct host host = {0};
	struct error error = {""};

	memset(line, 'x', sizeof(line));
	cr_assert_eq(line_parse(line, TARGET_NAME_MAX - 1, NULL, &host, NULL), 1);
	cr_expect_eq(strlen(host.name), TARGET_NAME_MAX - 1);
	host_release(&host);
	cr_expect_eq(line_parse(line, TARGET_NAME_MAX, NULL, &host, &error), -EINVAL);
	cr_expect_not_null(strstr(error.text, "253"), "%s", error.text);
}
