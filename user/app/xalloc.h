/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Small allocations of a run, without which nothing is left but to say so. */
#ifndef APP_XALLOC_H
#define APP_XALLOC_H

#include <stdio.h>
#include <unistd.h>

#include "user/base/exit_code.h"

static inline void *must(void *memory)
{
	if (!memory) {
		fputs("ktcping: out of memory\n", stderr);
		_exit(EXIT_UNOBSERVED);
	}
	return memory;
}

#endif
