/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Each kernel program and each map tried out by itself, so that one that is refused hides no other.
 *
 * What is made is gone when the call returns. The programs see nothing meanwhile: no attempt is
 * followed.
 */
#ifndef IO_FEATURE_PROBE_H
#define IO_FEATURE_PROBE_H

#include "user/io/kernel/hooks.h"
#include "user/io/kernel/kernel_fit.h"
#include "user/io/kernel/observer_config.h"

struct loader;

#define FEATURE_REASON_MAX 256

struct feature_probe {
	int result;			 /* 0, or -errno */
	char reason[FEATURE_REASON_MAX]; /* why it failed; "" when it did not */
	struct kernel_fit fit;		 /* a hook: with which it loaded */
	size_t size;			 /* a map: its entries, a ring buffer's bytes */
};

enum feature_map {
	FEATURE_RING,
	FEATURE_SOCKETS,
	FEATURE_TUPLES,
};

/* Load and attach this program alone. */
void feature_probe_hook(struct loader *loader, const struct hook *hook,
			const struct observer_config *config, struct feature_probe *ret_probe);

/* Create this map alone, with the type and config that the programs have it with. */
void feature_probe_map(struct loader *loader, enum feature_map map,
		       const struct observer_config *config, struct feature_probe *ret_probe);

#endif
