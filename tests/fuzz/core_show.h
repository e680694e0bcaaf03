/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Notices through every sentence, statistic and output format, into memory. What the formats
 * promise is checked at the end.
 */
#ifndef TESTS_FUZZ_CORE_SHOW_H
#define TESTS_FUZZ_CORE_SHOW_H

#include <stdio.h>

#include "user/core/correlate/correlate.h"
#include "user/core/run/stats.h"

#define CORE_SHOW_FORMATS_MAX 8

struct core_show {
	FILE *out[CORE_SHOW_FORMATS_MAX];
	char *text[CORE_SHOW_FORMATS_MAX];
	size_t size[CORE_SHOW_FORMATS_MAX];
	struct stats stats;
	uint64_t sequence;
};

/* It must stay where it is until core_show_end(). */
void core_show_begin(struct core_show *ret_show);
void core_show_verdict(struct core_show *show, const struct notice *notice);
void core_show_amendment(struct core_show *show, const struct notice *notice);
void core_show_waiting(struct core_show *show, const struct attempt *attempt);
/* The summaries; then checks and frees all. */
void core_show_end(struct core_show *show, uint64_t lost);

#endif
