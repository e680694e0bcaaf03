// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The live line of a terminal. */
#include "user/render/text/live.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "user/render/line.h"
#include "user/render/safe.h"

/* Back to the first column, and erase to the end of the line. */
#define CLEAR_LINE "\r\033[K"

/* text is valid UTF-8: a character is gone when its first byte is, which is the last to be cut. */
static void cut_columns(char *text, size_t columns)
{
	while (text_columns(text) > columns)
		text[strlen(text) - 1] = '\0';
}

static void overwrite(FILE *out, const struct render_style *style, const char *text, size_t columns)
{
	char safe[LINE_TEXT_MAX];
	struct line line = {.out = out};

	/*
	 * A full last column makes some terminals wrap, and then the next one would not overwrite
	 * this line.
	 */
	cut_columns(safe_text(text, safe, sizeof(safe)), columns > 0 ? columns - 1 : 0);
	fputs(CLEAR_LINE, out);
	line_put_coloured(&line, style->is_colour ? "2" : NULL, safe);
	/* There is no end of line that would make the stream write it. */
	fflush(out);
}

void live_write(FILE *out, const struct render_style *style, const char *label, const char *waiting,
		double seconds, size_t columns)
{
	char text[LINE_TEXT_MAX];

	snprintf(text, sizeof(text), "%s   %s (%.1f s)", label, waiting, seconds);
	overwrite(out, style, text, columns);
}

/*
 * The time left is that of the rate so far; before anything is done there is none. 100 % is all of
 * it.
 */
void live_write_progress(FILE *out, const struct render_style *style,
			 const struct progress_report *report, size_t columns)
{
	double seconds = (double)report->elapsed_ns / 1e9,
	       rate = seconds > 0 ? (double)report->done / seconds : 0;
	bool has_end = report->total != UINT64_MAX && report->total >= report->done;
	char of[64] = "", left[64] = "", text[LINE_TEXT_MAX];

	if (has_end)
		snprintf(of, sizeof(of), " of %" PRIu64 " (%.0f %%)", report->total,
			 report->total ? floor(100.0 * (double)report->done / (double)report->total)
				       : 100.0);
	if (has_end && rate > 0)
		snprintf(left, sizeof(left), " · %.0f s left",
			 (double)(report->total - report->done) / rate);
	snprintf(text, sizeof(text),
		 "%" PRIu64 "%s done · %" PRIu64 " open · %" PRIu64 " in flight · %.0f/s%s",
		 report->done, of, report->open, report->in_flight, rate, left);
	overwrite(out, style, text, columns);
}

void live_clear(FILE *out)
{
	fputs(CLEAR_LINE, out);
	fflush(out);
}
