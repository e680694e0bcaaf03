/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the words on the command line ask for. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "user/core/target.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MAX_WORDS    4
#define TEXT_MAX     4096

static int lookup(const char *name)
{
	static const struct {
		const char *name;
		int port;
	} services[] = {{"http", 80}, {"https", 443}, {"ssh", 22}, {"ms-sql-s", 1433}, {"9pfs", 564}, {"broken", 70000}};

	for (size_t i = 0; i < COUNT(services); i++) {
		if (strcmp(services[i].name, name) == 0)
			return services[i].port;
	}
	return -ENOENT;
}

static size_t word_count(const char *const *words)
{
	size_t count = 0;

	while (count < MAX_WORDS && words[count])
		count++;
	return count;
}

/* The labels, separated by spaces: one string tells the whole list. */
static void list_describe(const struct target_list *list, char *text)
{
	char label[TARGET_NAME_MAX + 10];

	text[0] = '\0';
	for (size_t i = 0; i < list->count; i++) {
		strcat(text, i ? " " : "");
		strcat(text, target_label(&list->targets[i], label));
	}
}

static void ranges_describe(const struct port_list *list, char *text)
{
	text[0] = '\0';
	for (size_t i = 0; i < list->count; i++) {
		struct port_range range = list->ranges[i];

		sprintf(text + strlen(text), range.first == range.last ? "%s%u" : "%s%u-%u", i ? "," : "", range.first, range.last);
	}
}

