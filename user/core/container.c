// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Runs of hexadecimal digits of the right length. */
#include "user/core/container.h"

#include <stddef.h>
#include <string.h>

char *container_id(const char *path, char *id)
{
	const char *found = NULL;

	while (path && *path) {
		size_t digits = strspn(path, "0123456789abcdef");

		if (digits == CONTAINER_ID_DIGITS)
			found = path;
		path += digits ? digits : 1;
	}
	if (!found)
		return NULL;
	memcpy(id, found, CONTAINER_ID_DIGITS);
	id[CONTAINER_ID_DIGITS] = '\0';
	return id;
}
