// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Numbers, lengths of time and addresses: what was taken is within its range, and is taken again as
 * it is written.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/fuzz/bytes.h"
#include "tests/fuzz/fuzz.h"
#include "user/base/address.h"
#include "user/base/error.h"
#include "user/base/number.h"

#define UNTOUCHED 0xa5a5a5a5a5a5a5a5ull

typedef int (*parse_function)(const char *, const char *, uint64_t, uint64_t, uint64_t *,
			      struct error *);

static uint64_t parse(parse_function function, const char *text, uint64_t min, uint64_t max)
{
	uint64_t number = UNTOUCHED;
	struct error error = {""};
	int result = function(text, "count", min, max, &number, &error);

	FUZZ_CHECK(result == 0 || result == -EINVAL || result == -ERANGE);
	if (result < 0)
		FUZZ_CHECK(number == UNTOUCHED && *error.text &&
			   memchr(error.text, '\0', sizeof(error.text)));
	else
		FUZZ_CHECK(number >= min && number <= max);
	return number;
}

static void address_try(const char *text)
{
	struct address address = {.pad = 0xa5}, again;
	char formatted[ADDRESS_TEXT_MAX];
	int result = address_parse(text, &address);

	FUZZ_CHECK(result == 0 ||
		   (result == -EINVAL && address.pad == 0xa5 && !address_is_set(&address)));
	if (result < 0)
		return;
	FUZZ_CHECK(address.family == AF_INET || address.family == AF_INET6);
	FUZZ_CHECK(address_parse(address_format(&address, formatted), &again) == 0 &&
		   address_equal(&address, &again));
	address.port = 65535;
	FUZZ_CHECK(strlen(address_format_with_port(&address, formatted)) < ADDRESS_TEXT_MAX);
	again = address_unmapped(&address);
	FUZZ_CHECK(address_is_set(&again));
}

void fuzz_number(const uint8_t *bytes, size_t count)
{
	struct bytes rest = {bytes, count};
	char *text = bytes_copy(&rest);
	uint64_t number = parse(number_parse, text, 0, UINT64_MAX);
	char formatted[32];

	snprintf(formatted, sizeof(formatted), "%" PRIu64, number);
	FUZZ_CHECK(parse(number_parse, formatted, 0, UINT64_MAX) == number);
	parse(number_parse, text, 1, 65535);
	number = parse(duration_parse, text, 0, UINT64_MAX);
	snprintf(formatted, sizeof(formatted), "%" PRIu64 "ns", number);
	FUZZ_CHECK(parse(duration_parse, formatted, 0, UINT64_MAX) == number);
	parse(duration_parse, text, 1000, 86400000000000ull);
	address_try(text);
	free(text);
}
