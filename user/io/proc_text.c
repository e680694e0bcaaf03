// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Read a line. */
#include "user/io/proc_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define LINE_BYTES 512

int proc_read_line(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "re");
	char line[LINE_BYTES];
	int result = 0;

	if (!file)
		return -errno;
	errno = 0;
	if (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		snprintf(text, size, "%s", line);
	} else {
		result = errno ? -errno : -ENODATA;
	}
	fclose(file);
	return result;
}

int proc_read_field(const char *path, const char *name, char *text, size_t size)
{
	FILE *file = fopen(path, "re");
	size_t length = strlen(name);
	char line[LINE_BYTES];
	int result = -ENOENT;

	if (!file)
		return -errno;
	while (result < 0 && fgets(line, sizeof(line), file)) {
		if (strncmp(line, name, length) != 0 || line[length] != ':')
			continue;
		line[strcspn(line, "\n")] = '\0';
		snprintf(text, size, "%s", line + length + 1 + strspn(line + length + 1, " \t"));
		result = 0;
	}
	fclose(file);
	return result;
}
