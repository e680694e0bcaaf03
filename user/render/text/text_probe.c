// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Our own probes as text: a line each, in columns. */
#include "user/render/text/text_probe.h"

#include <inttypes.h>

#include "user/render/answer.h"
#include "user/render/line.h"
#include "user/render/move.h"
#include "user/render/span.h"
#include "user/render/text/text_cells.h"
#include "user/words/reasons.h"

/*
 * Columns of a probe line, counted from the one after the sequence number:
 * "open          0.412 ms   ttl 63   2 SYNs, 1 unanswered".
 */
#define RTT_END	     22
#define TTL_BEGIN    25
#define REMARK_BEGIN 34

static void put_title(struct line *line, const struct render_style *style,
		      const struct target_report *target)
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

/* Of an answer of the target itself, as far as one can tell: it says how far away it was sent. */
static void put_ttl(struct line *line, const struct probe_report *report, size_t begin)
{
	const struct entry *packet = answer_packet(report);
	enum status status = report->verdict->status;

	if (!packet || packet->flags & ENTRY_ICMP ||
	    (status != STATUS_OPEN && status != STATUS_CLOSED))
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

/* Why the application waited so much longer than the answer took; nothing where it did not. */
static void put_wait(struct line *line, const struct render_style *style,
		     const struct probe_report *report, size_t begin)
{
	const struct verdict *verdict = report->verdict;
	char syns[64] = "", waited[64] = "", text[LINE_TEXT_MAX];

	if (verdict->syn_sent < 2 && !report->wait)
		return;
	if (verdict->syn_sent >= 2)
		snprintf(syns, sizeof(syns), "%u SYNs", verdict->syn_sent);
	if (verdict->syn_sent >= 2 && verdict->syn_unanswered > 0)
		snprintf(syns, sizeof(syns), "%u SYNs, %u unanswered", verdict->syn_sent,
			 verdict->syn_unanswered);
	if (verdict->app_ns != TIME_UNKNOWN_NS)
		snprintf(waited, sizeof(waited), "; the application waited %.1f ms",
			 (double)verdict->app_ns / 1e6);
	snprintf(text, sizeof(text), "%s%s%s%s", syns, syns[0] && report->wait ? "; " : "",
		 report->wait ? report->wait : "", waited);
	line_reach(line, begin, 2);
	line_put_wrapped(line, text, line->column, style->columns);
}

static void put_remark(struct line *line, const struct render_style *style,
		       const struct probe_report *report, size_t begin)
{
	const struct verdict *verdict = report->verdict;
	bool is_retransmitted_open = verdict->status == STATUS_OPEN && verdict->syn_sent >= 2;

	if (is_plain_open(verdict) || (is_retransmitted_open && !style->is_explaining)) {
		put_wait(line, style, report, begin);
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

	begin = line_wrap_begin(begin, style->columns);
	line_reach(&line, begin, 0);
	line_put_wrapped(&line, hint, begin, style->columns);
	line_end(&line);
}

void text_write_probe(FILE *out, const struct render_style *style,
		      const struct probe_report *report)
{
	struct line line = {.out = out};
	enum status status = report->verdict->status;
	size_t begin;

	text_put_timestamp(&line, style->timestamp, report->wall_ns, report->since_start_ns);
	put_title(&line, style, report->target);
	put_sequence(&line, style, report->sequence);
	begin = line.column;
	text_put_status(&line, style, status);
	text_put_rtt(&line, report->verdict, begin + RTT_END);
	put_ttl(&line, report, begin + TTL_BEGIN);
	put_remark(&line, style, report, begin + REMARK_BEGIN);
	line_end(&line);
	if (style->is_explaining && report->hint &&
	    (!is_plain_open(report->verdict) || report->wait))
		write_hint(out, style, report->hint, begin + REMARK_BEGIN);
}

void text_write_amendment(FILE *out, const struct render_style *style,
			  const struct amendment_report *report)
{
	struct line line = {.out = out};

	text_put_timestamp(&line, style->timestamp, report->wall_ns, report->since_start_ns);
	put_title(&line, style, report->target);
	line_format(&line, "    … %" PRIu64 "  ", report->sequence);
	line_put_wrapped(&line, report->explain, line.column, style->columns);
	line_end(&line);
}

/* The sentence names the target itself: a column for it would say it twice. */
void text_write_move(FILE *out, const struct render_style *style, const struct move_report *report)
{
	struct line line = {.out = out};
	char sentence[MOVE_SENTENCE_MAX];

	if (style->is_quiet)
		return;
	text_put_timestamp(&line, style->timestamp, report->wall_ns, report->since_start_ns);
	line_put_wrapped(&line, move_sentence(report, sentence), line.column, style->columns);
	line_end(&line);
}

void text_write_outstanding(FILE *out, const struct render_style *style,
			    const struct outstanding_report *report)
{
	struct line line = {.out = out};
	char waited[SPAN_MAX];

	if (style->is_quiet)
		return;
	text_put_timestamp(&line, style->timestamp, report->wall_ns, report->since_start_ns);
	put_title(&line, style, report->target);
	put_sequence(&line, style, report->sequence);
	/* Not "no answer": one may have come and be no valid one. The explanation knows. */
	line_put_coloured(&line, style->is_colour ? "2" : NULL, "no verdict yet");
	line_format(&line, ", %s: ", span_format(report->waited_ns, waited));
	line_put_wrapped(&line, report->explain, line.column, style->columns);
	line_end(&line);
}
