/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Network namespaces: find one by what a person calls it, go into it, come back. */
#ifndef IO_NETNS_H
#define IO_NETNS_H

#include <stddef.h>
#include <stdint.h>

#include "user/base/error.h"

/*
 * name: as `ip netns` has them, looked for first; the PID of a process in it; or a path with a
 * slash. Returns a descriptor (close-on-exec), or -errno with the sentence, which the caller begins
 * with what was asked for.
 */
int netns_open(const char *name, struct error *ret_error);

/* The file that it is opened by: text, cut to size. */
char *netns_path(const char *name, char *text, size_t size);

/* "ip netns exec blue ip link": how a person runs the command there. Returns text, cut to size. */
char *netns_command(const char *name, const char *command, char *text, size_t size);

/* The calling thread's own, likewise. */
int netns_open_own(struct error *ret_error);

/* 1 when both are the same namespace, 0 when not, -errno when that cannot be told. */
int netns_is_same(int a_fd, int b_fd);

/* The inode of the one that the calling thread is in, or of an open one; 0 when it is unknown. */
uint32_t netns_inode(void);
uint32_t netns_inode_of(int fd);

/* The calling thread goes there. Returns 0 or -errno. */
int netns_enter(int fd);

/*
 * Back to where the thread came from. A thread that cannot go back would do everything that follows
 * in the wrong network: it ends the process. errno stays.
 */
void netns_leave(int own_fd);

#endif
