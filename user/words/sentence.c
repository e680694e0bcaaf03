// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Pieces, each behind the one before. */
#include "user/words/sentence.h"

#include <stdarg.h>
#include <stdio.h>

struct sentence sentence_start(char *text, size_t size)
{
	text[0] = '\0';
	return (struct sentence){text, size, 0};
}

struct sentence *sentence_add(struct sentence *s, const char *format, ...)
{
	va_list arguments;
	int written;

	va_start(arguments, format);
	written = vsnprintf(s->text + s->used, s->size - s->used, format, arguments);
	va_end(arguments);
	if (written > 0)
		s->used = s->used + (size_t)written < s->size ? s->used + (size_t)written
							      : s->size - 1;
	return s;
}

struct sentence *sentence_bits(struct sentence *s, unsigned bits, const struct bit_name *names,
			       const char *between, const char *otherwise)
{
	size_t before = s->used;

	for (; names->name; names++)
		if (bits & names->bit)
			sentence_add(s, "%s%s", s->used > before ? between : "", names->name);
	return s->used > before ? s : sentence_add(s, "%s", otherwise);
}

struct sentence *sentence_address(struct sentence *s, const struct address *address)
{
	char text[ADDRESS_TEXT_MAX];

	return sentence_add(s, "%s",
			    address->port ? address_format_with_port(address, text)
					  : address_format(address, text));
}

struct sentence *sentence_host(struct sentence *s, const struct address *address)
{
	char text[ADDRESS_TEXT_MAX];

	return sentence_add(s, "%s", address_format(address, text));
}

struct sentence *sentence_seconds(struct sentence *s, uint64_t ns)
{
	double seconds = (double)ns / 1e9;

	if (seconds < 0.0095)
		return sentence_add(s, "%.1f ms", seconds * 1e3);
	if (seconds < 0.95)
		return sentence_add(s, "%.0f ms", seconds * 1e3);
	return sentence_add(s, "%.1f s", seconds);
}

struct sentence *sentence_syns(struct sentence *s, unsigned count)
{
	return count ? sentence_add(s, "%u SYN%s", count, count == 1 ? "" : "s")
		     : sentence_add(s, "no SYN");
}
