/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the core promises of every notice, whatever was fed. A broken promise aborts. */
#ifndef TESTS_FUZZ_CORE_CHECK_H
#define TESTS_FUZZ_CORE_CHECK_H

#include "user/core/correlate/correlate.h"

#define CORE_CHECK_COOKIES 4
#define CORE_CHECK_NUMBERS 2

/*
 * What was said of the attempt with each key since it was last forgotten; of others than
 * core_event.h makes nothing is remembered. Start zeroed.
 */
struct core_check {
	struct {
		bool is_asked;
		bool is_judged;
		uint32_t amended;
	} said[CORE_CHECK_COOKIES][CORE_CHECK_NUMBERS];
};

void core_check_notice(struct core_check *check, const struct notice *notice);
void core_check_attempt(const struct attempt *attempt);

#endif
