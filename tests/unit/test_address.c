/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Addresses as values: text, comparison and socket addresses; and the sentences of errors. */
#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "user/base/address.h"
#include "user/base/error.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct address parsed(const char *text)
{
	struct address address = {0};

	cr_assert_eq(address_parse(text, &address), 0, "%s", text);
	return address;
}

Test(address, literals_are_parsed_and_written_in_their_canonical_form)
{
	static const struct {
		const char *text, *written, *with_port;
		int family;
	} rows[] = {
		{"192.0.2.1", "192.0.2.1", "192.0.2.1:443", AF_INET},
		{"0.0.0.0", "0.0.0.0", "0.0.0.0:443", AF_INET},
		{"255.255.255.255", "255.255.255.255", "255.255.255.255:443", AF_INET},
		{"2001:db8::1", "2001:db8::1", "[2001:db8::1]:443", AF_INET6},
		{"2001:DB8:0:0:0:0:0:1", "2001:db8::1", "[2001:db8::1]:443", AF_INET6},
		{"::", "::", "[::]:443", AF_INET6},
		{"::ffff:192.0.2.1", "::ffff:192.0.2.1", "[::ffff:192.0.2.1]:443", AF_INET6},
	};
	char text[ADDRESS_TEXT_MAX];

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct address address = parsed(rows[i].text);

		cr_expect_eq(address.family, rows[i].family);
		cr_expect_eq(address.port, 0);
		cr_expect_str_eq(address_format(&address, text), rows[i].written);
		address.port = 443;
		cr_expect_str_eq(address_format_with_port(&address, text), rows[i].with_port);
	}
}

Test(address, anything_but_a_literal_is_refused_and_leaves_the_output_alone)
{
	static const char *const rows[] = {
		"",	     "localhost", "1.2.3",	"1.2.3.4.5",
		"256.1.1.1", "1.2.3.4 ",  " 1.2.3.4",	"0x7f.0.0.1",
		"127.1",     "[::1]",	  ":",		"1:2:3:4:5:6:7",
		"::1::",     "12345::",	  "fe80::1%lo", "192.0.2.1:80",
		"1.2.3.04x",
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct address address = address_make(AF_INET, "\1\2\3\4", 5), before = address;

		cr_expect_eq(address_parse(rows[i], &address), -EINVAL, "'%s'", rows[i]);
		cr_expect_eq(memcmp(&address, &before, sizeof(address)), 0, "'%s'", rows[i]);
	}
}

Test(address, the_longest_text_fits)
{
	struct address address = parsed("2001:db80:1111:2222:3333:4444:5555:6666");
	char text[ADDRESS_TEXT_MAX];

	address.port = 65535;
	cr_expect_str_eq(address_format_with_port(&address, text),
			 "[2001:db80:1111:2222:3333:4444:5555:6666]:65535");
}

Test(address, none_is_zero_and_has_no_text)
{
	struct address none = {0}, other = address_make(AF_UNIX, "abcdefghijklmnop", 7);
	char text[ADDRESS_TEXT_MAX] = "x";

	cr_expect_not(address_is_set(&none));
	cr_expect_not(address_is_set(&other));
	cr_expect(address_equal(&none, &other));
	cr_expect_str_eq(address_format(&none, text), "");
	cr_expect_str_eq(address_format_with_port(&none, text), "");
}

Test(address, equality_looks_at_family_bytes_and_port_but_not_at_the_scope)
{
	struct address a = address_make(AF_INET, "\1\2\3\4", 80), same = a, other_port = a,
		       other_bytes = a;
	uint8_t v6_bytes[16] = {1, 2, 3, 4};
	struct address other_family = address_make(AF_INET6, v6_bytes, 80);

	same.scope = 3;
	other_port.port = 81;
	other_bytes.bytes[3] = 5;
	cr_expect(address_equal(&a, &same));
	cr_expect_not(address_equal(&a, &other_port));
	cr_expect(address_same_host(&a, &other_port));
	cr_expect_not(address_same_host(&a, &other_bytes));
	cr_expect_not(address_same_host(&a, &other_family));
}

