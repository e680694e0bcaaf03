/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Numbers and times from text: the whole text or nothing. */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "user/base/error.h"
#include "user/base/number.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define US	     1000ull
#define MS	     1000000ull
#define S	     1000000000ull

Test(number, the_whole_text_within_the_range_or_nothing)
{
	static const struct {
		const char *text;
		uint64_t min, max;
		int result;
		uint64_t number;
	} rows[] = {
		{"1", 1, 65535, 0, 1},
		{"65535", 1, 65535, 0, 65535},
		{"0080", 1, 65535, 0, 80},
		{"0", 0, 0, 0, 0},
		{"18446744073709551615", 0, UINT64_MAX, 0, UINT64_MAX},
		{"0", 1, 65535, -ERANGE, 0},
		{"65536", 1, 65535, -ERANGE, 0},
		{"18446744073709551616", 0, UINT64_MAX, -ERANGE, 0},
		{"99999999999999999999999999", 0, UINT64_MAX, -ERANGE, 0},
		{"", 0, 10, -EINVAL, 0},
		{"-1", 0, 10, -EINVAL, 0},
		{"+1", 0, 10, -EINVAL, 0},
		{" 1", 0, 10, -EINVAL, 0},
		{"1 ", 0, 10, -EINVAL, 0},
		{"12abc", 0, 100, -EINVAL, 0},
		{"0x10", 0, 100, -EINVAL, 0},
		{"1e3", 0, 10000, -EINVAL, 0},
		{"1.0", 0, 10, -EINVAL, 0},
		{"99999999999999999999999999x", 0, UINT64_MAX, -EINVAL, 0},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t number = 4711;

		cr_expect_eq(number_parse(rows[i].text, "count", rows[i].min, rows[i].max, &number,
					  NULL),
			     rows[i].result, "'%s'", rows[i].text);
		cr_expect_eq(number, rows[i].result == 0 ? rows[i].number : 4711, "'%s'",
			     rows[i].text);
	}
}

Test(number, the_sentence_names_the_thing_the_text_and_the_range)
{
	static const char *const texts[] = {"12abc", "70000", "-1", "0", ""};
	uint64_t number;

	for (size_t i = 0; i < COUNT(texts); i++) {
		struct error error = {""};

		cr_expect_lt(number_parse(texts[i], "port", 1, 65535, &number, &error), 0);
		cr_expect_eq(strncmp(error.text, "port '", 6), 0, "%s", error.text);
		cr_expect_not_null(strstr(error.text, texts[i]), "%s", error.text);
		cr_expect_not_null(strstr(error.text, "from 1 to 65535"), "%s", error.text);
	}
}

Test(duration, units_and_fractions_are_exact_to_the_nanosecond)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} rows[] = {
		{"1", S},
		{"0", 0},
		{"0.25", 250 * MS},
		{".5", 500 * MS},
		{"1.5s", 1500 * MS},
		{"200ms", 200 * MS},
		{"50us", 50 * US},
		{"7ns", 7},
		{"2m", 120 * S},
		{"1h", 3600 * S},
		{"0.1h", 360 * S},
		{"0.123456789", 123456789},
		{"0.1234567899", 123456789},
		{"1.9ns", 1},
		{"0.333333333333333333333m", 19999999999},
		{"0.00000000000000000000000000000001", 0},
		{"0.9999999999999999999999999999999999", 999999999},
		{"18446744073709551615ns", UINT64_MAX},
		{"18446744073.709551615", UINT64_MAX},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t ns = 4711;

		cr_expect_eq(duration_parse(rows[i].text, "interval", 0, UINT64_MAX, &ns, NULL), 0,
			     "%s", rows[i].text);
		cr_expect_eq(ns, rows[i].ns, "%s: %llu", rows[i].text, (unsigned long long)ns);
	}
}

Test(duration, what_is_no_time_or_out_of_range_is_refused_and_leaves_the_output_alone)
{
	static const struct {
		const char *text;
		int result;
	} rows[] = {
		{"", -EINVAL},
		{".", -EINVAL},
		{"1.", -EINVAL},
		{"s", -EINVAL},
		{".s", -EINVAL},
		{"1x", -EINVAL},
		{"1 s", -EINVAL},
		{" 1", -EINVAL},
		{"1s ", -EINVAL},
		{"-1", -EINVAL},
		{"+1", -EINVAL},
		{"1e3", -EINVAL},
		{"0,5", -EINVAL},
		{"1.2.3", -EINVAL},
		{"1S", -EINVAL},
		{"1mss", -EINVAL},
		{"0x1", -EINVAL},
		{"inf", -EINVAL},
		{"nan", -EINVAL},
		{"9us", -ERANGE},
		{"0", -ERANGE},
		{"61m", -ERANGE},
		{"3600.000000001", -ERANGE},
		{"18446744073709551616", -ERANGE},
		{"18446744073709551615h", -ERANGE},
		{"5124095.6h", -ERANGE},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t ns = 4711;
		struct error error = {""};

		cr_expect_eq(
			duration_parse(rows[i].text, "interval", 10 * US, 3600 * S, &ns, &error),
			rows[i].result, "'%s'", rows[i].text);
		cr_expect_eq(ns, 4711, "'%s'", rows[i].text);
		cr_expect_not_null(strstr(error.text, "interval '"), "%s", error.text);
		cr_expect_not_null(strstr(error.text, "from 10us to 1h"), "%s", error.text);
	}
}

Test(duration, a_value_beyond_64_bits_is_out_of_range_and_never_wraps)
{
	static const char *const rows[] = {"18446744073709551616ns", "18446744073.709551616",
					   "5124095.7h", "307445734562m"};

	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t ns;

		cr_expect_eq(duration_parse(rows[i], "timeout", 0, UINT64_MAX, &ns, NULL), -ERANGE,
			     "%s", rows[i]);
	}
}

Test(duration, the_range_is_told_in_the_largest_whole_unit)
{
	struct error error = {""};
	uint64_t ns;

	cr_expect_eq(duration_parse("x", "timeout", 0, 90 * S, &ns, &error), -EINVAL);
	cr_expect_not_null(strstr(error.text, "from 0 to 90s"), "%s", error.text);
	cr_expect_eq(duration_parse("x", "timeout", 1500 * US, 120 * S, &ns, &error), -EINVAL);
	cr_expect_not_null(strstr(error.text, "from 1500us to 2m"), "%s", error.text);
}
