/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Control groups of the unified hierarchy: from a path to its number, and back. */
#ifndef IO_CGROUP_H
#define IO_CGROUP_H

#include <stdint.h>

#include "user/base/error.h"

/*
 * path: absolute below a cgroup2 mount ("/sys/fs/cgroup/system.slice"), or within the hierarchy
 * ("/system.slice"). Returns 0, or -errno with the sentence.
 */
int cgroup_find(const char *path, uint64_t *ret_id, struct error *ret_error);

/* Where paths are asked for. */
struct cgroups;

/* NULL and errno without memory. */
struct cgroups *cgroups_new(void);
void cgroups_free(struct cgroups *cgroups);

/*
 * "/system.slice/ssh.service". pid: a process that was in it, asked when the file system is not to
 * be seen here; it may have ended. NULL: not known. The caller frees.
 */
char *cgroups_path(const struct cgroups *cgroups, uint64_t id, uint32_t pid);

#endif
