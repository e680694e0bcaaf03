// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What a change of address is called. */
#include "user/render/move.h"

#include <stdio.h>

char *move_sentence(const struct move_report *report, char *text)
{
	const struct target_report *target = report->target;
	const char *in = target->netns_name ? " in " : "";
	const char *netns = target->netns_name ? target->netns_name : "";
	char from[ADDRESS_TEXT_MAX], to[ADDRESS_TEXT_MAX];

	address_format(&report->from, from);
	address_format(&report->to, to);
	/* The namespace last: its name may be a path, and then it is what gets cut. */
	if (!address_is_set(&report->from))
		snprintf(text, MOVE_SENTENCE_MAX, "%s has a new address: %s%s%s", target->label, to,
			 in, netns);
	else if (!address_is_set(&report->to))
		snprintf(text, MOVE_SENTENCE_MAX, "%s no longer has %s%s%s", target->label, from,
			 in, netns);
	else
		snprintf(text, MOVE_SENTENCE_MAX, "%s moved from %s to %s%s%s", target->label, from,
			 to, in, netns);
	return text;
}
