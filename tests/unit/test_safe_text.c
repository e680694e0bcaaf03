/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What safe_text() lets through, and what it does not. */
#include <criterion/criterion.h>
#include <string.h>

#include "user/render/safe.h"

struct safe_case {
	const char *foreign;
	const char *safe;
};

static void expect_safe(const struct safe_case *cases, size_t count)
{
	char safe[64];

	for (size_t i = 0; i < count; i++)
		cr_expect_str_eq(safe_text(cases[i].foreign, safe, sizeof(safe)), cases[i].safe,
				 "case %zu gave \"%s\"", i, safe);
}

#define EXPECT_SAFE(cases) expect_safe(cases, sizeof(cases) / sizeof(cases[0]))

Test(safe_text, valid_text_is_kept)
{
	static const struct safe_case cases[] = {
		{"", ""},
		{" !azAZ09~", " !azAZ09~"},
		{"from 10.1.0.2 · on eth0 … –", "from 10.1.0.2 · on eth0 … –"},
		{"\302\240\337\277", "\302\240\337\277"}, /* U+00A0, U+07FF */
		{"\340\240\200\355\237\277\357\277\277",
		 "\340\240\200\355\237\277\357\277\277"}, /* U+0800, U+D7FF, U+FFFF */
		{"\360\220\200\200\364\217\277\277",
		 "\360\220\200\200\364\217\277\277"}, /* U+10000, U+10FFFF */
	};

	EXPECT_SAFE(cases);
}

Test(safe_text, control_characters_become_question_marks)
{
	static const struct safe_case cases[] = {
		{"\033[2J", "?[2J"},	    {"\001\037\177", "???"},	{"a\tb\r\n", "a?b??"},
		{"\302\2332J", "?2J"},	    {"\302\200\302\237", "??"}, {"\2332J", "?2J"},
		{"\033]0;x\007", "?]0;x?"},
	};

	EXPECT_SAFE(cases);
}

Test(safe_text, invalid_utf8_becomes_question_marks)
{
	static const struct safe_case cases[] = {
		{"\377\376", "??"},
		{"\200x\277", "?x?"},	      /* continuations without a beginning */
		{"\300\200\301\277", "????"}, /* overlong, two bytes */
		{"\340\237\277", "???"},      /* overlong, three */
		{"\360\217\277\277", "????"}, /* overlong, four */
		{"\355\240\200", "???"},      /* a surrogate */
		{"\364\220\200\200", "????"}, /* beyond U+10FFFF */
		{"\303", "?"},		      /* cut short by the end … */
		{"\342\200", "??"},
		{"\360\220\200", "???"},
		{"\342\200x", "??x"}, /* … and by another character, which is kept */
		{"\303\303\251", "?\303\251"},
	};

	EXPECT_SAFE(cases);
}

Test(safe_text, text_is_cut_at_a_character)
{
	/* "aé…": 1 + 2 + 3 bytes. */
	static const char *const cut[] = {"", "a", "a", "aé", "aé", "aé", "aé…", "aé…"};
	char safe[9];

	for (size_t size = 1; size <= sizeof(cut) / sizeof(cut[0]); size++) {
		memset(safe, 'x', sizeof(safe));
		cr_expect_str_eq(safe_text("aé…", safe, size), cut[size - 1], "size %zu", size);
		cr_expect_eq(safe[size], 'x', "size %zu was exceeded", size);
	}
}

Test(safe_text, without_room_nothing_is_written)
{
	char safe[1] = {'x'};

	cr_expect_eq(safe_text("a", safe, 0), safe);
	cr_expect_eq(safe[0], 'x');
}

/*
 * Whatever goes in: the result is valid and harmless, so that making it safe again changes nothing.
 */
Test(safe_text, safe_text_is_safe)
{
	char foreign[4] = {0}, once[16], twice[16];

	for (unsigned bytes = 0; bytes < 1u << 16; bytes++) {
		foreign[0] = (char)(bytes >> 8);
		foreign[1] = (char)bytes;
		foreign[2] = (char)0x80;
		safe_text(foreign, once, sizeof(once));
		for (const char *byte = once; *byte != '\0'; byte++)
			cr_assert((unsigned char)*byte >= ' ' && *byte != 0x7f,
				  "%04x gave a control character", bytes);
		cr_assert_str_eq(safe_text(once, twice, sizeof(twice)), once, "%04x", bytes);
	}
}
