/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Lines of UTF-8 text from a descriptor, without ever waiting. */
#include "user/io/files/line_reader.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "user/base/error.h"
#include "user/io/files/spool.h"

#define UTF8_MARK	  "\xef\xbb\xbf"
#define UTF16_LITTLE_MARK "\xff\xfe"
#define UTF16_BIG_MARK	  "\xfe\xff"
#define READS_IN_A_ROW	  16

void line_reader_init(struct line_reader *reader, int fd, bool is_regular)
{
	reader->fd = fd;
	reader->copy_fd = -1;
	reader->is_regular = is_regular;
	reader->is_started = reader->is_at_end = reader->is_overlong = false;
	reader->reads = 0;
	reader->begin = reader->end = 0;
}

static bool is_at(const struct line_reader *reader, const char *mark)
{
	size_t length = strlen(mark);

	return reader->end - reader->begin >= length &&
	       memcmp(reader->buffer + reader->begin, mark, length) == 0;
}

static int mark_skip(struct line_reader *reader, struct error *ret_error)
{
	if (is_at(reader, UTF16_LITTLE_MARK) || is_at(reader, UTF16_BIG_MARK))
		return error_set(ret_error, -EILSEQ,
				 "it is UTF-16, and UTF-8 is needed; convert it with: iconv -f "
				 "UTF-16 -t UTF-8");
	if (is_at(reader, UTF8_MARK))
		reader->begin += strlen(UTF8_MARK);
	reader->is_started = true;
	return 0;
}

/*
 * Asked of everything but regular files, instead of setting O_NONBLOCK. A FIFO is neither readable
 * nor hung up before its first writer has come, where read() would call that the end. A writer
 * without a pause is made to wait now and then, so that the caller can look after its other
 * business.
 */
static bool can_read(struct line_reader *reader)
{
	struct pollfd poll_fd = {.fd = reader->fd, .events = POLLIN};

	if (reader->is_regular)
		return true;
	return ++reader->reads % READS_IN_A_ROW != 0 && poll(&poll_fd, 1, 0) > 0;
}

static int buffer_fill(struct line_reader *reader, struct error *ret_error)
{
	ssize_t count;
	int result = 0;

	if (!can_read(reader))
		return -EAGAIN;
	memmove(reader->buffer, reader->buffer + reader->begin, reader->end - reader->begin);
	reader->end -= reader->begin;
	reader->begin = 0;
	count = read(reader->fd, reader->buffer + reader->end,
		     sizeof(reader->buffer) - reader->end);
	if (count < 0 && (errno == EAGAIN || errno == EINTR))
		return -EAGAIN;
	if (count < 0)
		return error_set(ret_error, -errno, "%s", strerror(errno));
	if (reader->copy_fd >= 0)
		result = spool_write(reader->copy_fd, reader->buffer + reader->end, (size_t)count,
				     ret_error);
	if (result < 0)
		return result;
	reader->is_at_end = count == 0;
	reader->end += (size_t)count;
	return 0;
}

/* newline: where the line ends; NULL: with the file. */
static int line_take(struct line_reader *reader, const char *newline, const char **ret_line,
		     size_t *ret_length)
{
	const char *line = reader->buffer + reader->begin;
	size_t length = newline ? (size_t)(newline - line) : reader->end - reader->begin;
	bool is_overlong = reader->is_overlong;

	if (!newline && length == 0 && !is_overlong)
		return 0;
	reader->begin += length + (newline ? 1 : 0);
	reader->is_overlong = false;
	if (length > 0 && line[length - 1] == '\r')
		length--;
	if (is_overlong || length > LINE_READER_MAX)
		return -EMSGSIZE;
	*ret_line = line;
	*ret_length = length;
	return 1;
}

int line_reader_next(struct line_reader *reader, const char **ret_line, size_t *ret_length,
		     struct error *ret_error)
{
	for (;;) {
		const char *begin = reader->buffer + reader->begin;
		size_t available = reader->end - reader->begin;
		const char *newline = memchr(begin, '\n', available);
		int result = 0;

		if (!reader->is_started &&
		    (newline || reader->is_at_end || available >= strlen(UTF8_MARK))) {
			result = mark_skip(reader, ret_error);
		} else if (newline || reader->is_at_end) {
			return line_take(reader, newline, ret_line, ret_length);
		} else {
			if (available > LINE_READER_MAX + 1) { /* one more may be a CR */
				reader->is_overlong = true;
				reader->begin = reader->end;
			}
			result = buffer_fill(reader, ret_error);
		}
		if (result < 0)
			return result;
	}
}
