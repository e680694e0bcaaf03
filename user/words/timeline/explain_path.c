// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Where the first SYN went: a timeline's line for each hop elsewhere, or all in one line. */
#include "user/words/timeline/explain_path.h"

static void say_device(struct sentence *s, const struct path_hop *hop)
{
	if (hop->device)
		sentence_add(s, "%s", hop->device);
	else
		sentence_add(s, "interface %u", hop->ifindex);
}

static void say_change(struct sentence *s, const struct path_hop *hop)
{
	bool is_to = hop->changed & HOP_CHANGED_DESTINATION;

	sentence_address(sentence_add(s, "now %s ", is_to ? "to" : "from"), &hop->address);
	if (is_to && hop->changed & HOP_CHANGED_SOURCE)
		sentence_add(s, " and from another source");
}

void explain_hop(struct sentence *s, const struct entry *entry)
{
	struct path_hop hop = path_hop_of(entry);

	say_device(sentence_add(s, "SYN passes "), &hop);
	sentence_add(s, " in namespace %u, %s", hop.netns, hop.is_received ? "in" : "out");
	if (hop.changed)
		say_change(sentence_add(s, ", "), &hop);
}

/* "eth1", "eth1 (ns 4026532461)", "eth1 (now from 10.2.0.1:40000)" */
static void say_hop(struct sentence *s, const struct path_hop *hop, bool is_elsewhere)
{
	say_device(s, hop);
	if (!is_elsewhere && !hop->changed)
		return;
	sentence_add(s, " (");
	if (is_elsewhere)
		sentence_add(s, "ns %u%s", hop->netns, hop->changed ? ", " : "");
	if (hop->changed)
		say_change(s, hop);
	sentence_add(s, ")");
}

char *explain_path(const struct path *path, char *text)
{
	struct sentence s = sentence_start(text, EXPLAIN_MAX);

	if (!path->count)
		return NULL;
	for (unsigned i = 0; i < path->count; i++) {
		const struct path_hop *hop = &path->hops[i];

		sentence_add(&s, "%s", i ? " → " : "");
		say_hop(&s, hop, i && hop->netns != hop[-1].netns);
	}
	if (path->count > 1)
		sentence_add(&s, ", %.3f ms", (double)path->hops[path->count - 1].after_ns / 1e6);
	return text;
}
