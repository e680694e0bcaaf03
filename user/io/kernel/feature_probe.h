/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Each kernel program and each map tried out by itself, so that one that is refused hides no other.
 *
 * What is made is gone when the call returns. The programs see nothing meanwhile: nobody waits for an attempt.
 */
#ifndef IO_FEATURE_PROBE_H
#define IO_FEATURE_PROBE_H

#include "user/io/kernel/hooks.h"
#include "user/io/kernel/program_setup.h"

#define TRIAL_REASON_MAX 256

struct trial {
	int result;		       /* 0, or -errno */
	char reason[TRIAL_REASON_MAX]; /* why it failed; "" when it did not */
	struct kernel_fit fit;	       /* a hook: with which it loaded */
	size_t size;		       /* a map: its entries, a ring buffer's bytes */
};

enum trial_map {
	TRIAL_RING,
	TRIAL_SOCKETS,
	TRIAL_TUPLES,
};

/* Load and attach this program alone; as for the newest kernel, and if that is refused as this kernel's BTF has it. */
void trial_hook(const struct hook *hook, const struct program_sizes *sizes, struct trial *ret_trial);

/* Create this map alone, with the type and sizes that the programs have it with. */
void trial_map(enum trial_map map, const struct program_sizes *sizes, struct trial *ret_trial);

#endif
