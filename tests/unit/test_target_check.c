/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A file of targets is read as a whole before any of them is taken. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/target_file_fixture.h"

#define COUNT(array)   (sizeof(array) / sizeof((array)[0]))
#define COMPLAINTS_MAX 32

/* A bound for a broken build, which would wait for ever. */
TestSuite(target_check, .timeout = 20);

/* target_file_complain has no context. */
static struct {
	char sentences[COMPLAINTS_MAX][TEXT_MAX];
	size_t count;
} complaints;

static void complain(const char *sentence)
{
	cr_assert(complaints.count < COMPLAINTS_MAX, "too many complaints");
	snprintf(complaints.sentences[complaints.count++], TEXT_MAX, "%s", sentence);
}

static void expect_check(struct target_file *file, int64_t bad, uint64_t targets)
{
	struct error error = {""};
	struct target_tally found = {.targets = 4711};
	int64_t result = target_file_check(file, complain, &found, &error);

	cr_expect_eq(result, bad, "%lld %s", (long long)result, error.text);
	cr_expect_eq(found.targets, targets, "%llu", (unsigned long long)found.targets);
}

Test(target_check, good_lines_are_counted_by_target_and_come_again)
{
	struct place place = place_with("a\n# c\nb 1-65535,80\nc 22,443\n");
	struct target_file *file = file_open(place.path);

	expect_check(file, 0, 1 + 65535 + 2);
	cr_expect_eq(complaints.count, 0);
	expect_next(file, "a:80");
	target_file_close(file);
	place_remove(&place);
}

Test(target_check, all_addresses_of_a_network_count)
{
	struct place place =
		place_with("192.0.2.0/24 22,443\n[2001:db8::/126]:80\n0.0.0.0/0 1-65535\n");
	struct target_file *file = file_open(place.path);
	struct target_tally tally = {0};
	struct error error = {""};

	cr_expect_eq(target_file_check(file, complain, &tally, &error), 0, "%s", error.text);
	cr_expect_eq(tally.targets, 512 + 4 + (65535ull << 32));
	cr_expect(tally.has_network);
	target_file_close(file);
	place_remove(&place);
}

Test(target_check, bad_lines_are_named_and_stay_bad)
{
	struct place place = place_with("a\nb:0\nc\n443\n");
	struct target_file *file = file_open(place.path);
	char expected[TEXT_MAX], all[TEXT_MAX];

	expect_check(file, 2, 2);
	cr_assert_eq(complaints.count, 2);
	for (size_t i = 0; i < 2; i++) {
		snprintf(expected, sizeof(expected), "%s:%zu: cannot take '%s' as a ", place.path,
			 2 + 2 * i, i ? "443" : "b:0");
		cr_expect_eq(strncmp(complaints.sentences[i], expected, strlen(expected)), 0, "%s",
			     complaints.sentences[i]);
	}
	all_describe(file, place.path, all);
	cr_expect_str_eq(all, "a:80; bad 2; c:80; bad 4; ");
	target_file_close(file);
	place_remove(&place);
}

Test(target_check, after_twenty_bad_lines_the_others_are_counted)
{
	static const struct {
		size_t bad;
		const char *last; /* sentence; NULL: that of the last line */
	} rows[] = {
		{20, NULL}, {21, "... and 1 more bad line"}, {1020, "... and 1000 more bad lines"}};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct place place = place_make();
		static char text[3 * 1020];
		struct target_file *file;

		for (size_t line = 0; line < rows[i].bad; line++)
			memcpy(text + 3 * line, "a:\n", 3);
		file_write(&place, text, 3 * rows[i].bad);
		file = file_open(place.path);
		complaints.count = 0;
		expect_check(file, (int64_t)rows[i].bad, 0);
		cr_assert_eq(complaints.count, rows[i].last ? 21 : 20);
		cr_expect_eq(strtoul(complaints.sentences[19] + strlen(place.path) + 1, NULL, 10),
			     20);
		if (rows[i].last)
			cr_expect_str_eq(complaints.sentences[20], rows[i].last);
		target_file_close(file);
		place_remove(&place);
	}
}

/* Writes into the FIFO with pauses, which the reader has to bridge. */
static void *slow_writer(void *path)
{
	static const char *const pieces[] = {"a\nb:4", "43\nc d", " e\nf"};
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	for (size_t i = 0; i < COUNT(pieces); i++) {
		usleep(20000);
		bytes_write(fd, pieces[i], strlen(pieces[i]));
	}
	close(fd);
	return NULL;
}

