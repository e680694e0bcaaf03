// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Lines of a trace. What was understood is written and read again, and stays the same. */
#include <errno.h>
#include <string.h>

#include "tests/fuzz/bytes.h"
#include "tests/fuzz/fuzz.h"
#include "user/io/files/trace.h"

static void write_line(const struct event *event, char *line)
{
	FILE *out = fmemopen(line, TRACE_LINE_MAX, "w");

	FUZZ_CHECK(out);
	trace_write(out, event);
	FUZZ_CHECK(!ferror(out) && ftell(out) < TRACE_LINE_MAX - 1);
	fclose(out);
}

static void check_same_again(const struct event *event)
{
	static char once[TRACE_LINE_MAX], twice[TRACE_LINE_MAX], parsed[TRACE_LINE_MAX];
	struct event again;

	/* A newer trace's kind is not written again. */
	if (event->kind == EVENT_UNKNOWN)
		return;
	write_line(event, once);
	strcpy(parsed, once);
	FUZZ_CHECK(trace_parse(parsed, &again, NULL) == 0);
	FUZZ_CHECK(event->kind >= EVENT_RUN ||
		   memcmp(&again, event, sizeof(again)) == 0); /* strings are elsewhere now */
	write_line(&again, twice);
	FUZZ_CHECK(strcmp(once, twice) == 0);
}

static void check_refused(int result, const struct error *error)
{
	FUZZ_CHECK(result == -EINVAL || result == -ERANGE);
	FUZZ_CHECK(memchr(error->text, '\0', sizeof(error->text)) && *error->text);
	FUZZ_CHECK(strncmp(error->text, "line ", 5) == 0);
}

void fuzz_trace(const uint8_t *bytes, size_t count)
{
	struct trace_reader reader = {.in = count ? fmemopen((void *)bytes, count, "r") : NULL};
	struct event event, before;
	struct error error;
	int result;

	if (!reader.in)
		return;
	memset(&event, 0xa5, sizeof(event));
	before = event;
	while ((result = trace_read(&reader, &event, &error)) != 0) {
		if (result < 0) {
			check_refused(result, &error);
			FUZZ_CHECK(memcmp(&event, &before, sizeof(event)) == 0);
		} else {
			check_same_again(&event);
		}
		memcpy(&before, &event, sizeof(event));
	}
	fclose(reader.in);
}
