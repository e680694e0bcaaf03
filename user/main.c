// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The table of subcommands. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "user/app/doctor.h"
#include "user/app/probe.h"
#include "user/app/watch/watch.h"
#include "user/base/exit_code.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{"probe", command_probe},
	{"watch", command_watch},
	{"doctor", command_doctor},
};

/*
 * A standard stream that the caller closed would be the next file, socket or map that is opened,
 * and get the stream's data. What takes its place here is opened the wrong way round, so that its
 * use is an error as before.
 */
static void hold_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
			_exit(EXIT_UNOBSERVED);
}

int main(int argc, char **argv)
{
	hold_standard_streams();
	/* a line is one write: it may go where others write to as well */
	setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
	for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(argv[1], commands[i].name) != 0)
			continue;
		argv[1] = argv[0];
		return commands[i].run(argc - 1, argv + 1);
	}
	return command_probe(argc, argv);
}
