/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Busy loops. */
#include "tests/bench/lib/load.h"

#include <signal.h>
#include <unistd.h>

#include "tests/lab/child.h"

static _Noreturn void spin(unsigned seconds)
{
	static volatile unsigned long turns;

	alarm(seconds);
	for (;;)
		turns++;
}

void load_start(struct load *load, unsigned count, unsigned seconds)
{
	*load = (struct load){0};
	while (load->count < count && load->count < LOAD_MAX) {
		pid_t pid = child_fork("ktcping-load", SIGKILL, -1);

		if (pid == 0)
			spin(seconds);
		if (pid < 0)
			break;
		load->pids[load->count++] = pid;
	}
}

void load_stop(struct load *load)
{
	for (unsigned i = 0; i < load->count; i++)
		kill(load->pids[i],
		     /*
		      * all of them first: waiting for each in turn takes long while the others spin
		      */
		     SIGKILL);
	for (unsigned i = 0; i < load->count; i++)
		child_stop(load->pids[i], SIGKILL);
	load->count = 0;
}
