/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Ports as people write them. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/target_fixture.h"
#include "user/core/target/target.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define TEXT_MAX     4096

static void ranges_describe(const struct port_list *list, char *text)
{
	text[0] = '\0';
	for (size_t i = 0; i < list->count; i++) {
		struct port_range range = list->ranges[i];

		sprintf(text + strlen(text), range.first == range.last ? "%s%u" : "%s%u-%u",
			i ? "," : "", range.first, range.last);
	}
}

Test(port_list, ports_stay_in_order_and_come_once)
{
	static const struct {
		const char *text, *ranges;
	} rows[] = {
		{"80", "80"},
		{"22,80,8000-8010", "22,80,8000-8010"},
		{"443,80", "443,80"},
		{"80,80,80", "80"},
		{"80,70-90", "80,70-79,81-90"},
		{"70-90,80", "70-90"},
		{"1-10,5-15,12-20", "1-10,11-15,16-20"},
		{"10-12,14-16,9-17", "10-12,14-16,9,13,17"},
		{"1-65535", "1-65535"},
		{"65535,1-65535", "65535,1-65534"},
		{"7-7", "7"},
		{"ssh,https", "22,443"},
		{"ms-sql-s,9pfs", "1433,564"},
		{"443,https", "443"},
		{"00000000000000000000000000000000000000000000000000000000000000000000022", "22"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct port_list list = {0};
		struct error error = {""};
		char text[TEXT_MAX];

		cr_expect_eq(port_list_parse(rows[i].text, find_service, &list, &error), 0,
			     "%s: %s", rows[i].text, error.text);
		ranges_describe(&list, text);
		cr_expect_str_eq(text, rows[i].ranges);
		port_list_release(&list);
	}
}

Test(port_list, what_is_no_port_is_refused_with_the_list_and_the_range)
{
	static const struct {
		const char *text;
		int result;
		const char *hint;
	} rows[] = {
		{"", -EINVAL, "nothing"},
		{",", -EINVAL, "nothing"},
		{"80,", -EINVAL, "nothing"},
		{",80", -EINVAL, "nothing"},
		{"22,,80", -EINVAL, "nothing"},
		{"0", -ERANGE, "from 1 to 65535"},
		{"70000", -ERANGE, "from 1 to 65535"},
		{"1-70000", -ERANGE, "from 1 to 65535"},
		{"0-10", -ERANGE, "from 1 to 65535"},
		{"12abc", -EINVAL, "from 1 to 65535"},
		{"-1", -EINVAL, "from 1 to 65535"},
		{"80-", -EINVAL, "from 1 to 65535"},
		{"-", -EINVAL, "from 1 to 65535"},
		{"1-2-3", -EINVAL, "from 1 to 65535"},
		{"ssh-https", -EINVAL, "from 1 to 65535"},
		{"22, 80", -EINVAL, "from 1 to 65535"},
		{"unheard-of", -EINVAL, "from 1 to 65535"},
		{"80-70", -EINVAL, "write 70-80"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct port_list list = {.count = 4711};
		struct error error = {""};

		cr_expect_eq(port_list_parse(rows[i].text, find_service, &list, &error),
			     rows[i].result, "'%s'", rows[i].text);
		cr_expect_not_null(strstr(error.text, rows[i].hint), "'%s': %s", rows[i].text,
				   error.text);
		cr_expect_not_null(strstr(error.text, "cannot read the port list '"), "'%s': %s",
				   rows[i].text, error.text);
		cr_expect(list.count == 4711 && !list.ranges, "'%s'", rows[i].text);
	}
}

Test(port_list, every_second_port_makes_the_longest_list)
{
	static char text[7 * 32768];
	struct port_list list;
	size_t used = 0;

	for (unsigned port = 1; port <= 65535; port += 2)
		used += (size_t)sprintf(text + used, "%s%u", used ? "," : "", port);
	cr_assert_eq(port_list_parse(text, NULL, &list, NULL), 0);
	cr_assert_eq(list.count, 32768);
	for (size_t i = 0; i < list.count; i++)
		cr_assert(list.ranges[i].first == 2 * i + 1 && list.ranges[i].last == 2 * i + 1);
	port_list_release(&list);
}

Test(port_list, every_index_has_its_port_in_the_order_of_the_list)
{
	static const uint16_t expected[] = {443, 22, 8000, 8001, 8002, 1, 65535};
	struct port_list list;

	cr_assert_eq(port_list_parse("443,22,8000-8002,1,65535", NULL, &list, NULL), 0);
	cr_assert_eq(port_list_count(&list), COUNT(expected));
	for (size_t i = 0; i < COUNT(expected); i++)
		cr_expect_eq(port_list_at(&list, i), expected[i], "%zu: %u", i,
			     port_list_at(&list, i));
	port_list_release(&list);
	cr_expect_eq(port_list_count(&list), 0);
}

Test(port_list, one_by_one_ports_are_those_of_every_index)
{
	struct port_list list;
	uint16_t *ports;
	size_t count;

	cr_assert_eq(port_list_parse("443,22,8000-8002,1,65530-65535", NULL, &list, NULL), 0);
	ports = port_list_expand(&list, &count);
	cr_assert_eq(count, port_list_count(&list));
	for (size_t i = 0; i < count; i++)
		cr_expect_eq(ports[i], port_list_at(&list, i), "%zu: %u", i, ports[i]);
	free(ports);
	port_list_release(&list);
}

Test(port_list, the_whole_range_has_every_port)
{
	struct port_list list;

	cr_assert_eq(port_list_parse("1-65535", NULL, &list, NULL), 0);
	cr_assert_eq(port_list_count(&list), 65535);
	for (size_t i = 0; i < 65535; i++)
		cr_assert_eq(port_list_at(&list, i), i + 1);
	port_list_release(&list);
}
