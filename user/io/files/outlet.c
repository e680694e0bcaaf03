// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Waits in poll(), and writes no more than there is room for. */
#include "user/io/files/outlet.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

/* Pipes and terminals once more, so that other descriptors of them stay as they are. */
static int open_again(int fd)
{
	char path[64];
	struct stat file;

	if (fstat(fd, &file) < 0 || !(S_ISFIFO(file.st_mode) || S_ISCHR(file.st_mode)))
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

/* Returns false when it is to be given up. */
static bool wait_for_room(struct outlet *outlet)
{
	struct pollfd fds[] = {{.fd = outlet->open_fd, .events = POLLOUT},
			       {.fd = outlet->wake_fd, .events = POLLIN}};

	while (!fds[0].revents && !outlet->is_given_up) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return false;
		outlet->is_given_up =
			!fds[0].revents && fds[1].revents && !outlet->may_wait(outlet->context);
	}
	if (outlet->is_given_up)
		errno = ECANCELED;
	return !outlet->is_given_up;
}

/* For fopencookie(): less than count is a failure. */
static ssize_t write_all(void *cookie, const char *bytes, size_t count)
{
	struct outlet *outlet = cookie;
	size_t written = 0;

	while (written < count && wait_for_room(outlet)) {
		size_t left = count - written;
		ssize_t result = write(outlet->open_fd, bytes + written,
				       left < outlet->bytes_at_once ? left : outlet->bytes_at_once);

		if (result > 0)
			written += (size_t)result;
		else if (result == 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	return written == count ? (ssize_t)count : 0;
}

static int close_again(void *cookie)
{
	const struct outlet *outlet = cookie;

	return outlet->open_fd == outlet->fd ? 0 : close(outlet->open_fd);
}

FILE *outlet_open_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "a");

	if (!file && fd >= 0)
		close(fd);
	return file;
}

FILE *outlet_open(struct outlet *outlet)
{
	const cookie_io_functions_t functions = {.write = write_all, .close = close_again};
	FILE *stream;

	outlet->is_given_up = false;
	outlet->open_fd = open_again(outlet->fd);
	/* What poll() calls writable takes so many. */
	outlet->bytes_at_once = outlet->open_fd < 0 ? PIPE_BUF : SSIZE_MAX;
	if (outlet->open_fd < 0)
		outlet->open_fd = outlet->fd;
	stream = fopencookie(outlet, "w", functions);
	if (!stream)
		close_again(outlet);
	return stream;
}
