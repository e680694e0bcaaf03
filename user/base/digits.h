/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Numbers as decimal digits, for what writes many: none of printf's formats to read, no double. */
#ifndef BASE_DIGITS_H
#define BASE_DIGITS_H

#include <stdint.h>

#define DIGITS_MAX 24 /* fits what either writes */

/* Both write no NUL, and return where the digits end. */

/* At least `width` digits (up to 20), zeros in front. */
char *digits_put(char *to, uint64_t number, unsigned width);
/* Thousandths as "12104.512", "41.25", "0.0": as many decimals as it takes, and one at least. */
char *digits_put_thousandths(char *to, uint64_t thousandths);

#endif
