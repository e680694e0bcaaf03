/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Renderings compared with the files in tests/golden. */
#include <criterion/criterion.h>
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/golden.h"

void output_begin(struct output *output)
{
	*output = (struct output){0};
	output->stream = open_memstream(&output->text, &output->size);
	if (!output->stream)
		abort();
}

const char *output_end(struct output *output)
{
	if (output->stream)
		fclose(output->stream);
	output->stream = NULL;
	return output->text;
}

void output_free(struct output *output)
{
	output_end(output);
	free(output->text);
	*output = (struct output){0};
}

/* NULL when there is no such file. The caller frees. */
static char *file_read(const char *path)
{
	struct output copy;
	FILE *file = fopen(path, "r");
	int byte;

	if (!file)
		return NULL;
	output_begin(&copy);
	while ((byte = fgetc(file)) != EOF)
		fputc(byte, copy.stream);
	fclose(file);
	output_end(&copy);
	return copy.text;
}

/* Takes the first line off *text; NULL at the end. *ret_length is with its '\n'. */
static const char *line_take(const char **text, size_t *ret_length)
{
	const char *line = *text;
	const char *end = strchr(line, '\n');

	*ret_length = end ? (size_t)(end - line) + 1 : strlen(line);
	*text += *ret_length;
	return *ret_length > 0 ? line : NULL;
}

/* Escape sequences are shown, not obeyed. */
static void line_print(char mark, const char *line, size_t length)
{
	fputc(mark, stderr);
	for (size_t i = 0; i < length && line[i] != '\n'; i++) {
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			fprintf(stderr, "\\x%02x", (unsigned char)line[i]);
		else
			fputc(line[i], stderr);
	}
	fputc('\n', stderr);
}

static void print_comparison(const char *path, const char *expected, const char *actual)
{
	fprintf(stderr, "--- %s\n+++ rendered\n", path);
	for (;;) {
		size_t expected_length, actual_length;
		const char *expected_line = line_take(&expected, &expected_length);
		const char *actual_line = line_take(&actual, &actual_length);

		if (!expected_line && !actual_line)
			return;
		if (expected_line && actual_line && expected_length == actual_length &&
		    memcmp(expected_line, actual_line, actual_length) == 0) {
			line_print(' ', expected_line, expected_length);
			continue;
		}
		if (expected_line)
			line_print('-', expected_line, expected_length);
		if (actual_line)
			line_print('+', actual_line, actual_length);
	}
}

static bool file_write(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");
	bool is_written = file && fputs(text, file) >= 0;

	return file && fclose(file) == 0 && is_written;
}

static bool is_writing(void)
{
	const char *what = getenv("KTCPING_GOLDEN");

	return what && strcmp(what, "write") == 0;
}

bool golden_matches(const char *name, struct output *actual)
{
	const char *root = getenv("KTCPING_ROOT");
	const char *text = output_end(actual);
	char path[4096];
	char *expected;
	bool is_equal;

	snprintf(path, sizeof(path), "%s/tests/golden/%s", root ? root : ".", name);
	expected = is_writing() && file_write(path, text) ? strdup(text) : file_read(path);
	if (!expected)
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
	is_equal = expected && strcmp(expected, text) == 0;
	if (!is_equal)
		print_comparison(path, expected ? expected : "", text);
	free(expected);
	output_free(actual);
	return is_equal;
}

void golden_each_trace(void (*visit)(const char *path))
{
	const char *root = getenv("KTCPING_ROOT");
	char pattern[4096];
	glob_t traces;

	snprintf(pattern, sizeof(pattern), "%s/tests/traces/*/*.trace", root ? root : ".");
	cr_assert_eq(glob(pattern, 0, NULL, &traces), 0, "there are none: %s", pattern);
	for (size_t i = 0; i < traces.gl_pathc; i++)
		visit(traces.gl_pathv[i]);
	globfree(&traces);
}
