// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A length of time for a person. */
#include "user/render/span.h"

#include <inttypes.h>
#include <stdio.h>

#define TENTH_OF_MS_NS UINT64_C(100000)
#define TENTH_OF_S_NS  UINT64_C(100000000)
#define DAY_S	       UINT64_C(86400)

/* Rounded before it is split: 59.96 s is a minute. No sum, which could overflow. */
static uint64_t divide_rounded(uint64_t dividend, uint64_t divisor)
{
	return dividend / divisor + (dividend % divisor >= divisor / 2);
}

char *span_format(uint64_t span_ns, char *text)
{
	uint64_t tenths_of_ms = divide_rounded(span_ns, TENTH_OF_MS_NS);
	uint64_t tenths = divide_rounded(span_ns, TENTH_OF_S_NS);
	uint64_t seconds = tenths / 10;
	int used = 0;

	if (span_ns == 0) {
		snprintf(text, SPAN_MAX, "0 s");
		return text;
	}
	if (tenths_of_ms < 10000) {
		snprintf(text, SPAN_MAX, "%" PRIu64 ".%" PRIu64 " ms", tenths_of_ms / 10,
			 tenths_of_ms % 10);
		return text;
	}
	if (seconds >= DAY_S)
		used += snprintf(text + used, SPAN_MAX - (size_t)used, "%" PRIu64 " d ",
				 seconds / DAY_S);
	if (seconds >= 3600)
		used += snprintf(text + used, SPAN_MAX - (size_t)used, "%" PRIu64 " h ",
				 seconds / 3600 % 24);
	if (seconds >= 60)
		used += snprintf(text + used, SPAN_MAX - (size_t)used, "%" PRIu64 " m ",
				 seconds / 60 % 60);
	snprintf(text + used, SPAN_MAX - (size_t)used, "%" PRIu64 ".%" PRIu64 " s", seconds % 60,
		 tenths % 10);
	return text;
}
