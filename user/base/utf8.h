/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Characters of UTF-8 (Unicode, table 3-7): no overlong forms, surrogates, none beyond U+10FFFF. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of text's first character, a NUL is one; 0: there is none. Reads no further than a NUL. */
size_t utf8_length(const char *text);

/* Which character it is that text begins with, if there is one. */
uint32_t utf8_code_point(const char *text);

/* C0, DEL, or C1: the character that text begins with may mean something to a terminal. */
bool utf8_is_control(const char *text);

/* Not the first byte of a character. */
static inline bool utf8_is_continuation(char byte)
{
	return (byte & 0xc0) == 0x80;
}

#endif
