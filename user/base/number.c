/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Numbers from text, strictly: the whole text or nothing. */
#include "user/base/number.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "user/base/error.h"
#include "user/base/time.h"

#define DURATION_TEXT_MAX 32

static const struct {
	const char *name;
	uint64_t ns;
} units[] = {
	{"h", 3600 * SECOND_NS}, {"m", 60 * SECOND_NS},	 {"s", SECOND_NS},
	{"ms", MILLISECOND_NS},	 {"us", MICROSECOND_NS}, {"ns", 1},
};

#define UNIT_COUNT (sizeof(units) / sizeof(units[0]))

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads the digits and moves the cursor behind them. -ERANGE when they do not fit. */
static int digits_read(const char **cursor, uint64_t *ret_number)
{
	bool fits = true;
	uint64_t number = 0;

	for (; is_digit(**cursor); (*cursor)++) {
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, (uint64_t)(**cursor - '0'), &number))
			fits = false;
	}
	if (!fits)
		return -ERANGE;
	*ret_number = number;
	return 0;
}

int number_parse(const char *text, const char *what, uint64_t min, uint64_t max,
		 uint64_t *ret_number, struct error *ret_error)
{
	const char *end = text;
	uint64_t number = 0;
	int result = digits_read(&end, &number);

	if (end == text || *end)
		return error_set(ret_error, -EINVAL,
				 "%s '%.60s' is not a plain number: give one from %" PRIu64
				 " to %" PRIu64,
				 what, text, min, max);
	if (result < 0 || number < min || number > max)
		return error_set(ret_error, -ERANGE,
				 "%s '%.60s' is out of range: give a number from %" PRIu64
				 " to %" PRIu64,
				 what, text, min, max);
	*ret_number = number;
	return 0;
}

/* Without a unit it is seconds. Returns 0 for an unknown unit. */
static uint64_t unit_ns(const char *name)
{
	if (!*name)
		return SECOND_NS;
	for (size_t i = 0; i < UNIT_COUNT; i++) {
		if (strcmp(units[i].name, name) == 0)
			return units[i].ns;
	}
	return 0;
}

/*
 * The digits after the point, in units of unit_ns, rounded down. From the last digit on, every
 * division may round down and the result is still exact.
 */
static uint64_t fraction_ns(const char *digits, size_t count, uint64_t unit_ns)
{
	uint64_t ns = 0;

	while (count > 0)
		ns = (ns + (uint64_t)(digits[--count] - '0') * unit_ns) / 10;
	return ns;
}

/* Returns 0, -EINVAL for what is not a time at all, -ERANGE for what does not fit. */
static int duration_read(const char *text, uint64_t *ret_ns)
{
	const char *cursor = text, *fraction = NULL;
	size_t fraction_count = 0;
	uint64_t whole = 0, unit;
	int result = digits_read(&cursor, &whole);

	if (*cursor == '.') {
		fraction = cursor + 1;
		fraction_count = strspn(fraction, "0123456789");
		if (fraction_count == 0)
			return -EINVAL;
		cursor = fraction + fraction_count;
	}
	unit = unit_ns(cursor);
	if (cursor == text || unit == 0)
		return -EINVAL;
	if (result < 0 || __builtin_mul_overflow(whole, unit, &whole) ||
	    __builtin_add_overflow(whole, fraction_ns(fraction, fraction_count, unit), &whole))
		return -ERANGE;
	*ret_ns = whole;
	return 0;
}

/* In the largest unit that needs no fraction. */
static const char *duration_format(uint64_t ns, char *text)
{
	size_t i = 0;

	while (i < UNIT_COUNT - 1 && (ns == 0 || ns % units[i].ns != 0))
		i++;
	if (ns == 0)
		snprintf(text, DURATION_TEXT_MAX, "0");
	else
		snprintf(text, DURATION_TEXT_MAX, "%" PRIu64 "%s", ns / units[i].ns, units[i].name);
	return text;
}

int duration_parse(const char *text, const char *what, uint64_t min_ns, uint64_t max_ns,
		   uint64_t *ret_ns, struct error *ret_error)
{
	char min_text[DURATION_TEXT_MAX], max_text[DURATION_TEXT_MAX];
	uint64_t ns = 0;
	int result = duration_read(text, &ns);

	if (result == 0 && (ns < min_ns || ns > max_ns))
		result = -ERANGE;
	if (result < 0)
		return error_set(ret_error, result,
				 "%s '%.60s' is %s: give seconds (0.5) or a unit (200ms, 2m; us, "
				 "ms, s, m, h), from %s to %s",
				 what, text, result == -ERANGE ? "out of range" : "not a time",
				 duration_format(min_ns, min_text),
				 duration_format(max_ns, max_text));
	*ret_ns = ns;
	return 0;
}
