// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* At the borders of what is a character. */
#include <criterion/criterion.h>
#include <string.h>

#include "user/base/utf8.h"

Test(utf8, characters_have_their_length_and_all_else_has_none)
{
	static const struct {
		const char *text;
		size_t length;
	} cases[] = {
		{"", 1},
		{"a", 1},
		{"\x7f", 1},
		{"\x80", 0},
		{"\xc1\xbf", 0},
		{"\xc2\x80", 2},
		{"\xdf\xbf", 2},
		{"\xc3", 0},
		{"\xc3(", 0},
		{"\xe0\x9f\xbf", 0},
		{"\xe0\xa0\x80", 3},
		{"\xed\x9f\xbf", 3},
		{"\xed\xa0\x80", 0},
		{"\xef\xbf\xbf", 3},
		{"\xe2\x82", 0},
		{"\xf0\x8f\xbf\xbf", 0},
		{"\xf0\x90\x80\x80", 4},
		{"\xf4\x8f\xbf\xbf", 4},
		{"\xf4\x90\x80\x80", 0},
		{"\xf5\x80\x80\x80", 0},
		{"\xff", 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_eq(utf8_length(cases[i].text), cases[i].length, "row %zu", i);
}

Test(utf8, controls_are_those_of_ascii_and_c1)
{
	cr_expect(utf8_is_control("\x1b"));
	cr_expect(utf8_is_control("\x7f"));
	cr_expect(utf8_is_control("\xc2\x9b"));
	cr_expect_not(utf8_is_control("\xc2\xa0"));
	cr_expect_not(utf8_is_control(" "));
}

Test(utf8, characters_are_those_of_the_compiler)
{
	static const struct {
		const char *text;
		uint32_t code;
	} cases[] = {
		{"a", U'a'},
		{"\x7f", 0x7f},
		{"\xc2\x80", 0x80},
		{"\u07ff", U'\u07ff'},
		{"\u0800", U'\u0800'},
		{"\uffff", U'\uffff'},
		{"\U00010000", U'\U00010000'},
		{"\U0010ffff", U'\U0010ffff'},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_eq(utf8_code_point(cases[i].text), cases[i].code, "row %zu", i);
}
