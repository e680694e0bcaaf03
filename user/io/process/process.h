/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What /proc tells of other processes. Nothing of their data: names, numbers, addresses. */
#ifndef IO_PROCESS_H
#define IO_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "user/base/address.h"

/* Its descendants (CONFIG_PROC_CHILDREN), each given to take, which returns false to stop. */
void process_descendants(pid_t pid, bool (*take)(void *context, pid_t child), void *context);

/* Has it an io_uring? A kernel thread may serve that, without a call that can be seen. */
bool process_has_ring(pid_t pid);

/* A socket of it that is SYN_SENT. */
struct process_connect {
	struct address source;
	struct address destination;
	uint32_t uid;
	bool has_timer;
	uint32_t next_ms; /* with has_timer: until its SYN is sent again */
};

/* Those that it has now, at most `room`. Returns how many. */
size_t process_connects(pid_t pid, struct process_connect *connects, size_t room);

/* How many connections it has, made or accepted; of some thousand descriptors. */
size_t process_connections(pid_t pid);

/* The name as the kernel has it; "?" when it has ended. name has 16 bytes; returns name. */
char *process_comm(pid_t pid, char *name);
/* The inode of its network namespace; 0: not known. */
uint32_t process_netns(pid_t pid);

#endif
