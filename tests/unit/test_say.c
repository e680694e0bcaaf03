// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Sentences on stderr: words stay whole at a terminal's width, and a file gets one line. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "user/app/say.h"

#define SENTENCE "cannot read targets from hosts.txt: it is a directory; give a file"

/* What is written to it can be read from what is returned. */
static int take_stderr(unsigned short columns)
{
	struct winsize size = {.ws_row = 24, .ws_col = columns};
	int terminal = posix_openpt(O_RDWR | O_NOCTTY), other;

	cr_assert(terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0);
	other = open(ptsname(terminal), O_RDWR | O_NOCTTY);
	cr_assert(other >= 0 && ioctl(terminal, TIOCSWINSZ, &size) == 0);
	cr_assert_eq(dup2(other, STDERR_FILENO), STDERR_FILENO);
	return terminal;
}

static char *read_all(int fd, char *text, size_t size)
{
	ssize_t bytes;

	fflush(stderr);
	bytes = read(fd, text, size - 1);
	cr_assert_geq(bytes, 0);
	text[bytes] = '\0';
	return text;
}

Test(say, wraps_between_words_at_the_width_of_the_terminal)
{
	char text[512];
	int terminal = take_stderr(40);

	say("%s", SENTENCE);
	cr_assert_str_eq(read_all(terminal, text, sizeof(text)),
			 "ktcping: cannot read targets from\r\n"
			 "         hosts.txt: it is a directory;\r\n"
			 "         give a file\r\n");
}

Test(say, writes_one_line_where_there_is_no_terminal)
{
	char text[512];
	int fds[2];

	cr_assert(pipe(fds) == 0 && dup2(fds[1], STDERR_FILENO) == STDERR_FILENO);
	say("%s", SENTENCE);
	cr_assert_str_eq(read_all(fds[0], text, sizeof(text)), "ktcping: " SENTENCE "\n");
}

Test(say, keeps_the_lines_of_a_sentence_and_nothing_that_steers_a_terminal)
{
	char text[512];
	int fds[2];

	cr_assert(pipe(fds) == 0 && dup2(fds[1], STDERR_FILENO) == STDERR_FILENO);
	say_as("ktcping watch", "one\033[31m\ntwo");
	cr_assert_str_eq(read_all(fds[0], text, sizeof(text)),
			 "ktcping watch: one?[31m\n               two\n");
}