Test(target, words_without_a_port_list)
{
	static const struct {
		const char *words[MAX_WORDS];
		const char *targets;
	} rows[] = {
		/* one word */
		{{"example.com"}, "example.com:80"},
		{{"example.com:443"}, "example.com:443"},
		{{"example.com:https"}, "example.com:443"},
		{{"example.com."}, "example.com.:80"},
		{{"192.0.2.1:1"}, "192.0.2.1:1"},
		{{"h:65535"}, "h:65535"},
		{{"0x50"}, "0x50:80"},
		{{"3com"}, "3com:80"},
		{{"::1"}, "[::1]:80"},
		{{"2001:db8::1:443"}, "[2001:db8::1:443]:80"},
		{{"[::1]"}, "[::1]:80"},
		{{"[2001:db8::1]:443"}, "[2001:db8::1]:443"},
		{{"[::1]:ssh"}, "[::1]:22"},
		{{"fe80::1%eth0"}, "[fe80::1%eth0]:80"},
		{{"[fe80::1%eth0]:443"}, "[fe80::1%eth0]:443"},
		{{"m\xc3\xbcnchen.example:22"}, "m\xc3\xbcnchen.example:22"},
		/* two bare words are HOST PORT */
		{{"example.com", "443"}, "example.com:443"},
		{{"example.com", "https"}, "example.com:443"},
		{{"example.com", "ms-sql-s"}, "example.com:1433"},
		{{"example.com", "9pfs"}, "example.com:564"},
		{{"192.0.2.1", "0080"}, "192.0.2.1:80"},
		{{"watch", "80"}, "watch:80"},
		{{"::1", "443"}, "[::1]:443"},
		{{"[::1]", "443"}, "[::1]:443"},
		{{"fe80::1%eth0", "ssh"}, "[fe80::1%eth0]:22"},
		/* two words of which one says that it is a target */
		{{"a:80", "b:81"}, "a:80 b:81"},
		{{"a:80", "b"}, "a:80 b:80"},
		{{"a:443", "b"}, "a:443 b:80"},
		{{"a", "b:81"}, "a:80 b:81"},
		{{"a", "::1"}, "a:80 [::1]:80"},
		{{"::1", "::2"}, "[::1]:80 [::2]:80"},
		{{"::1", "[::2]:443"}, "[::1]:80 [::2]:443"},
		{{"[::1]:443", "b"}, "[::1]:443 b:80"},
		/* more words are targets */
		{{"a", "b", "c"}, "a:80 b:80 c:80"},
		{{"a", "b:443", "[::1]:22", "192.0.2.1"}, "a:80 b:443 [::1]:22 192.0.2.1:80"},
		{{"a", "a", "a"}, "a:80 a:80 a:80"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct target_list list = {0};
		struct error error = {""};
		char text[TEXT_MAX];

		cr_expect_eq(target_list_parse(rows[i].words, word_count(rows[i].words), NULL, lookup, &list, &error), 0, "%s: %s",
			     rows[i].targets, error.text);
		list_describe(&list, text);
		cr_expect_str_eq(text, rows[i].targets);
		target_list_release(&list);
	}
}

Test(target, words_that_are_refused_say_what_to_do_instead)
{
	static const struct {
		const char *words[MAX_WORDS];
		int result;
		const char *hint; /* part of the sentence */
	} rows[] = {
		{{NULL}, -EINVAL, "give HOST [PORT]"},
		{{""}, -EINVAL, "the word is empty"},
		/* a bare number as host */
		{{"443"}, -EINVAL, "HOST 443 for one host"},
		{{"443", "example.com"}, -EINVAL, "HOST 443 for one host"},
		{{"80", "443"}, -EINVAL, "bare number"},
		{{"443:80"}, -EINVAL, "bare number"},
		{{"a", "80", "443"}, -EINVAL, "-p 80"},
		{{"a:80", "b:80", "4"}, -EINVAL, "-c 4"},
		/* ports */
		{{"a", "70000"}, -ERANGE, "from 1 to 65535"},
		{{"a", "65536"}, -ERANGE, "from 1 to 65535"},
		{{"a", "0"}, -ERANGE, "from 1 to 65535"},
		{{"a", "99999999999999999999999"}, -ERANGE, "from 1 to 65535"},
		{{"a", "-1"}, -EINVAL, "from 1 to 65535"},
		{{"a", "12abc"}, -EINVAL, "from 1 to 65535"},
		{{"a", "0x50"}, -EINVAL, "from 1 to 65535"},
		{{"a", ""}, -EINVAL, "from 1 to 65535"},
		{{"a", " 80"}, -EINVAL, "from 1 to 65535"},
		{{"a", "HTTPS!"}, -EINVAL, "from 1 to 65535"},
		{{"a", "broken"}, -EINVAL, "from 1 to 65535"},
		{{"a:70000"}, -ERANGE, "from 1 to 65535"},
		{{"a:0"}, -ERANGE, "from 1 to 65535"},
		{{"a:-1"}, -EINVAL, "from 1 to 65535"},
		{{"a:12abc"}, -EINVAL, "from 1 to 65535"},
		{{"[::1]:0"}, -ERANGE, "from 1 to 65535"},
		{{"a", "80,443"}, -EINVAL, "-p 80,443"},
		{{"a", "8000-8010"}, -EINVAL, "-p 80,443"},
		{{"a", "b"}, -EINVAL, "HOST:80 HOST:80"},
		{{"192.0.2.1", "192.0.2.2"}, -EINVAL, "-p 80 HOST HOST"},
		{{"::1", "b"}, -EINVAL, "-p 80 HOST HOST"},
		/* a port twice */
		{{"a:80", "443"}, -EINVAL, "use -p"},
		{{"[::1]:80", "443"}, -EINVAL, "use -p"},
		{{"a:", "443"}, -EINVAL, "use -p"},
		/* half a target */
		{{"a:"}, -EINVAL, "no port after the colon"},
		{{"[::1]:"}, -EINVAL, "no port after the colon"},
		{{":80"}, -EINVAL, "no host before the colon"},
		{{":"}, -EINVAL, "no host before the colon"},
		/* brackets and colons */
		{{"[::1"}, -EINVAL, "[2001:db8::1]:443"},
		{{"[]"}, -EINVAL, "[2001:db8::1]:443"},
		{{"[example.com]:80"}, -EINVAL, "[2001:db8::1]:443"},
		{{"[192.0.2.1]:80"}, -EINVAL, "[2001:db8::1]:443"},
		{{"[fe80::1%]:80"}, -EINVAL, "[2001:db8::1]:443"},
		{{"[::1]80"}, -EINVAL, "after the bracket"},
		{{"[::1]]"}, -EINVAL, "after the bracket"},
		{{"fe80::1%eth0:80"}, -EINVAL, "[2001:db8::1]:443"},
		{{"a:80:90"}, -EINVAL, "[2001:db8::1]:443"},
		{{"1:2:3"}, -EINVAL, "[2001:db8::1]:443"},
		{{"::g"}, -EINVAL, "[2001:db8::1]:443"},
		{{"a:b:c", "80"}, -EINVAL, "[2001:db8::1]:443"},
		{{"https://example.com"}, -EINVAL, "it is a URL"},
		{{"https://example.com", "443"}, -EINVAL, "it is a URL"},
		/* bytes that are no part of a name */
		{{"a b"}, -EINVAL, "space"},
		{{" a"}, -EINVAL, "space"},
		{{"a\n"}, -EINVAL, "control character"},
		{{"a\033[2J"}, -EINVAL, "control character"},
		{{"a\177"}, -EINVAL, "control character"},
		{{"a\xc2\x9b"}, -EINVAL, "control character"},
		{{"a\xc2\xa0"}, -EINVAL, "space"},
		{{"a\xff"}, -EINVAL, "no UTF-8"},
		{{"a\xc3"}, -EINVAL, "no UTF-8"},
		{{"a\xc0\xae"}, -EINVAL, "no UTF-8"},
		{{"a\xed\xa0\x80"}, -EINVAL, "no UTF-8"},
		{{"a\xf4\x90\x80\x80"}, -EINVAL, "no UTF-8"},
		/* one bad word refuses all */
		{{"a:80", "b:80", "c:"}, -EINVAL, "no port after the colon"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct target_list list = {.count = 4711};
		struct error error = {""};
		int result = target_list_parse(rows[i].words, word_count(rows[i].words), NULL, lookup, &list, &error);

		cr_expect_eq(result, rows[i].result, "row %zu: %d '%s'", i, result, error.text);
		cr_expect_not_null(strstr(error.text, rows[i].hint), "row %zu: '%s' does not say '%s'", i, error.text, rows[i].hint);
		cr_expect_null(strchr(error.text, '\033'));
		cr_expect(list.count == 4711 && !list.targets, "row %zu", i);
	}
}

Test(target, with_a_port_list_every_word_is_a_host_for_every_port)
{
	static const struct {
		const char *words[MAX_WORDS];
		const char *targets; /* NULL: refused */
	} rows[] = {
		{{"a"}, "a:22 a:80 a:81"},
		{{"a", "b"}, "a:22 a:80 a:81 b:22 b:80 b:81"},
		{{"a", "https"}, "a:22 a:80 a:81 https:22 https:80 https:81"},
		{{"::1"}, "[::1]:22 [::1]:80 [::1]:81"},
		{{"[fe80::1%lo]"}, "[fe80::1%lo]:22 [fe80::1%lo]:80 [fe80::1%lo]:81"},
		{{"a:80"}, NULL},
		{{"[::1]:80"}, NULL},
		{{"a:"}, NULL},
		{{"a", "443"}, NULL},
		{{"443"}, NULL},
	};
	struct port_list ports;

	cr_assert_eq(port_list_parse("ssh,80-81", lookup, &ports, NULL), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct target_list list = {0};
		struct error error = {""};
		char text[TEXT_MAX];
		int result = target_list_parse(rows[i].words, word_count(rows[i].words), &ports, lookup, &list, &error);

		cr_expect_eq(result, rows[i].targets ? 0 : -EINVAL, "row %zu: %s", i, error.text);
		list_describe(&list, text);
		cr_expect_str_eq(text, rows[i].targets ? rows[i].targets : "");
		cr_expect(rows[i].targets || strstr(error.text, "-p"), "row %zu: %s", i, error.text);
		target_list_release(&list);
	}
	port_list_release(&ports);
}

Test(target, names_that_are_addresses_carry_them_with_the_port)
{
	static const struct {
		const char *word, *literal; /* "" for a name that must be resolved */
	} rows[] = {
		{"192.0.2.1:443", "192.0.2.1:443"},
		{"192.0.2.1", "192.0.2.1:80"},
		{"[2001:DB8::1]:443", "[2001:db8::1]:443"},
		{"::1", "[::1]:80"},
		{"fe80::1%eth0", ""},
		{"[fe80::1%eth0]:443", ""},
		{"example.com:443", ""},
		{"192.0.2:443", ""},
		{"0x50", ""},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct target_list list = {0};
		char text[ADDRESS_TEXT_MAX];

		cr_assert_eq(target_list_parse(&rows[i].word, 1, NULL, lookup, &list, NULL), 0, "%s", rows[i].word);
		cr_expect_str_eq(address_format_with_port(&list.targets[0].literal, text), rows[i].literal);
		target_list_release(&list);
	}
}

Test(target, literals_of_a_port_list_carry_each_its_own_port)
{
	static const char *const word = "192.0.2.1";
	struct port_list ports;
	struct target_list list;

	cr_assert_eq(port_list_parse("1-65535", NULL, &ports, NULL), 0);
	cr_assert_eq(target_list_parse(&word, 1, &ports, NULL, &list, NULL), 0);
	cr_assert_eq(list.count, 65535);
	for (uint32_t i = 0; i < 65535; i++) {
		cr_assert_eq(list.targets[i].port, i + 1);
		cr_assert_eq(list.targets[i].literal.port, i + 1);
	}
	target_list_release(&list);
	port_list_release(&ports);
}

Test(target, a_name_may_fill_its_room_and_no_more)
{
	char word[TARGET_NAME_MAX + 1], label[TARGET_NAME_MAX + 10];
	const char *words[] = {word};
	struct target_list list = {0};
	struct error error = {""};

	memset(word, 'x', sizeof(word));
	word[TARGET_NAME_MAX - 1] = '\0';
	cr_assert_eq(target_list_parse(words, 1, NULL, NULL, &list, NULL), 0);
	cr_expect_str_eq(list.targets[0].name, word);
	list.targets[0].port = 65535;
	cr_expect_eq(strlen(target_label(&list.targets[0], label)), TARGET_NAME_MAX - 1 + 6);
	target_list_release(&list);
	word[TARGET_NAME_MAX - 1] = 'x';
	word[TARGET_NAME_MAX] = '\0';
	cr_expect_eq(target_list_parse(words, 1, NULL, NULL, &list, &error), -EINVAL);
	cr_expect_not_null(strstr(error.text, "253"), "%s", error.text);
}

Test(target, service_names_need_a_lookup)
{
	static const char *const words[] = {"example.com", "https"};
	struct target_list list;

	cr_expect_eq(target_list_parse(words, 2, NULL, NULL, &list, NULL), -EINVAL);
}

Test(target, more_targets_than_memory_can_hold_are_refused)
{
	static const char *const word = "a";
	struct port_list ports;
	struct target_list list = {.count = 4711};

	cr_assert_eq(port_list_parse("1-65535", NULL, &ports, NULL), 0);
	cr_expect_eq(target_list_parse(&word, SIZE_MAX / 1000, &ports, NULL, &list, NULL), -ENOMEM);
	cr_expect_eq(list.count, 4711);
	port_list_release(&ports);
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

		cr_expect_eq(port_list_parse(rows[i].text, lookup, &list, &error), 0, "%s: %s", rows[i].text, error.text);
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

		cr_expect_eq(port_list_parse(rows[i].text, lookup, &list, &error), rows[i].result, "'%s'", rows[i].text);
		cr_expect_not_null(strstr(error.text, rows[i].hint), "'%s': %s", rows[i].text, error.text);
		cr_expect_not_null(strstr(error.text, "cannot read the port list '"), "'%s': %s", rows[i].text, error.text);
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
