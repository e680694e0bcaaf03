// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A child that waits at a pipe before it becomes the command. */
#include "user/io/process/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void become(int gate_fd, char *const *argv)
{
	char word;
	int error;

	if (read(gate_fd, &word, 1) != 1)
		_exit(0); /* not watched: not run at all */
	execvp(argv[0], argv);
	error = errno;
	dprintf(STDERR_FILENO, "ktcping: cannot run %s: %s\n", argv[0], strerror(error));
	_exit(error == ENOENT ? LAUNCH_NOT_FOUND : LAUNCH_CANNOT_RUN);
}

int launch_prepare(struct launch *launch, char *const *argv)
{
	int gate[2];

	if (pipe2(gate, O_CLOEXEC) < 0)
		return -errno;
	launch->pid = fork();
	if (launch->pid == 0) {
		close(gate[1]);
		become(gate[0], argv);
	}
	close(gate[0]);
	launch->gate_fd = gate[1];
	if (launch->pid > 0) {
		/* if ignored (inherited), there would be no status; the command gets it back */
		signal(SIGCHLD, SIG_DFL);
		return 0;
	}
	launch->pid = 0;
	close(gate[1]);
	return -errno;
}

void launch_release(struct launch *launch)
{
	if (write(launch->gate_fd, "", 1) != 1)
		return; /* it was killed meanwhile: its status will tell */
	close(launch->gate_fd);
	launch->gate_fd = -1;
}

void launch_look(struct launch *launch)
{
	int status;

	if (!launch->pid || launch->has_ended ||
	    waitpid(launch->pid, &status, WNOHANG) != launch->pid)
		return;
	launch->has_ended = true;
	launch->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void launch_abandon(struct launch *launch)
{
	if (!launch->pid || launch->has_ended || launch->gate_fd < 0) /* released: left alone */
		return;
	close(launch->gate_fd);
	waitpid(launch->pid, NULL, 0);
	launch->has_ended = true;
}
