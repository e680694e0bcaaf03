// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Digits, instants and addresses made without printf, beside those that the C library makes. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "user/base/address.h"
#include "user/base/digits.h"
#include "user/base/time.h"
#include "user/render/timestamp.h"

#define ROUNDS 100000

/* Of every length alike. A generator of its own: what fails once fails again. */
static uint64_t random_number(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (*state ^ *state >> 29) >> (*state >> 58);
}

static void expect_digits(uint64_t number, unsigned width)
{
	char text[DIGITS_MAX], expected[DIGITS_MAX];

	*digits_put(text, number, width) = '\0';
	snprintf(expected, sizeof(expected), "%0*" PRIu64, (int)width, number);
	cr_expect_str_eq(text, expected);
}

Test(digits, numbers_are_those_of_printf)
{
	uint64_t state = 1, powers_of_ten = 1;

	for (int i = 0; i < 20; i++, powers_of_ten *= 10)
		for (unsigned width = 1; width <= 20; width++) {
			expect_digits(powers_of_ten, width);
			expect_digits(powers_of_ten - 1, width);
		}
	expect_digits(UINT64_MAX, 1);
	for (int i = 0; i < ROUNDS; i++)
		expect_digits(random_number(&state), 1);
}

/* As %.3f has them, without the zeros at the end but for the first decimal. */
static void expect_thousandths(uint64_t number)
{
	char text[DIGITS_MAX], expected[64];
	size_t length;

	*digits_put_thousandths(text, number) = '\0';
	length = (size_t)snprintf(expected, sizeof(expected), "%.3f", (double)number / 1e3);
	while (expected[length - 1] == '0' && expected[length - 2] != '.')
		expected[--length] = '\0';
	cr_expect_str_eq(text, expected);
}

/* Up to there a double has three decimals to spare. */
#define EXACT_MAX (UINT64_C(1) << 50)

Test(digits, thousandths_are_those_of_printf)
{
	uint64_t state = 2;

	for (uint64_t number = 0; number < 20000; number++)
		expect_thousandths(number);
	for (int i = 0; i < ROUNDS; i++)
		expect_thousandths(random_number(&state) % EXACT_MAX);
}

Test(digits, no_nanosecond_is_lost_at_any_size)
{
	char text[DIGITS_MAX];

	*digits_put_thousandths(text, UINT64_MAX) = '\0';
	cr_expect_str_eq(text, "18446744073709551.615");
	*digits_put_thousandths(text, UINT64_C(1000000000000123)) = '\0';
	cr_expect_str_eq(text, "1000000000000.123");
}

Test(digits, instants_are_those_of_the_c_library)
{
	uint64_t state = 3;

	for (int i = 0; i < ROUNDS; i++) {
		uint64_t wall_ns = random_number(&state);
		time_t seconds = (time_t)(wall_ns / SECOND_NS);
		char text[TIMESTAMP_MAX], date[32], expected[64];
		struct tm broken_down;

		strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", gmtime_r(&seconds, &broken_down));
		snprintf(expected, sizeof(expected), "%s.%09" PRIu64 "Z", date,
			 wall_ns % SECOND_NS);
		cr_expect_str_eq(timestamp_format_utc(wall_ns, 9, text), expected);
		snprintf(expected, sizeof(expected), "%" PRIu64 ".%06" PRIu64, wall_ns / SECOND_NS,
			 wall_ns % SECOND_NS / 1000);
		cr_expect_str_eq(timestamp_format_seconds(wall_ns, 6, text), expected);
	}
}

Test(digits, addresses_are_those_of_the_c_library)
{
	uint64_t state = 4;

	for (int i = 0; i < ROUNDS; i++) {
		uint64_t halves[2] = {random_number(&state), random_number(&state)};
		int family = i % 2 ? AF_INET : AF_INET6;
		struct address address = address_make(family, halves, (uint16_t)halves[1]);
		char text[ADDRESS_TEXT_MAX], host[INET6_ADDRSTRLEN], expected[ADDRESS_TEXT_MAX];

		inet_ntop(family, halves, host, sizeof(host));
		cr_expect_str_eq(address_format(&address, text), host);
		snprintf(expected, sizeof(expected), family == AF_INET ? "%s:%u" : "[%s]:%u", host,
			 address.port);
		cr_expect_str_eq(address_format_with_port(&address, text), expected);
	}
}
