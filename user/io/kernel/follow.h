/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the kernel side follows: tasks and sockets are put into its maps and taken out of them. Used
 * by the observer only.
 */
#ifndef IO_FOLLOW_H
#define IO_FOLLOW_H

#include <stdbool.h>
#include <stdint.h>

struct ktcping_bpf;
struct ktp_late;

/*
 * One more thread group for KTP_FILTER_TASKS, as this pid namespace numbers it; has_hidden_calls:
 * it makes some that are not seen. Returns 0 or -errno.
 */
int follow_task(const struct ktcping_bpf *skeleton, uint32_t tgid, bool has_hidden_calls);

/* A thread group that is watched by number, or a child of one, is still alive. */
bool follow_has_tasks(const struct ktcping_bpf *skeleton);

/*
 * Connects of watched processes that are under way: from now on they are followed. Returns 0 or
 * -errno: this kernel has no such thing.
 */
int follow_look_back(const struct ktcping_bpf *skeleton,
		     void (*take)(void *context, const struct ktp_late *late), void *context);

/*
 * The kernel side does not forget this socket when it is closed, though it forgets all others.
 * Returns 0 or -errno.
 */
int follow_keep(const struct ktcping_bpf *skeleton, uint64_t cookie);

/*
 * Remove a socket, its tuples and its sequence number from the maps, unless a later attempt of it
 * has begun.
 */
void follow_forget(const struct ktcping_bpf *skeleton, uint64_t cookie, uint32_t number);

#endif
