// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which options contradict the format, by what it has a place for. */
#include "user/app/options/option_format.h"

#include <errno.h>
#include <stdio.h>

#define LIST_MAX	256
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* What only some formats have a place for. */
static const struct {
	const char *name;
	enum format_trait trait;
	const char *what;
} needs[] = {
	{"verbose", FORMAT_HAS_TIMELINE, "-v is for text"},
	{"hist", FORMAT_HAS_SUMMARIES, "--hist is part of the summaries"},
	{"outstanding", FORMAT_HAS_OUTSTANDING, "-O says what is under way"},
	{"report-every", FORMAT_HAS_SUMMARIES, "--report-every writes summaries"},
};

static char *put_given(const char *name, int letter, char text[OPTION_TITLE_MAX])
{
	if (letter)
		snprintf(text, OPTION_TITLE_MAX, "-%c", letter);
	else
		snprintf(text, OPTION_TITLE_MAX, "--%s", name);
	return text;
}

char *option_given_as(const struct option_row *row, char text[OPTION_TITLE_MAX])
{
	return put_given(row->name, option_has_letter(row) ? row->key : 0, text);
}

char *option_format_given_as(const struct format *format, char text[OPTION_TITLE_MAX])
{
	return put_given(format->name, format->letter, text);
}

/* "use -j, or text" */
static const char *formats_with(const struct parse *parse, enum format_trait trait,
				char text[LIST_MAX])
{
	char title[OPTION_TITLE_MAX];
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < parse->row_count; i++) {
		const struct format *format = parse->rows[i].format;

		if (format && format_has(format, trait) && used < LIST_MAX)
			used += (size_t)snprintf(text + used, LIST_MAX - used, "%s, ",
						 option_format_given_as(format, title));
	}
	if (used < LIST_MAX)
		snprintf(text + used, LIST_MAX - used, "or text");
	return text;
}

/* Two formats of one output; the last one that was given is the one that counts. */
static int check_one_format(const struct parse *parse, struct error *ret_error)
{
	const struct format *first = NULL;
	char title[OPTION_TITLE_MAX], other[OPTION_TITLE_MAX];

	for (size_t i = 0; i < parse->row_count; i++) {
		const struct format *format = parse->rows[i].format;

		if (!format || !parse->is_given[i])
			continue;
		if (first)
			return error_set(ret_error, -EINVAL,
					 "%s and %s are two formats of the same output; choose one",
					 option_format_given_as(first, title),
					 option_format_given_as(format, other));
		first = format;
	}
	return 0;
}

int option_check_format(const struct parse *parse, struct error *ret_error)
{
	const struct format *format = parse->options->format;
	char title[OPTION_TITLE_MAX], list[LIST_MAX];
	int result = check_one_format(parse, ret_error);

	if (result < 0)
		return result;
	option_format_given_as(format, title);
	if (format->argument && option_is_given(parse, "count"))
		return error_set(ret_error, -EINVAL,
				 "-c and %s both say how many probes; leave -c out, as in: %s 20",
				 title, title);
	for (size_t i = 0; i < COUNT_OF(needs); i++)
		if (option_is_given(parse, needs[i].name) && !format_has(format, needs[i].trait))
			return error_set(ret_error, -EINVAL, "%s, and %s has %s; use %s",
					 needs[i].what, title, format->shape,
					 formats_with(parse, needs[i].trait, list));
	return 0;
}
