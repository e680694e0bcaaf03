/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the tests of files of targets share: files of their own, and what comes out of them as text.
 */
#ifndef TESTS_UNIT_TARGET_FILE_FIXTURE_H
#define TESTS_UNIT_TARGET_FILE_FIXTURE_H

#include <stddef.h>

#include "user/io/files/target_file.h"

#define TEXT_MAX 4096

/* A directory of one test alone, and in it a path. */
struct place {
	char directory[32];
	char path[64];
};

struct place place_make(void);
struct place place_with(const char *text);
/* Fails the test when there is anything in the directory besides the path. */
void place_remove(const struct place *place);

void bytes_write(int fd, const char *bytes, size_t length);
void file_write(const struct place *place, const char *bytes, size_t length);
/* Makes a pipe's one end standard input and returns the other one, to write into. */
int stdin_become_pipe(void);

/* With find_service() and the default port. */
struct target_file *file_open(const char *path);
/* Until target_file_fd() is readable. */
void input_wait(const struct target_file *file);

/*
 * What comes next: the labels of a host, "bad: SENTENCE", "later", "end" or "failed: SENTENCE".
 * text has TEXT_MAX bytes.
 */
void next_describe(struct target_file *file, char *text);
void expect_next(struct target_file *file, const char *expected);
/*
 * All there is, waiting for it, each with "; " behind; of bad lines only the number: "a:80; bad 2;
 * ". name: how messages call the file.
 */
void all_describe(struct target_file *file, const char *name, char *all);

#endif