Test(target_check, a_fifo_is_waited_for_and_comes_again_from_a_copy_without_a_name)
{
	struct place place = place_make(), temporary = place_make();
	struct target_file *file;
	char all[TEXT_MAX];
	pthread_t writer;

	cr_assert_eq(mkfifo(place.path, 0600), 0);
	cr_assert_eq(setenv("TMPDIR", temporary.directory, 1), 0);
	file = file_open(place.path);
	cr_assert_eq(pthread_create(&writer, NULL, slow_writer, place.path), 0);
	expect_check(file, 1, 3);
	pthread_join(writer, NULL);
	place_remove(&temporary); /* nothing is in there */
	all_describe(file, place.path, all);
	cr_expect_str_eq(all, "a:80; b:443; bad 3; f:80; ");
	target_file_close(file);
	place_remove(&place);
}

Test(target_check, a_long_pipe_comes_again_as_it_was)
{
	enum { LINES = 200 }; /* 2000 bytes each: more than a pipe and the reader's buffer hold */
	struct place place = place_make();
	static char line[2000];
	struct target_file *file;
	int ends[2];

	cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
	if (fork() == 0) {
		memset(line, 'x', sizeof(line));
		for (int i = 0; i < LINES; i++) {
			line[sprintf(line, "h%d #", i)] = 'x';
			line[sizeof(line) - 1] = '\n';
			bytes_write(ends[1], line, sizeof(line));
		}
		_exit(0);
	}
	close(ends[1]);
	cr_assert_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	cr_assert_eq(setenv("TMPDIR", place.directory, 1), 0);
	file = file_open("-");
	expect_check(file, 0, LINES);
	for (int i = 0; i < LINES; i++) {
		char expected[16];

		sprintf(expected, "h%d:80", i);
		expect_next(file, expected);
	}
	expect_next(file, "end");
	target_file_close(file);
	place_remove(&place);
}

Test(target_check, standard_input_starts_over_where_it_stood)
{
	struct place place = place_with("not ours\na\nb\n");
	struct target_file *file;
	char all[TEXT_MAX];
	int fd = open(place.path, O_RDONLY | O_CLOEXEC);

	cr_assert_eq(lseek(fd, 9, SEEK_SET), 9);
	cr_assert_eq(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	close(fd);
	file = file_open("-");
	expect_check(file, 0, 2);
	all_describe(file, "standard input", all);
	cr_expect_str_eq(all, "a:80; b:80; ");
	target_file_close(file);
	place_remove(&place);
}

Test(target_check, an_empty_input_has_no_targets)
{
	struct target_file *file;

	close(stdin_become_pipe());
	file = file_open("-");
	expect_check(file, 0, 0);
	expect_next(file, "end");
	target_file_close(file);
}

Test(target_check, what_changes_after_the_check_is_judged_again)
{
	struct place place = place_with("a\nb\n");
	struct target_file *file = file_open(place.path);
	char all[TEXT_MAX];

	expect_check(file, 0, 2);
	file_write(&place, "a\nb:0\nc\n", 8);
	all_describe(file, place.path, all);
	cr_expect_str_eq(all, "a:80; bad 2; c:80; ");
	target_file_close(file);
	place_remove(&place);
}

static void expect_failed_check(struct target_file *file, int expected, const char *hint)
{
	struct error error = {""};
	struct target_tally tally = {.targets = 4711};
	int64_t result = target_file_check(file, complain, &tally, &error);

	cr_expect_eq(result, expected, "%lld", (long long)result);
	cr_expect_not_null(strstr(error.text, hint), "%s", error.text);
	cr_expect_eq(tally.targets, 4711);
	target_file_close(file);
}

Test(target_check, without_room_for_a_copy_it_says_where_to_make_some)
{
	close(stdin_become_pipe());
	cr_assert_eq(setenv("TMPDIR", "/nonexistent", 1), 0);
	expect_failed_check(file_open("-"), -ENOENT,
			    "cannot check standard input before its targets are probed: cannot "
			    "make a temporary file in '/nonexistent'");
}

Test(target_check, what_cannot_be_read_on_fails_the_check)
{
	struct place place = place_with("\xff\xfe");

	expect_failed_check(file_open(place.path), -EILSEQ, "it is UTF-16");
	place_remove(&place);
}

Test(target_check, a_copy_that_cannot_be_written_fails_the_check)
{
	int writer = stdin_become_pipe();

	bytes_write(writer, "a\nb\nc\n", 6);
	close(writer);
	signal(SIGXFSZ, SIG_IGN);
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &(struct rlimit){5, 5}), 0);
	expect_failed_check(file_open("-"), -EFBIG, "set TMPDIR to a directory with room");
}
