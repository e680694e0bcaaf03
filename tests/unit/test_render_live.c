/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The live line. */
#include <criterion/criterion.h>

#include "tests/unit/golden.h"
#include "user/render/render.h"

static void expect_live(const char *label, const char *waiting, bool is_colour, size_t columns, const char *expected)
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
	expect_live("db:80", "2 SYNs sent, no answer yet", false, 80, "\r\033[Kdb:80   2 SYNs sent, no answer yet (1.4 s)");
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
