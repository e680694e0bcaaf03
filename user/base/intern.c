// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A short list, searched from its beginning. */
#include "user/base/intern.h"

#include <stdlib.h>
#include <string.h>

const char *intern_name(struct intern *intern, const char *name)
{
	char *copy;

	if (!name[0])
		return "";
	for (unsigned i = 0; i < intern->count; i++)
		if (!strcmp(intern->names[i], name))
			return intern->names[i];
	copy = intern->count < INTERN_MAX ? strdup(name) : NULL;
	if (!copy)
		return "";
	intern->names[intern->count++] = copy;
	return copy;
}

void intern_release(struct intern *intern)
{
	for (unsigned i = 0; i < intern->count; i++)
		free(intern->names[i]);
	intern->count = 0;
}
