/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Child processes that do not outlive the test that made them, however it ends. */
#include "tests/lab/child.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEPT_FD 3

static void keep_only(int keep_fd)
{
	if (keep_fd < 0) {
		close_range(KEPT_FD, ~0U, 0);
		return;
	}
	if (keep_fd != KEPT_FD)
		dup2(keep_fd, KEPT_FD);
	close_range(KEPT_FD + 1, ~0U, 0);
}

pid_t child_fork(const char *name, int death_signal, int keep_fd)
{
	pid_t parent = getpid();
	pid_t pid = fork();
	sigset_t none;

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, death_signal);
	if (getppid() != parent) /* it died before we asked to be told */
		_exit(1);
	prctl(PR_SET_NAME, name);
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	keep_only(keep_fd);
	return 0;
}

void child_stop(pid_t pid, int signal_number)
{
	if (pid <= 0)
		return;
	kill(pid, signal_number);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}
