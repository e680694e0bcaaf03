// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* An attempt's timeline as a list. */
#include "user/render/json/json_timeline.h"

#include "user/core/verdict/app_view.h"
#include "user/words/explain.h"

static void put_line(struct json_record *record, uint64_t since_ns, const char *event,
		     unsigned count)
{
	json_open(record, NULL, '{');
	json_put_offset(record, "at_us", (int64_t)since_ns);
	json_put_text(record, "event", event);
	json_put_integer(record, "count", count);
	json_close(record, '}');
}

void json_put_timeline(struct json_record *record, const struct attempt *attempt)
{
	uint64_t origin_ns = app_view_origin_ns(attempt);
	uint64_t last_ns = origin_ns;
	char text[EXPLAIN_MAX];

	json_open(record, "timeline", '[');
	for (int i = 0; i < attempt->entry_count; i++) {
		const struct entry *entry = &attempt->entries[i];

		last_ns = entry->time_ns;
		put_line(record, last_ns - origin_ns, explain_entry(attempt, entry, text),
			 entry->count);
	}
	if (attempt->left_out)
		put_line(record, last_ns - origin_ns, "left out, for it decides nothing",
			 attempt->left_out);
	json_close(record, ']');
}
