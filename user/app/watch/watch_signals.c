// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* From their descriptor: none interrupts anything. */
#include "user/app/watch/watch_signals.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "user/app/watch/watch_show.h"

/*
 * Who asks for the end wants it now, however busy the host is: what is left to do is little.
 * It may not be allowed to.
 */
static void interrupt(struct watch *w)
{
	w->is_impatient = w->is_interrupted;
	w->is_interrupted = true;
	setpriority(PRIO_PROCESS, 0, PRIO_MIN);
}

/*
 * A terminal has given ^C to the command as well: what it makes of that is its own affair. A second
 * one is for us.
 */
static void take_signal(struct watch *w, const struct signalfd_siginfo *info)
{
	switch (info->ssi_signo) {
	case SIGCHLD:
		return;
	case SIGQUIT:
		watch_show_summaries(w, formats[0].renderer, stderr, false);
		return;
	case SIGTERM:
	case SIGHUP:
		if (w->launch.pid && !w->launch.has_ended)
			kill(w->launch.pid, (int)info->ssi_signo);
		else
			interrupt(w);
		return;
	}
	interrupt(w);
}

bool watch_take_signals(void *context)
{
	struct watch *w = context;
	struct signalfd_siginfo info;

	while (read(w->signal_fd, &info, sizeof(info)) == sizeof(info))
		take_signal(w, &info);
	launch_look(&w->launch);
	return !w->is_impatient;
}
