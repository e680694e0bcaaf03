// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Blocked, and read from a signalfd. */
#include "user/app/signals.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/signalfd.h>

/* A signal that is blocked would not be ignored. */
static bool is_ignored(int signal)
{
	struct sigaction action;

	return sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

int signals_open(int other)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGQUIT);
	if (!is_ignored(SIGHUP))
		sigaddset(&signals, SIGHUP);
	if (other)
		sigaddset(&signals, other);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	return signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
}
