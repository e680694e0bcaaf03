// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* An attempt's timeline as a list. */
#include "user/render/json/json_timeline.h"

#include "user/core/verdict/app_view.h"
#include "user/render/json/json_record.h"
#include "user/words/explain.h"

static json_t *line_of(uint64_t since_ns, const char *event, unsigned count)
{
	json_t *object = json_object();

	json_put(object, "at_us", json_real((double)(int64_t)since_ns / 1e3));
	json_put_text(object, "event", event);
	json_put_integer(object, "count", count);
	return object;
}

json_t *json_timeline(const struct attempt *attempt)
{
	uint64_t origin_ns = app_view_origin_ns(attempt);
	json_t *timeline = json_array();
	uint64_t last_ns = origin_ns;
	char text[EXPLAIN_MAX];

	for (int i = 0; i < attempt->entry_count; i++) {
		const struct entry *entry = &attempt->entries[i];

		last_ns = entry->time_ns;
		json_array_append_new(timeline,
				      line_of(last_ns - origin_ns,
					      explain_entry(attempt, entry, text), entry->count));
	}
	if (attempt->left_out)
		json_array_append_new(timeline, line_of(last_ns - origin_ns,
							"left out, for it decides nothing",
							attempt->left_out));
	return timeline;
}
