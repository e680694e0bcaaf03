/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Numbers from text, strictly: the whole text or nothing. */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdint.h>

struct error;

/*
 * Decimal digits only: no sign, no space, no trailing junk, and within min..max. `what` names the
 * thing in the message ("port", "count"). Returns 0, -EINVAL or -ERANGE; outputs are untouched on
 * failure.
 */
int number_parse(const char *text, const char *what, uint64_t min, uint64_t max,
		 uint64_t *ret_number, struct error *ret_error);

/*
 * A time with an optional unit: "1", "0.25", ".5", "1.5s", "200ms", "50us", "7ns", "2m", "1h";
 * without a unit seconds. At most nanosecond precision; more digits are cut off. Within
 * min_ns..max_ns. Same returns as number_parse().
 */
int duration_parse(const char *text, const char *what, uint64_t min_ns, uint64_t max_ns,
		   uint64_t *ret_ns, struct error *ret_error);

#endif
