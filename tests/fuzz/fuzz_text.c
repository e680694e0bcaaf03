// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Foreign text for a terminal, into room of any size. The first byte is the room. */
#include <string.h>

#include "tests/fuzz/bytes.h"
#include "tests/fuzz/fuzz.h"
#include "user/render/line.h"
#include "user/render/safe.h"

/* As C1 in UTF-8: 0xc2 and a byte below 0xa0. */
static void check_harmless(const char *safe)
{
	for (const unsigned char *c = (const unsigned char *)safe; *c; c++)
		FUZZ_CHECK(*c >= ' ' && *c != 0x7f && !(*c == 0xc2 && c[1] < 0xa0));
}

static void safe_try(const char *foreign, size_t size)
{
	char *safe = malloc(size), *again = malloc(size);

	FUZZ_CHECK(safe && again);
	memset(safe, 0xa5, size);
	FUZZ_CHECK(safe_text(foreign, safe, size) == safe);
	FUZZ_CHECK(memchr(safe, '\0', size) && strlen(safe) <= strlen(foreign));
	check_harmless(safe);
	FUZZ_CHECK(strcmp(safe_text(safe, again, size), safe) == 0);
	free(again);
	free(safe);
}

/* columns: 0 wraps nothing. */
static void line_try(const char *foreign, size_t columns)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct line line = {.out = out};

	FUZZ_CHECK(out);
	line_put(&line, foreign);
	line_reach(&line, columns / 2, 1);
	line_put_wrapped(&line, foreign, columns / 4, columns);
	line_end(&line);
	fclose(out);
	FUZZ_CHECK(size > 0 && text[size - 1] == '\n');
	for (size_t i = 0; i < size; i++)
		if (text[i] == '\n')
			text[i] = ' ';
	check_harmless(text);
	free(text);
}

void fuzz_text(const uint8_t *bytes, size_t count)
{
	struct bytes rest = {bytes, count};
	size_t room = bytes_take(&rest, 1);
	char *foreign = bytes_copy(&rest);

	safe_try(foreign, room + 1);
	line_try(foreign, room);
	free(foreign);
}
