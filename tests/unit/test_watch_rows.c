/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What was watched, by program and destination. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "user/app/watch/watch_rows.h"

static struct watch_rows *rows;

static void begin(void)
{
	rows = calloc(1, sizeof(*rows));
	cr_assert_not_null(rows);
}

static void end(void)
{
	watch_rows_release(rows);
	free(rows);
}

TestSuite(watch_rows_unit, .init = begin, .fini = end);

static void add(const char *comm, uint16_t port, bool agrees)
{
	struct verdict verdict = {.status = STATUS_OPEN, .rtt_ns = 1000, .app_agrees = agrees};
	struct attempt attempt = {.requested = address_make(AF_INET, "\12\2\0\2", port)};

	snprintf(attempt.comm, sizeof(attempt.comm), "%s", comm);
	watch_rows_add(rows, &attempt, &verdict, 1);
}

Test(watch_rows_unit, programs_and_destinations_are_kept_apart)
{
	add("curl", 80, true);
	add("curl", 443, true);
	add("wget", 80, false);
	add("curl", 80, false);
	cr_assert_eq(rows->count, 3);
	cr_expect_str_eq(rows->rows[0]->comm, "curl");
	cr_expect_eq(rows->rows[0]->destination.port, 80);
	cr_expect_eq(rows->rows[0]->stats.probes, 2);
	cr_expect_eq(rows->rows[0]->contradictions, 1);
	cr_expect_eq(rows->rows[2]->contradictions, 1);
	cr_expect_eq(rows->not_listed, 0);
}

Test(watch_rows_unit, what_finds_no_row_is_counted)
{
	for (unsigned port = 1; port <= WATCH_ROWS_MAX + 5; port++)
		add("scanner", (uint16_t)port, true);
	add("scanner", 1, true);
	cr_expect_eq(rows->count, WATCH_ROWS_MAX);
	cr_expect_eq(rows->not_listed, 5);
	cr_expect_eq(rows->rows[0]->stats.probes, 2);
}
