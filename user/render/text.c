/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* For eyes on a terminal: a line a probe, in columns. */
#include <inttypes.h>

#include "user/render/answer.h"
#include "user/render/line.h"
#include "user/render/move.h"
#include "user/render/render.h"
#include "user/render/span.h"
#include "user/render/text_scan.h"
#include "user/render/text_summary.h"
#include "user/render/text_target.h"
#include "user/render/timeline.h"
#include "user/render/timestamp.h"

/* Columns of a probe line, counted from the one after the sequence number: "open          0.412 ms   ttl 63   2 SYNs, 1 unanswered". */
#define RTT_END	       22
#define TTL_BEGIN      25
#define REMARK_BEGIN   34
#define RTT_UNIT_WIDTH 3 /* " ms": the dash of an unknown time stands where a time's last digit would */

/* SGR parameters: what deserves distrust is bold. */
static const char *const status_colours[STATUS_COUNT] = {
	[STATUS_OPEN] = "32",	    [STATUS_CLOSED] = "31",	   [STATUS_FILTERED] = "33",	   [STATUS_UNREACHABLE] = "33",
	[STATUS_BLOCKED] = "1;35",  [STATUS_INTERCEPTED] = "1;35", [STATUS_SELF_CONNECT] = "1;35", [STATUS_INVALID] = "1;35",
	[STATUS_UNPROVEN] = "1;35", [STATUS_ABORTED] = "2",	   [STATUS_INCOMPLETE] = "1;35",
};

static void put_timestamp(struct line *line, enum timestamp_style timestamp, uint64_t wall_ns, uint64_t since_start_ns)
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

static void put_title(struct line *line, const struct render_style *style, const struct target_report *target)
{
	size_t begin = line->column;

	if (style->label_width == 0)
		return;
	line_put(line, target->title);
	line_reach(line, begin + style->label_width + 1, 1);
}

static void put_sequence(struct line *line, const struct render_style *style, uint64_t sequence)
{
	if (style->sequence_width > 0)
		line_format(line, " %*" PRIu64, (int)style->sequence_width, sequence);
	line_put(line, "  ");
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
		const char *separator = i > 0 ? (i + 1 == count ? " or " : ", ") : count == 1 ? "≤ " : "";

		used += (size_t)snprintf(text + used, size - used, "%s%.*f", separator, candidate_decimals(time_ms), time_ms);
	}
	if (used < size)
		snprintf(text + used, size - used, " ms");
}

static void put_rtt(struct line *line, const struct verdict *verdict, size_t end)
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

/* Of an answer of the target itself, as far as one can tell: it says how far away it was sent. */
static void put_ttl(struct line *line, const struct probe_report *report, size_t begin)
{
	const struct entry *packet = answer_packet(report);
	enum status status = report->verdict->status;

	if (!packet || packet->flags & ENTRY_ICMP || (status != STATUS_OPEN && status != STATUS_CLOSED))
		return;
	line_reach(line, begin, 2);
	line_format(line, "ttl %u", packet->tcp.ttl);
}

/* Open, proven, and nothing about it that a person should know beyond its retransmits. */
static bool is_plain_open(const struct verdict *verdict)
{
	return verdict->status == STATUS_OPEN && verdict->is_complete && verdict->app_agrees &&
	       !(verdict->notes & ~(uint32_t)(NOTE_RETRANSMITTED | NOTE_LOCAL_TARGET));
}

static void put_retransmits(struct line *line, const struct verdict *verdict, size_t begin)
{
	if (verdict->syn_sent < 2)
		return;
	line_reach(line, begin, 2);
	line_count(line, verdict->syn_sent, "SYN", "SYNs");
	if (verdict->syn_unanswered > 0)
		line_format(line, ", %u unanswered", verdict->syn_unanswered);
	if (verdict->app_ns != TIME_UNKNOWN_NS)
		line_format(line, "; the application waited %.1f ms", (double)verdict->app_ns / 1e6);
}

static void put_remark(struct line *line, const struct render_style *style, const struct probe_report *report, size_t begin)
{
	const struct verdict *verdict = report->verdict;
	bool is_retransmitted_open = verdict->status == STATUS_OPEN && verdict->syn_sent >= 2;

	if (is_plain_open(verdict) || (is_retransmitted_open && !style->is_explaining)) {
		put_retransmits(line, verdict, begin);
		return;
	}
	line_reach(line, begin, 2);
	if (style->is_explaining)
		line_put_wrapped(line, report->explain, line->column, style->columns);
	else
		line_put(line, reason_name(verdict->reason));
}

static void write_hint(FILE *out, const struct render_style *style, const char *hint, size_t begin)
{
	struct line line = {.out = out};

	line_reach(&line, begin, 0);
	line_put_wrapped(&line, hint, begin, style->columns);
	line_end(&line);
}

static void write_probe(FILE *out, const struct render_style *style, const struct probe_report *report)
{
	struct line line = {.out = out};
	enum status status = report->verdict->status;
	size_t begin;

	if (style->is_quiet)
		return;
	put_timestamp(&line, style->timestamp, report->wall_ns, report->since_start_ns);
	put_title(&line, style, report->target);
	put_sequence(&line, style, report->sequence);
	begin = line.column;
	line_put_coloured(&line, style->is_colour ? status_colours[status] : NULL, status_name(status));
	put_rtt(&line, report->verdict, begin + RTT_END);
	put_ttl(&line, report, begin + TTL_BEGIN);
	put_remark(&line, style, report, begin + REMARK_BEGIN);
	line_end(&line);
	if (style->is_explaining && report->hint && !is_plain_open(report->verdict))
		write_hint(out, style, report->hint, begin + REMARK_BEGIN);
	if (style->verbosity > 0)
		timeline_write(out, report);
}

static void write_amendment(FILE *out, const struct render_style *style, const struct amendment_report *report)
{
	struct line line = {.out = out};

	if (style->is_quiet)
		return;
	put_timestamp(&line, style->timestamp, report->wall_ns, report->since_start_ns);
	put_title(&line, style, report->target);
	line_format(&line, "    … %" PRIu64 "  %s", report->sequence, report->explain);
	line_end(&line);
}

/* The sentence names the target itself: a column for it would say it twice. */
static void write_move(FILE *out, const struct render_style *style, const struct move_report *report)
{
	struct line line = {.out = out};
	char sentence[MOVE_SENTENCE_MAX];

	if (style->is_quiet)
		return;
	put_timestamp(&line, style->timestamp, report->wall_ns, report->since_start_ns);
	line_put(&line, move_sentence(report, sentence));
	line_end(&line);
}

static void write_outstanding(FILE *out, const struct render_style *style, const struct outstanding_report *report)
{
	struct line line = {.out = out};
	char waited[SPAN_MAX];

	if (style->is_quiet)
		return;
	put_timestamp(&line, style->timestamp, report->wall_ns, report->since_start_ns);
	put_title(&line, style, report->target);
	put_sequence(&line, style, report->sequence);
	/* Not "no answer": one may have come and be no valid one. The explanation knows. */
	line_put_coloured(&line, style->is_colour ? "2" : NULL, "no verdict yet");
	line_format(&line, ", %s: ", span_format(report->waited_ns, waited));
	line_put_wrapped(&line, report->explain, line.column, style->columns);
	line_end(&line);
}

const struct renderer text_renderer = {
	.name = "text",
	.target = text_write_target,
	.probe = write_probe,
	.move = write_move,
	.outstanding = write_outstanding,
	.amendment = write_amendment,
	.summary = text_write_summary,
	.scan = text_write_scan,
	.end = text_write_end,
};
