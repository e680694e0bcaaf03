/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Lines of UTF-8 text from a descriptor, without ever waiting, in constant memory. The descriptor's
 * status flags stay as they are: it may be shared.
 *
 * A byte order mark at the begin and a CR before LF or the end belong to no line. The last line may
 * lack its LF.
 */
#ifndef IO_LINE_READER_H
#define IO_LINE_READER_H

#include <stdbool.h>
#include <stddef.h>

struct error;

#define LINE_READER_MAX	   65536 /* bytes of a line */
#define LINE_READER_BUFFER (2 * LINE_READER_MAX)

struct line_reader {
	int fd;		 /* the caller's */
	int copy_fd;	 /* what is read is written there as well; -1: nowhere */
	bool is_regular; /* a file that can be read at any time: poll() says nothing about it */
	bool is_started; /* the byte order mark, if any, is behind us */
	bool is_at_end;
	bool is_overlong; /* the line at hand is being read over */
	unsigned reads;
	size_t begin, end; /* of what is still to be taken */
	char buffer[LINE_READER_BUFFER];
};

void line_reader_init(struct line_reader *reader, int fd, bool is_regular);

/*
 * Returns 1 with a line, which stays until the next call; 0 at the end; -EAGAIN when nothing is
 * there yet, or for a rest after having read much: ask again when the descriptor is readable;
 * -EMSGSIZE for a line longer than LINE_READER_MAX, now behind us; any other -errno, with the
 * sentence, when it cannot be read any further, -EILSEQ for UTF-16.
 */
int line_reader_next(struct line_reader *reader, const char **ret_line, size_t *ret_length,
		     struct error *ret_error);

#endif
