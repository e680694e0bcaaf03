// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Rows by their keys and names. */
#include "user/app/options/option_row.h"

#include <argp.h>
#include <string.h>

const struct option_row *option_row_find(const struct option_row *of, size_t count, int key)
{
	for (size_t i = 0; i < count; i++)
		if (of[i].kind != KIND_HEADING && of[i].key == key)
			return &of[i];
	return NULL;
}

const struct option_row *option_row_named(const struct option_row *of, size_t count,
					  const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (of[i].name && !strcmp(of[i].name, name))
			return &of[i];
	return NULL;
}

bool option_has_letter(const struct option_row *row)
{
	return row->key < OPTION_KEY_WITHOUT_LETTER;
}

bool option_has_optional_value(const struct option_row *row)
{
	return row->argp_flags & OPTION_ARG_OPTIONAL;
}
