/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Lengths of time for a person. */
#include <criterion/criterion.h>

#include "user/render/span.h"

#define MS 1000000ull
#define S  1000000000ull

Test(span, it_is_rounded_to_one_decimal_of_its_unit)
{
	static const struct {
		uint64_t span_ns;
		const char *text;
	} cases[] = {
		{0, "0 s"},
		{1, "0.0 ms"},
		{50000, "0.1 ms"},
		{3 * MS + 149999, "3.1 ms"},
		{999 * MS + 949999, "999.9 ms"},
		{999 * MS + 950000, "1.0 s"},
		{3 * S, "3.0 s"},
		{3 * S + 49 * MS, "3.0 s"},
		{59 * S + 949 * MS, "59.9 s"},
		{59 * S + 950 * MS, "1 m 0.0 s"},
		{3597 * S, "59 m 57.0 s"},
		{3599 * S + 960 * MS, "1 h 0 m 0.0 s"},
		{86399 * S, "23 h 59 m 59.0 s"},
		{86407 * S + 500 * MS, "1 d 0 h 0 m 7.5 s"},
		{UINT64_MAX, "213503 d 23 h 34 m 33.7 s"},
	};
	char text[SPAN_MAX];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_str_eq(span_format(cases[i].span_ns, text), cases[i].text, "%zu: %s", i,
				 text);
}
