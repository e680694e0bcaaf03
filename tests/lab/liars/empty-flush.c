/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A client whose "is it up?" is to flush its empty output buffer. writev() of no bytes succeeds
 * without a look at the socket, whatever its state; send() of no bytes would have told.
 */
#include <errno.h>
#include <stddef.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/lab/liars/target.h"

#define BUFFER_BYTES 4096

struct stream {
	int fd;
	size_t length;
	char buffer[BUFFER_BYTES];
};

/* Returns 0, or -errno. What was written is gone from the buffer. */
static int stream_flush(struct stream *stream)
{
	struct iovec part = {stream->buffer, stream->length};

	if (writev(stream->fd, &part, 1) < 0)
		return -errno;
	stream->length = 0;
	return 0;
}

int main(int argc, char **argv)
{
	struct target target = target_of(argc, argv);
	struct stream stream = {.fd = target_socket(&target, SOCK_NONBLOCK)};
	int error = target_connect(&target, stream.fd);
	int is_open = (error == 0 || error == EINPROGRESS) && stream_flush(&stream) == 0;

	close(stream.fd);
	return target_say(&target, is_open);
}
