// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* By a descriptor that becomes readable when the process ends, waited for or not. */
#include "user/io/pidfd.h"

#include <errno.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

int pidfd_of(pid_t pid)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	return fd < 0 ? -errno : fd;
}

bool pidfd_has_ended(pid_t pid)
{
	struct pollfd ended = {.fd = pidfd_of(pid), .events = POLLIN};
	bool has_ended = ended.fd == -ESRCH || (ended.fd >= 0 && poll(&ended, 1, 0) == 1);

	if (ended.fd >= 0)
		close(ended.fd);
	return has_ended;
}
