/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where a probe was made from, as far as a command that is to see the same has to be told so. */
#ifndef CORE_ORIGIN_H
#define CORE_ORIGIN_H

#include "user/base/address.h"

/* Zeroed, but for tos = -1: nothing special. Nothing here is owned. */
struct origin_facts {
	const char *netns; /* a name, a PID or a path; NULL: our own */
	const char *device;
	struct address source; /* none: any */
	bool has_mark;
	uint32_t mark;
	int tos;
};

#endif
