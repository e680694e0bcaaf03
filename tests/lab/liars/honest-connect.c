/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A port check without fault: a blocking connect(), which returns when it is over, and says how. */
#include <unistd.h>

#include "tests/lab/liars/target.h"

int main(int argc, char **argv)
{
	struct target target = target_of(argc, argv);
	int fd = target_socket(&target, 0), is_open = target_connect(&target, fd) == 0;

	close(fd);
	return target_say(&target, is_open);
}
