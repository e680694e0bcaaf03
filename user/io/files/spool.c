/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A temporary file without a name. */
#include "user/io/files/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/base/error.h"

static const char *directory(void)
{
	const char *chosen = secure_getenv("TMPDIR");

	return chosen && *chosen ? chosen : "/tmp";
}

/* For file systems without O_TMPFILE: NFS, FUSE, old overlays. A descriptor, or -1 and errno. */
static int open_and_unlink(const char *where)
{
	char path[PATH_MAX];
	int length = snprintf(path, sizeof(path), "%s/ktcping-XXXXXX", where), fd;

	if (length < 0 || (size_t)length >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

int spool_open(struct error *ret_error)
{
	const char *where = directory();
	int fd = open(where, O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0)
		fd = open_and_unlink(where);
	if (fd < 0)
		return error_set(ret_error, -errno,
				 "cannot make a temporary file in '%.100s': %s; set TMPDIR to a "
				 "directory that can be written",
				 where, strerror(errno));
	return fd;
}

int spool_write(int fd, const char *bytes, size_t length, struct error *ret_error)
{
	while (length > 0) {
		ssize_t written = write(fd, bytes, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return error_set(ret_error, -errno,
					 "cannot write the temporary file in '%.100s': %s; set "
					 "TMPDIR to a directory with room",
					 directory(), strerror(errno));
		bytes += written;
		length -= (size_t)written;
	}
	return 0;
}
