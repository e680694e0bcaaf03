/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A network namespace that sockets are made in: entered for each of them, and left again; and
 * followed when its name leads to another one.
 *
 * Origins of several threads share it, and what it keeps open: a descriptor a namespace, and one to
 * come back by for all of them. A thread that lives in each would save that descriptor, and was
 * measured: a socket of another namespace costs 3.3 us of CPU more than one of our own when it is
 * entered for (setns() twice), and 5.2 us and two context switches when a thread there is asked for
 * it.
 */
#ifndef IO_NET_NAMESPACE_H
#define IO_NET_NAMESPACE_H

#include <stdbool.h>
#include <stdint.h>

#include "user/base/error.h"

struct net_namespace;

/*
 * name: as netns_open() takes it, kept by reference; NULL: our own. It lives until the last
 * reference is given back. NULL and errno on failure, with the sentence.
 */
struct net_namespace *net_namespace_new(const char *name, struct error *ret_error);
/* One more reference, for any thread. */
struct net_namespace *net_namespace_share(struct net_namespace *net);
/* NULL is harmless. */
void net_namespace_release(struct net_namespace *net);

const char *net_namespace_name(const struct net_namespace *net);
/* As records of the kernel name it; 0: unknown, or it was deleted. */
uint32_t net_namespace_inode(const struct net_namespace *net);
/* It is there, and still the one of that inode. Our own always is. */
bool net_namespace_is(const struct net_namespace *net, uint32_t inode);
bool net_namespace_is_deleted(const struct net_namespace *net);

enum net_change {
	NET_SAME,
	NET_DELETED, /* the name is gone: it is given back, and a thread that enters stays at home */
	NET_RENEWED, /* the name leads to another one: that is entered from now on */
	NET_ENDED,   /* the process that it was named by: it is kept, and followed no more */
};

/*
 * Does the name still lead there? Looked at by one thread at a time, and not again before
 * NET_LOOK_NS are over; told once, to that thread. Our own, also by a name, is not followed. What
 * was made inside stays inside, and keeps what was deleted alive.
 */
#define NET_LOOK_NS 100000000ull
enum net_change net_namespace_follow(struct net_namespace *net, uint64_t now_ns);

/*
 * The calling thread goes there, and comes back; nothing to do in our own. Returns 0 or -errno:
 * then it is where it was.
 */
int net_namespace_enter(const struct net_namespace *net);
void net_namespace_leave(const struct net_namespace *net);

#endif
