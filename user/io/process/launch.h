/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Run a command that waits until it is watched, in the environment that it would have had. */
#ifndef IO_LAUNCH_H
#define IO_LAUNCH_H

#include <stdbool.h>
#include <sys/types.h>

/* What a shell says of a command that is there and cannot be run, and of one that is not there. */
#define LAUNCH_CANNOT_RUN 126
#define LAUNCH_NOT_FOUND  127

struct launch {
	pid_t pid;   /* 0: none */
	int gate_fd; /* closed without a word, it ends without having begun */
	bool has_ended;
	int status; /* as a shell would have it: its own, 128 + signal, 126, 127 */
};

/* Before anything of this process's own is changed: it inherits all. Returns 0 or -errno. */
int launch_prepare(struct launch *launch, char *const *argv);
/* Let it go. */
void launch_release(struct launch *launch);
/* Look, without waiting, whether it has ended. */
void launch_look(struct launch *launch);
/* Of one that has not begun: it never will. */
void launch_abandon(struct launch *launch);

#endif
