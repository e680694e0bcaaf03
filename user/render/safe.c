/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Foreign text made harmless for a terminal. */
#include "user/render/safe.h"

#include <stdbool.h>
#include <string.h>

/*
 * What follows the first byte of a UTF-8 character (Unicode, table 3-7): neither overlong forms nor
 * surrogates nor C1 are in it.
 */
static const struct {
	unsigned char first_min, first_max;
	unsigned char second_min, second_max;
	size_t length;
} characters[] = {
	{0x20, 0x7e, 0, 0, 1},	     /* ASCII without C0 and DEL */
	{0xc2, 0xc2, 0xa0, 0xbf, 2}, /* C2 80 … C2 9F are C1: 9B alone starts a sequence */
	{0xc3, 0xdf, 0x80, 0xbf, 2}, /* the rest up to U+07FF */
	{0xe0, 0xe0, 0xa0, 0xbf, 3}, /* E0 80 … E0 9F would be overlong */
	{0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, /* ED A0 …: surrogates */
	{0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4}, /* F0 80 …: overlong */
	{0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4}, /* up to U+10FFFF */
};

static bool is_within(unsigned char byte, unsigned char min, unsigned char max)
{
	return byte >= min && byte <= max;
}

static bool has_continuation(const unsigned char *text, size_t from, size_t to)
{
	/* A NUL is no continuation, so that this never reads past the end. */
	for (size_t i = from; i < to; i++)
		if (!is_within(text[i], 0x80, 0xbf))
			return false;
	return true;
}

/* The bytes of the harmless character that text begins with; 0: there is none. */
static size_t harmless_length(const unsigned char *text)
{
	for (size_t i = 0; i < sizeof(characters) / sizeof(characters[0]); i++) {
		size_t length = characters[i].length;

		if (!is_within(text[0], characters[i].first_min, characters[i].first_max))
			continue;
		if (length == 1)
			return 1;
		if (!is_within(text[1], characters[i].second_min, characters[i].second_max))
			return 0;
		return has_continuation(text, 2, length) ? length : 0;
	}
	return 0;
}

/* C1 as UTF-8 is one character, and gives one '?'. */
static size_t harmful_length(const unsigned char *text)
{
	return text[0] == 0xc2 && is_within(text[1], 0x80, 0x9f) ? 2 : 1;
}

char *safe_text(const char *foreign, char *safe, size_t size)
{
	const unsigned char *from = (const unsigned char *)foreign;
	size_t used = 0;

	if (size == 0)
		return safe;
	while (*from != '\0') {
		size_t length = harmless_length(from);

		if (used + (length ? length : 1) >= size)
			break;
		if (length == 0) {
			safe[used++] = '?';
			from += harmful_length(from);
			continue;
		}
		memcpy(safe + used, from, length);
		used += length;
		from += length;
	}
	safe[used] = '\0';
	return safe;
}
