// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The packet that answered a probe. */
#include "user/render/answer.h"

const struct entry *answer_packet(const struct probe_report *report)
{
	int index = report->verdict->answer_entry;
	const struct entry *entry;

	if (report->verdict->answer == ANSWER_NONE || index < 0 ||
	    index >= report->attempt->entry_count)
		return NULL;
	entry = &report->attempt->entries[index];
	/* Other kinds have no header fields in them. */
	return entry->kind == EVENT_RECEIVE || entry->kind == EVENT_BAD_CHECKSUM ? entry : NULL;
}
