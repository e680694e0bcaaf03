/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a process holds of the kernel's BPF objects, and whether that goes with it. */
#ifndef SCENARIOS_KERNEL_IDS_H
#define SCENARIOS_KERNEL_IDS_H

#include <stddef.h>
#include <sys/types.h>

#define KERNEL_IDS_MAX 64

struct kernel_ids {
	struct {
		const char *kind;
		unsigned id;
	} ids[KERNEL_IDS_MAX];
	size_t count;
};

/* By its file descriptors; each is there, or the test fails. */
struct kernel_ids kernel_ids_of(pid_t pid);

/* Waits for it: the kernel frees in the background. */
void expect_gone_from_kernel(const struct kernel_ids *ids);

/* How many programs the process has attached. */
unsigned kernel_links_of(pid_t pid);

#endif
