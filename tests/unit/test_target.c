/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the words on the command line ask for. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "tests/unit/target_fixture.h"
#include "user/core/target/target.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MAX_WORDS    4
#define TEXT_MAX     4096

static size_t word_count(const char *const *words)
{
	size_t count = 0;

	while (count < MAX_WORDS && words[count])
		count++;
	return count;
}

static void list_describe(const struct host_list *list, char *text)
{
	text[0] = '\0';
	for (size_t i = 0; i < list->count; i++) {
		strcat(text, i ? " " : "");
		host_describe(&list->hosts[i], text + strlen(text));
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
		{{"fe80::1"}, "[fe80::1]:80"},
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
		struct host_list list = {0};
		struct error error = {""};
		char text[TEXT_MAX];

		cr_expect_eq(host_list_parse(rows[i].words, word_count(rows[i].words), NULL,
					     find_service, &list, &error),
			     0, "%s: %s", rows[i].targets, error.text);
		list_describe(&list, text);
		cr_expect_str_eq(text, rows[i].targets);
		host_list_release(&list);
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
		{{"[fe80::1%]:80"}, -EINVAL, "as in fe80::1%eth0"},
		{{"fe80::1%"}, -EINVAL, "as in fe80::1%eth0"},
		{{"fe80::1%", "80"}, -EINVAL, "as in fe80::1%eth0"},
		{{"[fe80::1%eth0"}, -EINVAL, "[2001:db8::1]:443"},
		{{"2001:db8::1%eth0"}, -EINVAL, "leave '%eth0' out"},
		{{"::ffff:192.0.2.1%eth0"}, -EINVAL, "leave '%eth0' out"},
		{{"192.0.2.1%eth0"}, -EINVAL, "leave '%eth0' out"},
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
		struct host_list list = {.count = 4711};
		struct error error = {""};
		int result = host_list_parse(rows[i].words, word_count(rows[i].words), NULL,
					     find_service, &list, &error);

		cr_expect_eq(result, rows[i].result, "row %zu: %d '%s'", i, result, error.text);
		cr_expect_not_null(strstr(error.text, rows[i].hint),
				   "row %zu: '%s' does not say '%s'", i, error.text, rows[i].hint);
		cr_expect_null(strchr(error.text, '\033'));
		cr_expect(list.count == 4711 && !list.hosts, "row %zu", i);
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

	cr_assert_eq(port_list_parse("ssh,80-81", find_service, &ports, NULL), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct host_list list = {0};
		struct error error = {""};
		char text[TEXT_MAX];
		int result = host_list_parse(rows[i].words, word_count(rows[i].words), &ports,
					     find_service, &list, &error);

		cr_expect_eq(result, rows[i].targets ? 0 : -EINVAL, "row %zu: %s", i, error.text);
		list_describe(&list, text);
		cr_expect_str_eq(text, rows[i].targets ? rows[i].targets : "");
		cr_expect(rows[i].targets || strstr(error.text, "-p"), "row %zu: %s", i,
			  error.text);
		host_list_release(&list);
	}
	port_list_release(&ports);
}

Test(target, names_that_are_addresses_carry_them_and_their_scope)
{
	static const struct {
		const char *word, *literal,
			*scope; /* literal: "" for a name that must be resolved */
	} rows[] = {
		{"192.0.2.1:443", "192.0.2.1", NULL},
		{"192.0.2.1", "192.0.2.1", NULL},
		{"[2001:DB8::1]:443", "2001:db8::1", NULL},
		{"::1", "::1", NULL},
		{"::ffff:192.0.2.1", "192.0.2.1", NULL},
		{"[::FFFF:192.0.2.1]:443", "192.0.2.1", NULL},
		{"fe80::1", "fe80::1", NULL},
		{"[fe80::1]:443", "fe80::1", NULL},
		{"fe80::1%eth0", "fe80::1", "eth0"},
		{"[fe80::1%eth0]:443", "fe80::1", "eth0"},
		{"febf::1%2", "febf::1", "2"},
		{"fe80::1%a%b", "fe80::1", "a%b"},
		{"ff02::1%eth0", "ff02::1", "eth0"},
		{"example.com:443", "", NULL},
		{"192.0.2:443", "", NULL},
		{"a%b", "", NULL},
		{"0x50", "", NULL},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct host_list list = {0};
		struct error error = {""};
		const struct host *host;
		char text[ADDRESS_TEXT_MAX];

		cr_assert_eq(host_list_parse(&rows[i].word, 1, NULL, find_service, &list, &error),
			     0, "%s: %s", rows[i].word, error.text);
		host = &list.hosts[0];
		cr_expect_str_eq(address_format(&host->literal, text), rows[i].literal);
		cr_expect(host->literal.port == 0 && host->literal.scope == 0, "%s", rows[i].word);
		cr_expect_eq(!host->scope, !rows[i].scope, "%s", rows[i].word);
		cr_expect(!host->scope || (strcmp(host->scope, rows[i].scope) == 0 &&
					   host->scope > host->name &&
					   host->scope < host->name + strlen(host->name)),
			  "%s", rows[i].word);
		host_list_release(&list);
	}
}

Test(target, each_host_owns_a_copy_of_the_port_list)
{
	static const char *const words[] = {"a", "b"};
	struct port_list ports;
	struct host_list list;

	cr_assert_eq(port_list_parse("22,80-81", NULL, &ports, NULL), 0);
	cr_assert_eq(host_list_parse(words, 2, &ports, NULL, &list, NULL), 0);
	cr_expect(list.hosts[0].ports.ranges != ports.ranges &&
		  list.hosts[1].ports.ranges != ports.ranges);
	cr_expect_neq(list.hosts[0].ports.ranges, list.hosts[1].ports.ranges);
	port_list_release(&ports);
	host_release(&list.hosts[0]);
	cr_expect(!list.hosts[0].name && !list.hosts[0].ports.ranges);
	cr_expect_eq(port_list_count(&list.hosts[1].ports), 3);
	cr_expect_eq(port_list_at(&list.hosts[1].ports, 2), 81);
	host_list_release(&list);
	cr_expect(!list.hosts && list.count == 0);
}

Test(target, a_name_may_fill_its_room_and_no_more)
{
	char word[TARGET_NAME_MAX + 1], label[TARGET_LABEL_MAX];
	const char *words[] = {word};
	struct host_list list = {0};
	struct error error = {""};

	memset(word, 'x', sizeof(word));
	word[TARGET_NAME_MAX - 1] = '\0';
	cr_assert_eq(host_list_parse(words, 1, NULL, NULL, &list, NULL), 0);
	cr_expect_str_eq(list.hosts[0].name, word);
	cr_expect_eq(strlen(target_label(list.hosts[0].name, 65535, label)),
		     TARGET_NAME_MAX - 1 + 6);
	host_list_release(&list);
	word[TARGET_NAME_MAX - 1] = 'x';
	word[TARGET_NAME_MAX] = '\0';
	cr_expect_eq(host_list_parse(words, 1, NULL, NULL, &list, &error), -EINVAL);
	cr_expect_not_null(strstr(error.text, "253"), "%s", error.text);
}

Test(target, service_names_need_a_lookup)
{
	static const char *const words[] = {"example.com", "https"};
	struct host_list list;

	cr_expect_eq(host_list_parse(words, 2, NULL, NULL, &list, NULL), -EINVAL);
}

Test(target, a_network_is_its_addresses)
{
	static const struct {
		const char *word;
		uint64_t count, index;
		const char *address; /* at the index */
	} rows[] = {
		{"192.0.2.77/24:443", 256, 0, "192.0.2.0"},
		{"192.0.2.77/24", 256, 255, "192.0.2.255"},
		{"192.0.2.77/32", 1, 0, "192.0.2.77"},
		{"192.0.2.77/31", 2, 1, "192.0.2.77"},
		{"10.0.0.0/8", 1 << 24, 0x010203, "10.1.2.3"},
		{"0.0.0.0/0", 1ull << 32, 0xffffffff, "255.255.255.255"},
		{"[2001:db8::/120]:443", 256, 17, "2001:db8::11"},
		{"2001:db8::/96", 1ull << 32, 0x01020304, "2001:db8::102:304"},
		{"::1", 1, 0, "::1"},
		{"192.0.2.77", 1, 0, "192.0.2.77"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct host_list list = {0};
		struct error error = {""};
		struct address address;
		char text[ADDRESS_TEXT_MAX];

		cr_assert_eq(host_list_parse(&rows[i].word, 1, NULL, NULL, &list, &error), 0, "%s",
			     error.text);
		cr_expect_eq(host_address_count(&list.hosts[0]), rows[i].count, "%s", rows[i].word);
		address = host_address_at(&list.hosts[0], rows[i].index);
		cr_expect_str_eq(address_format(&address, text), rows[i].address, "%s",
				 rows[i].word);
		host_list_release(&list);
	}
}

Test(target, a_network_that_is_none_is_refused)
{
	static const struct {
		const char *word;
		int result;
		const char *hint;
	} rows[] = {
		{"192.0.2.0/33", -ERANGE, "0 to 32"},
		{"2001:db8::/129", -ERANGE, "0 to 128"},
		{"192.0.2.0/", -EINVAL, "network"},
		{"192.0.2.0/x", -EINVAL, "network"},
		{"192.0.2.0/-1", -EINVAL, "network"},
		{"192.0.2.0/24/24", -EINVAL, "network"},
		{"example.com/24", -EINVAL, "only an address"},
		{"fe80::%eth0/64", -EINVAL, "network"},
		{"2001:db8::/64", -ERANGE, "/96 or more"},
		{"192.0.2.0/255.255.255.0", -EINVAL, "network"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct host_list list = {0};
		struct error error = {""};

		cr_expect_eq(host_list_parse(&rows[i].word, 1, NULL, NULL, &list, &error),
			     rows[i].result, "%s: %s", rows[i].word, error.text);
		cr_expect_not_null(strstr(error.text, rows[i].hint), "%s: %s", rows[i].word,
				   error.text);
	}
}

Test(target, more_hosts_than_memory_can_hold_are_refused)
{
	static const char *const word = "a";
	struct port_list ports;
	struct host_list list = {.count = 4711};

	cr_assert_eq(port_list_parse("1-65535", NULL, &ports, NULL), 0);
	cr_expect_eq(host_list_parse(&word, SIZE_MAX / 1000, &ports, NULL, &list, NULL), -ENOMEM);
	cr_expect_eq(list.count, 4711);
	port_list_release(&ports);
}

Test(target, a_label_puts_brackets_around_what_has_colons)
{
	char name[TARGET_NAME_MAX], text[TARGET_LABEL_MAX];

	cr_expect_str_eq(target_label("example.com", 443, text), "example.com:443");
	cr_expect_str_eq(target_label("2001:db8::1", 1, text), "[2001:db8::1]:1");
	cr_expect_str_eq(target_label("fe80::1%eth0", 65535, text), "[fe80::1%eth0]:65535");
	memset(name, 'x', sizeof(name));
	memcpy(name, "fe80::1%", 8);
	name[TARGET_NAME_MAX - 1] = '\0';
	cr_expect_str_eq(target_label(name, 65535, text) + TARGET_NAME_MAX, "]:65535");
}

/* Of what can be written none is so large; whoever adds them up need not care. */
Test(target, more_targets_than_can_be_counted_are_as_many_as_can_be)
{
	struct port_range ranges[] = {{1, 65535}};
	struct host host = {.ports = {ranges, 1}};

	cr_assert_eq(address_parse("2001:db8::", &host.literal), 0);
	cr_expect_eq(host_target_count(&host), 65535);
	host.free_bits = 32;
	cr_expect_eq(host_target_count(&host), 65535ull << 32);
	host.free_bits = 48;
	cr_expect_eq(host_target_count(&host), 65535ull << 48);
	host.free_bits = 49;
	cr_expect_eq(host_target_count(&host), UINT64_MAX);
}
