/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The live line. */
#include <criterion/criterion.h>

#include "tests/unit/golden.h"
#include "user/render/text/live.h"

static void expect_live(const char *label, const char *waiting, bool is_colour, size_t columns,
			const char *expected)
{
	struct render_style style = {.is_colour = is_colour};
	struct output output;

	output_begin(&output);
	live_write(output.stream, &style, label, waiting, 1.44, columns);
	cr_expect_str_eq(output_end(&output), expected);
	output_free(&output);
}

Test(render_live, it_overwrites_the_line_before)
{
	expect_live("db:80", "2 SYNs sent, no answer yet", false, 80,
		    "\r\033[Kdb:80   2 SYNs sent, no answer yet (1.4 s)");
}

Test(render_live, colour_adds_no_text)
{
	expect_live("db:80", "waiting", true, 80, "\r\033[K\033[2mdb:80   waiting (1.4 s)\033[0m");
}

Test(render_live, it_leaves_the_last_column_free)
{
	expect_live("é…:80", "waiting", false, 4, "\r\033[Ké…:");
	expect_live("é…:80", "waiting", false, 3, "\r\033[Ké…");
	expect_live("é…:80", "waiting", false, 2, "\r\033[Ké");
	expect_live("é…:80", "waiting", false, 1, "\r\033[K");
	expect_live("é…:80", "waiting", false, 0, "\r\033[K");
}

Test(render_live, foreign_text_cannot_steer_the_terminal)
{
	expect_live("\033[2J", "a\nb\377", false, 80, "\r\033[K?[2J   a?b? (1.4 s)");
	/* Made safe before it is cut: each of these takes a column. */
	expect_live("\377\377\377\377", "", false, 4, "\r\033[K???");
}

Test(render_live, clearing_leaves_an_empty_line)
{
	struct output output;

	output_begin(&output);
	live_clear(output.stream);
	cr_expect_str_eq(output_end(&output), "\r\033[K");
	output_free(&output);
}

static void expect_progress(struct progress_report report, size_t columns, const char *expected)
{
	struct render_style style = {0};
	struct output output;

	output_begin(&output);
	live_write_progress(output.stream, &style, &report, columns);
	cr_expect_str_eq(output_end(&output), expected);
	output_free(&output);
}

#define PROGRESS(text, ...)                                                                        \
	expect_progress((struct progress_report){__VA_ARGS__}, 120, "\r\033[K" text)

Test(render_live, progress_is_done_open_in_flight_rate_and_time_left)
{
	PROGRESS("250 of 1000 (25 %) done · 3 open · 64 in flight · 125/s · 6 s left", .done = 250,
		 .total = 1000, .open = 3, .in_flight = 64, .elapsed_ns = 2 * SECOND_NS);
}

Test(render_live, progress_before_anything_is_done_has_no_time_left)
{
	PROGRESS("0 of 1000 (0 %) done · 0 open · 64 in flight · 0/s", .total = 1000,
		 .in_flight = 64, .elapsed_ns = 2 * SECOND_NS);
	PROGRESS("0 of 1000 (0 %) done · 0 open · 0 in flight · 0/s", .total = 1000);
}

Test(render_live, progress_of_an_unknown_total_has_neither_part_nor_time_left)
{
	PROGRESS("250 done · 3 open · 64 in flight · 125/s", .done = 250, .total = UINT64_MAX,
		 .open = 3, .in_flight = 64, .elapsed_ns = 2 * SECOND_NS);
}

Test(render_live, progress_at_its_end_has_nothing_left)
{
	PROGRESS("1000 of 1000 (100 %) done · 3 open · 0 in flight · 500/s · 0 s left",
		 .done = 1000, .total = 1000, .open = 3, .elapsed_ns = 2 * SECOND_NS);
	PROGRESS("0 of 0 (100 %) done · 0 open · 0 in flight · 0/s", .elapsed_ns = SECOND_NS);
}

/* More than were counted: a file that grew. */
Test(render_live, progress_beyond_its_total_has_no_negative_time_left)
{
	PROGRESS("1001 done · 3 open · 1 in flight · 500/s", .done = 1001, .total = 1000, .open = 3,
		 .in_flight = 1, .elapsed_ns = 2002000000);
}

/* All of it is said only when all is done. */
Test(render_live, progress_is_not_rounded_up_to_its_end)
{
	PROGRESS("9999 of 10000 (99 %) done · 0 open · 1 in flight · 5000/s · 0 s left",
		 .done = 9999, .total = 10000, .in_flight = 1, .elapsed_ns = 2 * SECOND_NS);
}

Test(render_live, progress_leaves_the_last_column_free)
{
	expect_progress(
		(struct progress_report){.done = 250, .total = 1000, .elapsed_ns = SECOND_NS}, 12,
		"\r\033[K250 of 1000");
}
