/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Targets from FIFOs, devices and standard input, as they come. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/target_file_fixture.h"

/* A bound for a broken build, which would wait for ever. */
TestSuite(target_stream, .timeout = 20);

Test(target_stream, a_fifo_is_read_as_its_writers_write_and_ends_with_the_last)
{
	struct place place = place_make();
	struct target_file *file;
	int first, second;

	cr_assert_eq(mkfifo(place.path, 0600), 0);
	file = file_open(place.path);
	expect_next(file, "later");
	expect_next(file, "later");
	first = open(place.path, O_WRONLY | O_CLOEXEC);
	expect_next(file, "later");
	bytes_write(first, "a\nb:4", 5);
	input_wait(file);
	expect_next(file, "a:80");
	expect_next(file, "later");
	second = open(place.path, O_WRONLY | O_CLOEXEC);
	close(first);
	expect_next(file, "later");
	bytes_write(second, "43\nc", 4);
	expect_next(file, "b:443");
	expect_next(file, "later");
	close(second);
	input_wait(file);
	expect_next(file, "c:80");
	expect_next(file, "end");
	expect_next(file, "end");
	target_file_close(file);
	place_remove(&place);
}

Test(target_stream, a_fifo_into_which_nothing_is_written_ends_too)
{
	struct place place = place_make();
	struct target_file *file;

	cr_assert_eq(mkfifo(place.path, 0600), 0);
	file = file_open(place.path);
	close(open(place.path, O_WRONLY | O_CLOEXEC));
	input_wait(file);
	expect_next(file, "end");
	target_file_close(file);
	place_remove(&place);
}

Test(target_stream, a_stream_without_end_does_not_hold_up_the_caller)
{
	struct target_file *file = file_open("/dev/zero");

	for (int i = 0; i < 3; i++) {
		expect_next(file, "later");
		input_wait(file);
	}
	target_file_close(file);
}

Test(target_stream, standard_input_is_not_waited_for_and_keeps_its_flags)
{
	int writer = stdin_become_pipe(), flags = fcntl(STDIN_FILENO, F_GETFL);
	struct target_file *file = file_open("-");
	char text[TEXT_MAX];

	expect_next(file, "later");
	bytes_write(writer, "a\n443\n\xef", 8);
	expect_next(file, "a:80");
	next_describe(file, text);
	cr_expect_eq(strncmp(text, "bad: standard input:2: cannot take '443'", 40), 0, "%s", text);
	expect_next(file, "later");
	close(writer);
	next_describe(file, text);
	cr_expect_eq(strncmp(text, "bad: standard input:3: ", 23), 0, "%s", text);
	expect_next(file, "end");
	cr_expect_eq(fcntl(STDIN_FILENO, F_GETFL), flags);
	target_file_close(file);
	cr_expect_neq(fcntl(STDIN_FILENO, F_GETFL), -1, "it is not ours to close");
}

Test(target_stream, the_mark_at_the_begin_may_come_in_pieces)
{
	int writer = stdin_become_pipe();
	struct target_file *file = file_open("-");

	for (const char *at = "\xef\xbb\xbfh"; *at; at++) {
		bytes_write(writer, at, 1);
		expect_next(file, "later");
	}
	bytes_write(writer, "\n", 1);
	expect_next(file, "h:80");
	close(writer);
	expect_next(file, "end");
	target_file_close(file);
}

Test(target_stream, the_longest_line_may_come_in_pieces)
{
	static char line[TARGET_LINE_MAX];
	int writer = stdin_become_pipe();
	struct target_file *file = file_open("-");

	memset(line, 'x', sizeof(line));
	memcpy(line, "long #", 6);
	for (size_t at = 0; at < sizeof(line); at += sizeof(line) / 4) {
		bytes_write(writer, line + at, sizeof(line) / 4);
		expect_next(file, "later");
	}
	bytes_write(writer, "\r", 1);
	expect_next(file, "later");
	bytes_write(writer, "\nb\n", 3);
	expect_next(file, "long:80");
	expect_next(file, "b:80");
	close(writer);
	expect_next(file, "end");
	target_file_close(file);
}
