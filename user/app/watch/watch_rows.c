// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A small hash table that only grows, up to its bound. */
#include "user/app/watch/watch_rows.h"

#include <stdlib.h>
#include <string.h>

#include "user/base/hash.h"

#define BUCKETS (2 * WATCH_ROWS_MAX)

static bool is_of(const struct watch_row *row, const struct attempt *attempt)
{
	return strcmp(row->comm, attempt->comm) == 0 &&
	       address_equal(&row->destination, &attempt->requested);
}

/* The bucket that has it, or would have it. */
static uint16_t *find_bucket(struct watch_rows *rows, const struct attempt *attempt)
{
	uint32_t at = hash_bytes(HASH_START, attempt->comm, strlen(attempt->comm));

	at = hash_bytes(at, attempt->requested.bytes, sizeof(attempt->requested.bytes));
	at = hash_bytes(at, &attempt->requested.port, sizeof(attempt->requested.port)) % BUCKETS;
	while (rows->buckets[at] && !is_of(rows->rows[rows->buckets[at] - 1], attempt))
		at = (at + 1) % BUCKETS;
	return &rows->buckets[at];
}

static struct watch_row *add_row(struct watch_rows *rows, uint16_t *bucket,
				 const struct attempt *attempt)
{
	struct watch_row *row = rows->count < WATCH_ROWS_MAX ? calloc(1, sizeof(*row)) : NULL;

	if (!row)
		return NULL;
	memcpy(row->comm, attempt->comm, sizeof(row->comm));
	row->destination = attempt->requested;
	stats_init(&row->stats);
	rows->rows[rows->count++] = row;
	*bucket = (uint16_t)rows->count;
	return row;
}

void watch_rows_add(struct watch_rows *rows, const struct attempt *attempt,
		    const struct verdict *verdict, uint64_t began_ns)
{
	uint16_t *bucket = find_bucket(rows, attempt);
	struct watch_row *row = *bucket ? rows->rows[*bucket - 1] : add_row(rows, bucket, attempt);

	if (!row) {
		rows->not_listed++;
		return;
	}
	stats_add_verdict(&row->stats, verdict, STATUS_OPEN, began_ns);
	row->contradictions += !verdict->app_agrees;
}

void watch_rows_release(struct watch_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		stats_release(&rows->rows[i]->stats);
		free(rows->rows[i]);
	}
	rows->count = 0;
}
