/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* An attempt's timeline as text. */
#include "user/render/text/timeline.h"
#include "user/render/line.h"
#include "user/words/explain.h"

/* DESIGN's three views: what the application did, what the kernel made of it, and what passed a device. */
static const char *view_name(enum event_kind kind)
{
	switch (kind) {
	case EVENT_APP:
	case EVENT_TASK:
	case EVENT_DEADLINE:
		return "app";
	case EVENT_ROUTE:
	case EVENT_NEIGHBOUR:
	case EVENT_LINK:
	case EVENT_HOST:
	case EVENT_SOCKET_INFO:
	case EVENT_STATE:
	case EVENT_LOCAL_ACCEPT:
	case EVENT_RETRANSMIT:
	case EVENT_RESET_RECEIVED:
	case EVENT_RESET_SENT:
	case EVENT_ERROR_REPORT:
	case EVENT_DROP:
	case EVENT_BAD_CHECKSUM:
		return "socket";
	case EVENT_QUEUE:
	case EVENT_XMIT:
	case EVENT_RECEIVE:
		return "wire";
	case EVENT_HOP:
		return "path";
	case EVENT_UNKNOWN:
	case EVENT_LOST:
	case EVENT_DRAINED:
	case EVENT_END:
	case EVENT_RUN:
	case EVENT_TARGET:
	case EVENT_PROGRAM:
		break;
	}
	return "?";
}

static uint64_t origin_ns(const struct attempt *attempt)
{
	for (unsigned i = 0; i < attempt->entry_count; i++) {
		const struct entry *entry = &attempt->entries[i];

		if (entry->kind == EVENT_APP && entry->app.call == APP_CONNECT && entry->app.phase == APP_ENTER)
			return entry->time_ns;
	}
	return attempt->entry_count > 0 ? attempt->entries[0].time_ns : 0;
}

static bool is_evidence(const struct verdict *verdict, unsigned index)
{
	for (unsigned i = 0; i < verdict->evidence_count; i++)
		if (verdict->evidence[i] == (int)index)
			return true;
	return false;
}

static void write_entry(FILE *out, const struct attempt *attempt, const struct entry *entry, uint64_t since_ns, bool is_cited)
{
	struct line line = {.out = out};
	char explain[EXPLAIN_MAX];
	/* The route is asked for before connect() is called: times may be negative. */
	double time_ms = (double)(int64_t)(entry->time_ns - since_ns) / 1e6;

	line_format(&line, "    %c %9.3f ms  %-6s  %s", is_cited ? '*' : ' ', time_ms, view_name(entry->kind),
		    explain_entry(attempt, entry, explain));
	if (entry->count > 1)
		line_format(&line, " ×%u", entry->count);
	line_end(&line);
}

/* How long, where: what lies before the network, the network, and what the application noticed of it all. */
static void write_times(FILE *out, const struct verdict *verdict)
{
	const struct {
		const char *where;
		uint64_t ns;
	} times[] = {{"neighbour", verdict->neighbour_ns},
		     {"queue", verdict->queue_ns},
		     {"network", verdict->rtt_ns},
		     {"application", verdict->app_ns}};
	struct line line = {.out = out};
	const char *separator = "      took  ";

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		if (times[i].ns == TIME_UNKNOWN_NS)
			continue;
		line_format(&line, "%s%s %.3f ms", separator, times[i].where, (double)times[i].ns / 1e6);
		separator = " · ";
	}
	if (line.column)
		line_end(&line);
}

static void write_missing(FILE *out, uint64_t count, const char *one, const char *many)
{
	struct line line = {.out = out};

	if (count == 0)
		return;
	line_put(&line, "      ");
	line_count(&line, count, one, many);
	line_end(&line);
}

static void write_repeat(FILE *out, enum repeat repeat)
{
	static const char *const sentences[] = {
		[REPEAT_NONE] = NULL,
		[REPEAT_DUE] = "evidence is missing: asked again, and the next outcome replaces this one",
		[REPEAT_DONE] = "asked again: evidence of the first connect is missing",
		[REPEAT_VAIN] = "asked again, but the second connect came to nothing",
	};
	struct line line = {.out = out};

	if (!sentences[repeat])
		return;
	line_format(&line, "      %s", sentences[repeat]);
	line_end(&line);
}

static void write_path(FILE *out, const struct path *path)
{
	struct line line = {.out = out};
	char text[EXPLAIN_MAX];

	if (!path || !explain_path(path, text))
		return;
	line_put(&line, "      path  ");
	line_put(&line, text);
	line_end(&line);
}

void timeline_write(FILE *out, const struct probe_report *report)
{
	const struct attempt *attempt = report->attempt;
	uint64_t since_ns = origin_ns(attempt);

	write_repeat(out, report->repeat);
	write_times(out, report->verdict);
	write_path(out, report->path);
	for (unsigned i = 0; i < attempt->entry_count; i++)
		write_entry(out, attempt, &attempt->entries[i], since_ns, is_evidence(report->verdict, i));
	write_missing(out, attempt->left_out, "more entry, which decides nothing, was left out",
		      "more entries, which decide nothing, were left out");
	write_missing(out, attempt->overflow_count, "more entry found no place", "more entries found no place");
	write_missing(out, attempt->lost_count, "event was lost while this attempt was alive",
		      "events were lost while this attempt was alive");
}
