/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Choices out of a fuzzer's bytes. At their end every choice is 0. */
#ifndef TESTS_FUZZ_BYTES_H
#define TESTS_FUZZ_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
	const uint8_t *at;
	size_t left;
};

/* Little-endian, of 1 to 8 bytes. */
uint64_t bytes_take(struct bytes *bytes, unsigned count);
/* One byte's worth: 0 … limit - 1; limit is at most 256. */
unsigned bytes_below(struct bytes *bytes, unsigned limit);
/* Text of any bytes but NUL, shorter than size; filled up with NULs. */
void bytes_text(struct bytes *bytes, char *ret_text, size_t size);
/*
 * All that is left, with a NUL behind it, in memory of exactly that size, for the caller to free.
 * NULs within stay.
 */
char *bytes_copy(const struct bytes *bytes);

#endif
