/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Child processes that do not outlive the test that made them, however it ends. */
#ifndef LAB_CHILD_H
#define LAB_CHILD_H

#include <sys/types.h>

/*
 * Like fork(); the child is sent death_signal when the calling *thread* ends (by SIGKILL too), is
 * called `name` in ps, ignores the terminal's ^C and ^\, and has no descriptors but 0..2 and
 * keep_fd (-1: none), which becomes 3. The child ends with _exit(), so that nothing of the test's
 * runs twice.
 */
pid_t child_fork(const char *name, int death_signal, int keep_fd);

/* Send the signal, wait for the end. Harmless for pid <= 0. */
void child_stop(pid_t pid, int signal_number);

#endif
