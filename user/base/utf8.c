// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* By a table of what may follow the first byte. */
#include "user/base/utf8.h"

static const struct {
	uint8_t first_min, first_max;
	uint8_t second_min, second_max;
	uint8_t length;
} characters[] = {
	/* Up to U+07FF; C0 and C1 would be overlong */
	{0x00, 0x7f, 0, 0, 1},
	{0xc2, 0xdf, 0x80, 0xbf, 2},
	/* E0 80 … E0 9F would be overlong */
	{0xe0, 0xe0, 0xa0, 0xbf, 3},
	{0xe1, 0xec, 0x80, 0xbf, 3},
	{0xed, 0xed, 0x80, 0x9f, 3}, /* ED A0 … ED BF are surrogates */
	/* F0 80 … F0 8F would be overlong */
	{0xee, 0xef, 0x80, 0xbf, 3},
	{0xf0, 0xf0, 0x90, 0xbf, 4},
	{0xf1, 0xf3, 0x80, 0xbf, 4},
	{0xf4, 0xf4, 0x80, 0x8f, 4}, /* up to U+10FFFF */
};

static bool is_within(char byte, uint8_t min, uint8_t max)
{
	return (uint8_t)byte >= min && (uint8_t)byte <= max;
}

/* A NUL is no continuation, so that this ends at the text's end. */
static bool has_continuation(const char *text, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (!utf8_is_continuation(text[i]))
			return false;
	return true;
}

size_t utf8_length(const char *text)
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

/* The first byte of more than one says so by as many bits, and by a 0 behind them. */
uint32_t utf8_code_point(const char *text)
{
	size_t length = utf8_length(text);
	uint32_t code = (uint8_t)text[0];

	if (length > 1)
		code &= 0x7fu >> length;
	for (size_t i = 1; i < length; i++)
		code = code << 6 | ((uint8_t)text[i] & 0x3f);
	return code;
}

bool utf8_is_control(const char *text)
{
	return is_within(text[0], 0x00, 0x1f) || text[0] == 0x7f ||
	       (is_within(text[0], 0xc2, 0xc2) && is_within(text[1], 0x80, 0x9f));
}
