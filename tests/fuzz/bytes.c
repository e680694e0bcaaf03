// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Choices out of a fuzzer's bytes. */
#include "tests/fuzz/bytes.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

uint64_t bytes_take(struct bytes *bytes, unsigned count)
{
	uint64_t number = 0;

	for (unsigned i = 0; i < count && bytes->left; i++, bytes->left--)
		number |= (uint64_t)*bytes->at++ << (8 * i);
	return number;
}

unsigned bytes_below(struct bytes *bytes, unsigned limit)
{
	return (unsigned)bytes_take(bytes, 1) % limit;
}

void bytes_text(struct bytes *bytes, char *ret_text, size_t size)
{
	size_t length = bytes_below(bytes, (unsigned)size);

	memset(ret_text, 0, size);
	for (size_t i = 0; i < length; i++) {
		char byte = (char)bytes_take(bytes, 1);

		if (!byte)
			return;
		ret_text[i] = byte;
	}
}

char *bytes_copy(const struct bytes *bytes)
{
	char *copy = malloc(bytes->left + 1);

	FUZZ_CHECK(copy);
	if (bytes->left)
		memcpy(copy, bytes->at, bytes->left);
	copy[bytes->left] = '\0';
	return copy;
}
