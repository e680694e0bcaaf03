// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The end of a scan as text: "65535 probes in 1.3 s (50411/s): 1 open (syn-ack), 65530 closed
 * (reset), 4 filtered (no-reply)".
 */
#include "user/render/text/text_scan.h"

#include <inttypes.h>
#include <string.h>

#include "user/render/histogram.h"
#include "user/render/line.h"
#include "user/render/span.h"
#include "user/render/text/text_summary.h"
#include "user/words/reasons.h"
#include "user/words/vocabulary.h"

static void put_groups(struct line *line, const struct tally *tally)
{
	const char *separator = ": ";

	for (enum status status = 0; status < STATUS_COUNT; status++) {
		for (enum reason reason = 0; reason < REASON_COUNT; reason++) {
			uint64_t count = tally->groups[status][reason];

			if (count == 0)
				continue;
			line_format(line, "%s%" PRIu64 " %s (%s)", separator, count,
				    status_name(status), reason_name(reason));
			separator = ", ";
		}
	}
}

void text_write_scan(FILE *out, const struct render_style *style, const struct scan_report *report)
{
	const struct tally *tally = report->tally;
	struct line line = {.out = out};
	char span[SPAN_MAX];

	if (!style->is_quiet && report->is_final)
		line_end(&line);
	line_format(&line, "%s   %s", report->title, report->is_final ? "" : "so far ");
	line_count(&line, tally->stats.probes, "probe", "probes");
	line_format(&line, " in %s", span_format(report->elapsed_ns, span));
	if (report->elapsed_ns)
		line_format(&line, " (%.0f/s)",
			    (double)tally->stats.probes * 1e9 / (double)report->elapsed_ns);
	put_groups(&line, tally);
	if (tally->not_probed)
		line_format(&line, ", %" PRIu64 " not probed", tally->not_probed);
	line_put(&line, " · ");
	line_count(&line, tally->stats.syn_sent, "SYN", "SYNs");
	if (tally->resets_lost)
		line_format(&line, " · resets lost %" PRIu64 " of %" PRIu64 " watched",
			    tally->resets_lost, tally->resets_watched);
	line_format(&line, " · events lost %" PRIu64, report->events_lost);
	if (report->hooks && strcmp(report->hooks, "all hooks") != 0)
		line_format(&line, " · %s", report->hooks);
	line_end(&line);
	text_write_rtt(out, &tally->stats);
	if (style->has_histogram)
		histogram_write(out, &tally->stats, style->columns);
}