Test(address, loopback_and_link_local_are_known_by_their_prefixes)
{
	static const struct {
		const char *text;
		bool is_loopback, is_link_local;
	} rows[] = {
		{"127.0.0.1", true, false},
		{"127.255.255.254", true, false},
		{"128.0.0.1", false, false},
		{"10.127.0.1", false, false},
		{"::1", true, false},
		{"::2", false, false},
		{"::", false, false},
		{"::ffff:127.0.0.9", true, false},
		{"::ffff:10.0.0.1", false, false},
		{"fe80::1", false, true},
		{"febf::1", false, true},
		{"fec0::1", false, false},
		{"fe00::1", false, false},
		{"169.254.0.1", false, false},
		{"254.128.0.1", false, false},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct address address = parsed(rows[i].text);

		cr_expect_eq(address_is_loopback(&address), rows[i].is_loopback, "%s",
			     rows[i].text);
		cr_expect_eq(address_is_link_local(&address), rows[i].is_link_local, "%s",
			     rows[i].text);
	}
}

Test(address, a_socket_address_brings_everything_back)
{
	static const char *const rows[] = {"192.0.2.1", "2001:db8::1", "fe80::1"};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct address address = parsed(rows[i]), back = {0};
		struct sockaddr_storage sockaddr;
		bool is_v4 = address.family == AF_INET;

		address.port = 0x1234;
		address.scope = address_is_link_local(&address) ? 7 : 0;
		cr_expect_eq(address_to_sockaddr(&address, &sockaddr),
			     is_v4 ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6));
		cr_expect_eq(sockaddr.ss_family, address.family);
		/* The port follows the family, in network order, in both. */
		cr_expect_eq(memcmp((char *)&sockaddr + 2, "\x12\x34", 2), 0);
		cr_expect_eq(address_from_sockaddr(&sockaddr, &back), 0);
		cr_expect(address_equal(&address, &back), "%s", rows[i]);
		cr_expect_eq(back.scope, address.scope, "%s", rows[i]);
	}
}

Test(address, other_families_have_no_socket_address)
{
	struct sockaddr_storage sockaddr = {.ss_family = AF_UNIX};
	struct address none = {0}, untouched = address_make(AF_INET, "\1\2\3\4", 5);

	cr_expect_eq(address_from_sockaddr(&sockaddr, &untouched), -EAFNOSUPPORT);
	cr_expect_eq(untouched.port, 5);
	cr_expect_eq(address_to_sockaddr(&none, &sockaddr), 0);
	cr_expect_eq(sockaddr.ss_family, AF_UNSPEC);
}

Test(error, the_sentence_is_set_prefixed_and_the_result_handed_through)
{
	struct error error = {""};

	cr_expect_eq(error_set(&error, -EPERM, "no %s for %d", "luck", 7), -EPERM);
	cr_expect_str_eq(error.text, "no luck for 7");
	cr_expect_eq(error_prefix(&error, -EIO, "loading %s", "it"), -EIO);
	cr_expect_str_eq(error.text, "loading it: no luck for 7");
	cr_expect_eq(error_set(&error, -1, "again: %s", error.text), -1);
	cr_expect_str_eq(error.text, "again: loading it: no luck for 7");
	cr_expect_eq(error_set(NULL, -EPERM, "nobody listens"), -EPERM);
	cr_expect_eq(error_prefix(NULL, -EPERM, "nobody listens"), -EPERM);
}

Test(error, a_sentence_that_is_too_long_is_cut)
{
	struct error error;
	char text[2 * sizeof(error.text)];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	error_set(&error, -1, "%s", text);
	cr_expect_eq(strlen(error.text), sizeof(error.text) - 1);
	error_prefix(&error, -1, "y%s", text);
	cr_expect_eq(strlen(error.text), sizeof(error.text) - 1);
	cr_expect_eq(error.text[0], 'y');
}

Test(error, quoted_text_cannot_drive_the_terminal)
{
	struct error error;

	error_set(&error, -1, "%s", "a\033[2Jb\rc\177\nd\te\xc3\xa4");
	cr_expect_str_eq(error.text, "a?[2Jb?c?\nd\te\xc3\xa4");
}

Test(error, numbers_have_the_kernel_s_names)
{
	cr_expect_str_eq(error_name(ECONNREFUSED), "ECONNREFUSED");
	cr_expect_str_eq(error_name(EHOSTUNREACH), "EHOSTUNREACH");
	cr_expect_null(error_name(0));
	cr_expect_null(error_name(4000));
	cr_expect_null(error_name(-ECONNREFUSED));
}
