/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Renderings compared with the files in tests/golden, byte for byte. */
#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* What a renderer wrote. */
struct output {
	FILE *stream;
	char *text; /* valid after output_end() */
	size_t size;
};

void output_begin(struct output *output);
/* Returns the text, which lives until output_free(). */
const char *output_end(struct output *output);
void output_free(struct output *output);

/*
 * Is actual what tests/golden/NAME holds? Found from $KTCPING_ROOT, or from here. When not, a
 * comparison goes to stderr, line by line:
 * '-' expected, '+' actual. Frees the output. With KTCPING_GOLDEN=write the file is written
 * instead: then `git diff` is the comparison.
 */
bool golden_matches(const char *name, struct output *actual);

/* Each tests/traces/SUITE/NAME.trace, found likewise. There is one at least. */
void golden_each_trace(void (*visit)(const char *path));

#endif
