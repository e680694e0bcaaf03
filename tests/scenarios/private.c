// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A mount namespace a run, and a view into it. */
#include "tests/scenarios/private.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define HOSTS_BYTES 256
#define LINE_BYTES  4096

static const char prologue[] = "mount -t tmpfs private /mnt && touch /mnt/hosts && mount --bind "
			       "/mnt/hosts /etc/hosts || exit 125; ";

static void write_line(char *line, size_t size, const char *script)
{
	int length = snprintf(line, size, "%s%s", prologue, script);

	cr_assert_lt((size_t)length, size);
}

struct command_process private_start(struct lab *lab, const char *script)
{
	char line[LINE_BYTES];

	write_line(line, sizeof(line), script);
	return cli_start_run(lab, (const char *const[]){"unshare", "--mount", "sh", "-c", line,
							cli_program(), NULL});
}

struct command_result private_run(struct lab *lab, const char *script)
{
	char line[LINE_BYTES];

	write_line(line, sizeof(line), script);
	return cli_run(lab, (const char *const[]){"unshare", "--mount", "sh", "-c", line,
						  cli_program(), NULL});
}

/* In one piece, and of one length, so that nobody ever reads half of it. */
void private_set_hosts(const struct command_process *process, const char *text)
{
	char path[64], bytes[HOSTS_BYTES];
	size_t length = strlen(text);
	int fd;

	cr_assert_leq(length, sizeof(bytes));
	memset(bytes, '\n', sizeof(bytes));
	memcpy(bytes, text, length);
	snprintf(path, sizeof(path), "/proc/%d/root/etc/hosts", process->pid);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	cr_assert_geq(fd, 0, "cannot open %s", path);
	cr_assert_eq(pwrite(fd, bytes, sizeof(bytes), 0), (ssize_t)sizeof(bytes));
	close(fd);
}
