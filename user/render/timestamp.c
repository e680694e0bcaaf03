// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Instants as text: RFC 3339 and seconds. */
#include "user/render/timestamp.h"

#include "user/base/digits.h"
#include "user/base/time.h"

#define SECONDS_PER_DAY UINT64_C(86400)

struct date {
	uint64_t year;
	unsigned month;
	unsigned day;
};

/*
 * Years that begin in March put the leap day last, so that a month's first day is a plain formula:
 * five months are 153 days. An era is 400 such years. Day 0 is 1970-01-01, 719468 days after
 * 0000-03-01.
 */
static struct date date_of_day(uint64_t day)
{
	uint64_t since_march_0 = day + 719468;
	uint64_t era = since_march_0 / 146097;
	uint64_t day_of_era = since_march_0 % 146097;
	uint64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	uint64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	unsigned march_month = (unsigned)((5 * day_of_year + 2) / 153);
	unsigned month = march_month < 10 ? march_month + 3 : march_month - 9;

	return (struct date){
		.year = era * 400 + year_of_era + (month <= 2),
		.month = month,
		.day = (unsigned)(day_of_year - (153 * march_month + 2) / 5 + 1),
	};
}

static uint64_t cut_fraction(uint64_t time_ns, int decimals)
{
	uint64_t fraction = time_ns % SECOND_NS;

	for (int i = decimals; i < 9; i++)
		fraction /= 10;
	return fraction;
}

static char *put_fraction(char *to, uint64_t time_ns, int decimals)
{
	*to = '.';
	return digits_put(to + 1, cut_fraction(time_ns, decimals), (unsigned)decimals);
}

/* `separator`, and two digits. */
static char *put_part(char *to, char separator, unsigned number)
{
	*to = separator;
	return digits_put(to + 1, number, 2);
}

char *timestamp_format_utc(uint64_t wall_ns, int decimals, char *text)
{
	uint64_t seconds = wall_ns / SECOND_NS;
	unsigned second_of_day = (unsigned)(seconds % SECONDS_PER_DAY);
	struct date date = date_of_day(seconds / SECONDS_PER_DAY);
	char *to = digits_put(text, date.year, 4);

	to = put_part(to, '-', date.month);
	to = put_part(to, '-', date.day);
	to = put_part(to, 'T', second_of_day / 3600);
	to = put_part(to, ':', second_of_day / 60 % 60);
	to = put_part(to, ':', second_of_day % 60);
	to = put_fraction(to, wall_ns, decimals);
	to[0] = 'Z';
	to[1] = '\0';
	return text;
}

char *timestamp_format_seconds(uint64_t time_ns, int decimals, char *text)
{
	*put_fraction(digits_put(text, time_ns / SECOND_NS, 1), time_ns, decimals) = '\0';
	return text;
}
