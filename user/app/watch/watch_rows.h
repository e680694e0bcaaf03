/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What was watched, by program and destination. */
#ifndef APP_WATCH_ROWS_H
#define APP_WATCH_ROWS_H

#include "user/core/attempt/attempt.h"
#include "user/core/run/stats.h"

/* More programs and destinations than these are counted together. */
#define WATCH_ROWS_MAX 1024

struct watch_row {
	char comm[EVENT_NAME_MAX];
	struct address destination; /* as asked for */
	struct stats stats;
	uint64_t contradictions;
};

/* Zeroed: none. Rows are in the order in which they were first seen. */
struct watch_rows {
	struct watch_row *rows[WATCH_ROWS_MAX]; /* owned */
	size_t count;
	uint16_t buckets[2 * WATCH_ROWS_MAX]; /* 1 + index; 0: empty */
	uint64_t not_listed;		      /* connects without a row */
};

void watch_rows_add(struct watch_rows *rows, const struct attempt *attempt,
		    const struct verdict *verdict, uint64_t began_ns);
void watch_rows_release(struct watch_rows *rows);

#endif
