/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel programs as a set: which hooks this kernel has, loaded and attached one by one. Used by the observer only. */
#ifndef IO_PROGRAM_H
#define IO_PROGRAM_H

#include <stdint.h>

#include "user/base/error.h"
#include "user/io/kernel/program_setup.h"

struct misses;
struct programs;
struct ktp_shared;

/* NULL on failure, with the cause. A hook that can be done without may be missing: programs_hooks() tells. */
struct programs *programs_load(const struct observer_config *config, struct error *ret_error);
void programs_free(struct programs *programs);

/* All of them off, and on again, with may_detach only. Waking returns -errno when one that was attached cannot be any more, and its hook. */
void programs_detach(struct programs *programs);
int programs_attach(struct programs *programs, const char **ret_missing);

int programs_ring_fd(const struct programs *programs, unsigned index);
uint32_t programs_attempts(const struct programs *programs); /* how many may be followed at once */
uint32_t programs_ring_bytes(const struct programs *programs);
/* Of those that are attached. */
struct misses *programs_misses(const struct programs *programs);
struct ktp_shared *programs_shared(const struct programs *programs);
const char *programs_hooks(const struct programs *programs);

/* One more thread group for KTP_FILTER_TASKS, as the kernel side numbers it; has_hidden_calls: it makes some that are not seen. Returns 0 or -errno. */
int programs_watch(const struct programs *programs, uint32_t tgid, bool has_hidden_calls);

/* A thread group that is watched by number, or a child of one, is still alive. */
bool programs_have_tasks(const struct programs *programs);

struct ktp_late;
/* Connects of watched processes that are under way: from now on they are followed. Returns 0 or -errno: this kernel has no such thing. */
int programs_look_back(const struct programs *programs, void (*take)(void *context, const struct ktp_late *late), void *context);

/* Remove a socket, its tuples and its sequence number from the maps, unless a later attempt of it has begun. */
void programs_forget(const struct programs *programs, uint64_t cookie, uint32_t number);

#endif
