/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The end of another process. */
#ifndef IO_PIDFD_H
#define IO_PIDFD_H

#include <stdbool.h>
#include <sys/types.h>

/* A descriptor that becomes readable when it ends, or -errno. */
int pidfd_of(pid_t pid);
/* Of one that has, its parent may not have taken notice yet. */
bool pidfd_has_ended(pid_t pid);

#endif
