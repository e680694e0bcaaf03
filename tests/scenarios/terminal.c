/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The program on a terminal. */
#include "tests/scenarios/terminal.h"

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void become(struct lab *lab, const char *const *argv, const char *environment)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGINT,
	       /*
	        * ignored where a shell started the tests in the background, which no terminal does
	        */
	       SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	unsetenv("NO_COLOR");
	setenv("TERM", "xterm", 1);
	if (environment)
		putenv((char *)environment);
	if (setns(lab->hosts[LAB_CLIENT].netns_fd, CLONE_NEWNET) == 0)
		execvp(argv[0], (char *const *)argv);
	_exit(127);
}

void terminal_start(struct lab *lab, const char *const *argv, const char *environment,
		    struct terminal *ret_terminal)
{
	struct winsize size = {.ws_row = 24, .ws_col = 120};

	memset(ret_terminal, 0, sizeof(*ret_terminal));
	ret_terminal->pid = forkpty(&ret_terminal->fd, NULL, NULL, &size);
	if (ret_terminal->pid == 0)
		become(lab, argv, environment);
	cr_assert(ret_terminal->pid > 0, "no pseudo-terminal: %s", strerror(errno));
}

/* Returns false at its end. */
static bool read_more(struct terminal *terminal)
{
	struct pollfd readable = {.fd = terminal->fd, .events = POLLIN};
	size_t used = strlen(terminal->said);
	ssize_t length;

	cr_assert_eq(poll(&readable, 1, CLI_TIMEOUT_MS), 1, "it is silent after:\n%s",
		     terminal->said);
	length = read(terminal->fd, terminal->said + used, sizeof(terminal->said) - used - 1);
	return length > 0;
}

void terminal_await(struct terminal *terminal, const char *word)
{
	while (!strstr(terminal->said, word))
		cr_assert(read_more(terminal), "it ended without '%s' and said:\n%s", word,
			  terminal->said);
}

void terminal_type(struct terminal *terminal, const char *keys)
{
	cr_assert_eq(write(terminal->fd, keys, strlen(keys)), (ssize_t)strlen(keys));
}

int terminal_finish(struct terminal *terminal)
{
	int status = 0;

	while (read_more(terminal))
		;
	cr_assert_eq(waitpid(terminal->pid, &status, 0), terminal->pid);
	close(terminal->fd);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
