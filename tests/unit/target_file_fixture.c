/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the tests of files of targets share. */
#include "tests/unit/target_file_fixture.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/target_fixture.h"

#define PATIENCE_MS 20000 /* a bound for a broken build, not an expectation */

struct place place_make(void)
{
	struct place place = {.directory = "/tmp/target_file_XXXXXX"};

	cr_assert_not_null(mkdtemp(place.directory), "%s", strerror(errno));
	snprintf(place.path, sizeof(place.path), "%s/a.txt", place.directory);
	return place;
}

void place_remove(const struct place *place)
{
	unlink(place->path);
	cr_expect_eq(rmdir(place->directory), 0, "%s: %s", place->directory, strerror(errno));
}

void bytes_write(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t written = write(fd, bytes, length);

		cr_assert(written > 0, "%s", strerror(errno));
		bytes += written;
		length -= (size_t)written;
	}
}

void file_write(const struct place *place, const char *bytes, size_t length)
{
	int fd = open(place->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	cr_assert(fd >= 0, "%s", strerror(errno));
	bytes_write(fd, bytes, length);
	close(fd);
}

struct place place_with(const char *text)
{
	struct place place = place_make();

	file_write(&place, text, strlen(text));
	return place;
}

int stdin_become_pipe(void)
{
	int ends[2];

	cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
	cr_assert_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	close(ends[0]);
	return ends[1];
}

struct target_file *file_open(const char *path)
{
	static const struct target_file_config config = {.lookup = find_service};
	struct error error = {""};
	struct target_file *file = target_file_open(path, &config, &error);

	cr_assert_not_null(file, "%s", error.text);
	return file;
}

void input_wait(const struct target_file *file)
{
	struct pollfd poll_fd = {.fd = target_file_fd(file), .events = POLLIN};

	cr_assert_eq(poll(&poll_fd, 1, PATIENCE_MS), 1, "nothing came");
}

void next_describe(struct target_file *file, char *text)
{
	struct host host = {0};
	struct error error = {""};

	switch (target_file_next(file, &host, &error)) {
	case TARGET_FILE_HOST:
		host_describe(&host, text);
		host_release(&host);
		return;
	case TARGET_FILE_LATER:
		strcpy(text, "later");
		return;
	case TARGET_FILE_BAD:
		sprintf(text, "bad: %s", error.text);
		return;
	case TARGET_FILE_END:
		strcpy(text, "end");
		return;
	case TARGET_FILE_FAILED:
		sprintf(text, "failed: %s", error.text);
		return;
	}
	cr_assert_fail("no such result");
}

void expect_next(struct target_file *file, const char *expected)
{
	char text[TEXT_MAX];

	next_describe(file, text);
	cr_expect_str_eq(text, expected);
}

void all_describe(struct target_file *file, const char *name, char *all)
{
	char text[TEXT_MAX];
	size_t name_length = strlen(name);

	for (all[0] = '\0';; sprintf(all + strlen(all), "%s; ", text)) {
		next_describe(file, text);
		if (strcmp(text, "end") == 0)
			return;
		if (strcmp(text, "later") == 0) {
			input_wait(file);
			text[0] = '\0';
		} else if (strncmp(text, "bad: ", 5) == 0) {
			cr_assert_eq(strncmp(text + 5, name, name_length), 0, "%s", text);
			sprintf(text, "bad %lu", strtoul(text + 5 + name_length + 1, NULL, 10));
		}
	}
}
