// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Records beside what jansson makes of the same values, and of what it cannot take. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <string.h>

#include "tests/unit/golden.h"
#include "user/render/json/json_record.h"
#include "user/render/safe.h"

#define ROUNDS	  20000
#define PIECES	  12
#define LONG_TEXT 20000

/* Whatever a text can be made of: what is plain, what is escaped, characters, what is none. */
static const char *const pieces[] = {
	"a",
	"Z",
	"0 ",
	"/",
	"\"",
	"\\",
	"\b",
	"\f",
	"\n",
	"\r",
	"\t",
	"\x01",
	"\x1f",
	"\x7f",
	"é",
	"…",
	"\xc2\x9b",
	"\xed\x9f\xbf",
	"\xef\xbf\xbf",
	"\U0001f600",
	"\U0010ffff",
	"\xf0\x90\x80\x80",
};
static const char *const broken[] = {"\x80", "\xc3", "\xe2\x82", "\xed\xa0\x80", "\xff"};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static unsigned random_below(uint64_t *state, unsigned limit)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(*state >> 33) % limit;
}

static void append_some(char *text, uint64_t *state, const char *const *of, unsigned count)
{
	for (unsigned left = random_below(state, PIECES); left > 0; left--)
		strcat(text, of[random_below(state, count)]);
}

/* "text" of a record that has nothing else. Takes nothing; to be freed. */
static char *written(const char *text)
{
	static const char before[] = "{\"schema\":\"ktcping/1\",\"type\":\"test\",\"text\":";
	struct json_record record;
	struct output output;
	char *value;

	output_begin(&output);
	json_begin(&record, output.stream, "test");
	json_put_text(&record, "text", text);
	json_end(&record);
	output_end(&output);
	cr_assert_eq(strncmp(output.text, before, strlen(before)), 0, "%s", output.text);
	value = strdup(output.text + strlen(before));
	output_free(&output);
	cr_assert(strlen(value) >= 2 && strcmp(value + strlen(value) - 2, "}\n") == 0);
	value[strlen(value) - 2] = '\0';
	return value;
}

static void expect_as_jansson(const char *text, const char *utf8)
{
	json_t *string = json_string(utf8);
	char *expected = json_dumps(string, JSON_ENSURE_ASCII | JSON_ENCODE_ANY);
	char *actual = written(text);

	cr_expect_str_eq(actual, expected);
	json_decref(string);
	free(expected);
	free(actual);
}

Test(json_record, a_text_is_escaped_as_jansson_escapes_it)
{
	uint64_t state = 1;

	expect_as_jansson("", "");
	for (int i = 0; i < ROUNDS; i++) {
		char text[PIECES * 8] = "";

		append_some(text, &state, pieces, COUNT_OF(pieces));
		expect_as_jansson(text, text);
	}
}

Test(json_record, a_text_that_is_no_utf8_is_made_safe)
{
	uint64_t state = 2;

	for (int i = 0; i < ROUNDS; i++) {
		char text[PIECES * 16] = "", safe[sizeof(text)];

		append_some(text, &state, pieces, COUNT_OF(pieces));
		strcat(text, broken[random_below(&state, COUNT_OF(broken))]);
		append_some(text, &state, pieces, COUNT_OF(pieces));
		expect_as_jansson(text, safe_text(text, safe, sizeof(safe)));
	}
}

Test(json_record, a_text_may_be_longer_than_what_is_gathered)
{
	char text[LONG_TEXT + 1] = "";

	memset(text, 'x', LONG_TEXT);
	expect_as_jansson(text, text);
	memset(text, '"', LONG_TEXT);
	expect_as_jansson(text, text);
	for (size_t i = 0; i + 2 < LONG_TEXT; i += 2)
		memcpy(text + i, "é", 2);
	text[LONG_TEXT - 2] = '\0';
	expect_as_jansson(text, text);
}

/* Every kind of value, within and without objects and lists, is what a parser reads again. */
Test(json_record, what_is_put_is_read_again)
{
	struct json_record record;
	struct output output;
	json_t *expected =
		json_pack("{s:s, s:s, s:[i, n, {s:b}, []], s:{}, s:i, s:I, s:f, s:f, s:n, s:f, "
			  "s:n, s:i, s:n}",
			  "schema", "ktcping/1", "type", "test", "list", 1, "yes", 1, "empty",
			  "seq", 7, "least", (json_int_t)INT64_MIN, "us", 12104.512, "before", -0.5,
			  "unknown", "rounded", 2.0, "symbol", "known", 3, "not_known");
	json_t *actual;

	cr_assert(expected);
	output_begin(&output);
	json_begin(&record, output.stream, "test");
	json_open(&record, "list", '[');
	json_put_integer(&record, NULL, 1);
	json_put_null(&record, NULL);
	json_open(&record, NULL, '{');
	json_put_boolean(&record, "yes", true);
	json_close(&record, '}');
	json_open(&record, NULL, '[');
	json_close(&record, ']');
	json_close(&record, ']');
	json_open(&record, "empty", '{');
	json_close(&record, '}');
	json_put_integer(&record, "seq", 7);
	json_put_signed(&record, "least", INT64_MIN);
	json_put_microseconds(&record, "us", 12104512);
	json_put_offset(&record, "before", -500);
	json_put_microseconds(&record, "unknown", UINT64_MAX);
	json_put_rounded(&record, "rounded", 1999.7);
	json_put_symbol(&record, "symbol", "");
	json_put_known(&record, "known", true, 3);
	json_put_known(&record, "not_known", false, 3);
	json_end(&record);
	actual = json_loads(output_end(&output), JSON_REJECT_DUPLICATES, NULL);
	cr_expect(actual && json_equal(actual, expected), "%s", output.text);
	json_decref(actual);
	json_decref(expected);
	output_free(&output);
}
