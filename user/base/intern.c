// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A short list, searched from its beginning. */
#include "user/base/intern.h"

#include <stdlib.h>
#include <string.h>

const char *names_intern(struct names *names, const char *name)
{
	char *copy;

	if (!name[0])
		return "";
	for (unsigned i = 0; i < names->count; i++)
		if (!strcmp(names->names[i], name))
			return names->names[i];
	copy = names->count < NAMES_MAX ? strdup(name) : NULL;
	if (!copy)
		return "";
	names->names[names->count++] = copy;
	return copy;
}

void names_release(struct names *names)
{
	for (unsigned i = 0; i < names->count; i++)
		free(names->names[i]);
	names->count = 0;
}
