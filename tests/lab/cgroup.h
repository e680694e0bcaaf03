/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A cgroup that does not outlive the test that made it, however it ends. */
#ifndef LAB_CGROUP_H
#define LAB_CGROUP_H

struct error;

#define CGROUP_PATH_MAX 64

/*
 * Make a cgroup of the unified hierarchy. For that the calling thread gets a mount namespace of its
 * own, in which /mnt is that hierarchy: nothing depends on whether and where the machine has it
 * mounted. A guardian process, in ps "ktcping-cgroup", kills what is left in the cgroup and removes
 * it when the calling thread ends. Returns 0 and the path, or -errno with the sentence: EPERM,
 * ENODEV and the like when this machine or user cannot have one.
 */
int cgroup_new(char *ret_path, struct error *ret_error);

#endif
