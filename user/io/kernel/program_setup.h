/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How the BPF object is set before it is loaded: for this process, by the config asked for, and by
 * what the kernel has.
 */
#ifndef IO_PROGRAM_SETUP_H
#define IO_PROGRAM_SETUP_H

#include <stdint.h>

#include "user/io/kernel/kernel_fit.h"
#include "user/io/kernel/observer_config.h"

struct ktcping_bpf;

/* As it will be. */
uint32_t program_ring_bytes(const struct observer_config *config);
/*
 * Likewise. Of our own all places are there from the beginning. Of other programs they are
 * allocated as they are needed (1 KiB each, and 128 bytes at once), and where that cannot be done,
 * only some are there.
 */
uint32_t program_attempts(const struct observer_config *config, const struct kernel_fit *fit);

/*
 * How many the kernel side keeps marks for; another one's calls are not handed over, and lost when
 * they are skipped.
 */
unsigned program_cpus(void);

/*
 * Before loading. Returns -errno when this process's pid namespace is not known; all else is set
 * then.
 */
int program_configure(struct ktcping_bpf *skeleton, const struct observer_config *config,
		      const struct kernel_fit *fit);

/*
 * Before 5.11 maps count against RLIMIT_MEMLOCK; later kernels do not care, and not being allowed
 * to is no failure by itself.
 */
void program_raise_memlock(void);

#endif
