// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* From the last digit to the first, which stands in front. */
#include "user/base/digits.h"

char *digits_put(char *to, uint64_t number, unsigned width)
{
	char backwards[DIGITS_MAX];
	unsigned count = 0;

	do {
		backwards[count++] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	for (; width > count; width--)
		*to++ = '0';
	while (count > 0)
		*to++ = backwards[--count];
	return to;
}

char *digits_put_thousandths(char *to, uint64_t thousandths)
{
	char *first = digits_put(to, thousandths / 1000, 1) + 1, *end;

	first[-1] = '.';
	end = digits_put(first, thousandths % 1000, 3);
	while (end > first + 1 && end[-1] == '0')
		end--;
	return end;
}
