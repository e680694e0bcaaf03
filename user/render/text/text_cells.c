// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Cells that several kinds of text lines have. */
#include "user/render/text/text_cells.h"

#include "user/render/timestamp.h"
#include "user/words/vocabulary.h"

/* " ms": the dash of an unknown time stands where a time's last digit would */
#define RTT_UNIT_WIDTH 3

/* SGR parameters: what deserves distrust is bold. */
static const char *const status_colours[STATUS_COUNT] = {
	[STATUS_OPEN] = "32",		[STATUS_CLOSED] = "31",	      [STATUS_FILTERED] = "33",
	[STATUS_UNREACHABLE] = "33",	[STATUS_BLOCKED] = "1;35",    [STATUS_INTERCEPTED] = "1;35",
	[STATUS_SELF_CONNECT] = "1;35", [STATUS_INVALID] = "1;35",    [STATUS_UNPROVEN] = "1;35",
	[STATUS_ABORTED] = "2",		[STATUS_INCOMPLETE] = "1;35",
};

void text_put_timestamp(struct line *line, enum timestamp_style timestamp, uint64_t wall_ns,
			uint64_t since_start_ns)
{
	char text[TIMESTAMP_MAX];

	switch (timestamp) {
	case TIMESTAMP_NONE:
		return;
	case TIMESTAMP_UNIX:
		line_put(line, timestamp_format_seconds(wall_ns, 6, text));
		break;
	case TIMESTAMP_ISO:
		line_put(line, timestamp_format_utc(wall_ns, 6, text));
		break;
	case TIMESTAMP_RELATIVE:
		/* Aligned during the first 1000 seconds. */
		line_format(line, "%10s", timestamp_format_seconds(since_start_ns, 6, text));
		break;
	}
	line_put(line, " ");
}

void text_put_status(struct line *line, const struct render_style *style, enum status status)
{
	line_put_coloured(line, style->is_colour ? status_colours[status] : NULL,
			  status_name(status));
}

/* Upper bounds: more digits than these would promise too much. "0.08", "12.1", "1022". */
static int candidate_decimals(double time_ms)
{
	return time_ms < 0.01 ? 3 : time_ms < 10 ? 2 : time_ms < 100 ? 1 : 0;
}

/* "0.08 or 1022 ms"; a single one is a bound and not an RTT: "≤ 1022 ms". */
static void format_candidates(const struct verdict *verdict, char *text, size_t size)
{
	unsigned count = verdict->rtt_candidate_count;
	size_t used = 0;

	for (unsigned i = 0; i < count && used < size; i++) {
		double time_ms = (double)verdict->rtt_candidates_ns[i] / 1e6;
		const char *separator = i > 0	     ? (i + 1 == count ? " or " : ", ")
					: count == 1 ? "≤ "
						     : "";

		used += (size_t)snprintf(text + used, size - used, "%s%.*f", separator,
					 candidate_decimals(time_ms), time_ms);
	}
	if (used < size)
		snprintf(text + used, size - used, " ms");
}

void text_put_rtt(struct line *line, const struct verdict *verdict, size_t end)
{
	char text[VERDICT_MAX_CANDIDATES * 24];

	if (verdict->rtt_ns != TIME_UNKNOWN_NS) {
		snprintf(text, sizeof(text), "%.3f ms", (double)verdict->rtt_ns / 1e6);
	} else if (verdict->rtt_candidate_count > 0) {
		format_candidates(verdict, text, sizeof(text));
	} else {
		snprintf(text, sizeof(text), "–");
		end -= RTT_UNIT_WIDTH;
	}
	size_t width = text_columns(text);

	line_reach(line, end > width ? end - width : 0, 1);
	line_put(line, text);
}
