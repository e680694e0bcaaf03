/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A sentence for a person, where a number cannot say enough. */
#include "user/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Sentences quote what users and files say: none of it may drive the terminal. */
static void hide_controls(char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if ((c < ' ' && c != '\n' && c != '\t') || c == 0x7f)
			*text = '?';
	}
}

int error_set(struct error *error, int result, const char *format, ...)
{
	struct error fresh; /* the arguments may quote *error itself */
	va_list arguments;

	if (!error)
		return result;
	va_start(arguments, format);
	vsnprintf(fresh.text, sizeof(fresh.text), format, arguments);
	va_end(arguments);
	hide_controls(fresh.text);
	*error = fresh;
	return result;
}

int error_prefix(struct error *error, int result, const char *format, ...)
{
	char prefix[sizeof(error->text)];
	va_list arguments;

	if (!error)
		return result;
	va_start(arguments, format);
	vsnprintf(prefix, sizeof(prefix), format, arguments);
	va_end(arguments);
	return error_set(error, result, "%s: %s", prefix, error->text);
}

const char *error_name(int number)
{
	return number == 0 ? NULL : strerrorname_np(number); /* glibc has "0" for 0 */
}
