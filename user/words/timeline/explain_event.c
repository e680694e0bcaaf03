// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* As an entry of a timeline that has no other; what is no entry has a sentence of its own. */
#include "user/words/timeline/explain_event.h"

#include <inttypes.h>
#include <stdio.h>

#include "user/core/attempt/attempt_add.h"
#include "user/words/explain.h"
#include "user/words/sentence.h"
#include "user/words/timeline/explain_entry.h"

static const char *or_unknown(const char *text)
{
	return text ? text : "unknown";
}

static void say_target(struct sentence *s, const struct target_event *target)
{
	sentence_add(s, "target %" PRIu32 " is %s", target->number, or_unknown(target->label));
	if (target->failure)
		sentence_add(s, ", and is not probed: %s", target->failure);
	else if (target->has_ended)
		sentence_add(s, ", and has ended");
}

/* Returns whether the event is of no attempt. */
static bool say_own(struct sentence *s, const struct event *event)
{
	switch (event->kind) {
	case EVENT_LOST:
		sentence_add(s, "%" PRIu64 " events were lost", event->lost.count);
		return true;
	case EVENT_DRAINED:
		sentence_add(s, "all events up to here have been read");
		return true;
	case EVENT_END:
		sentence_add(s, "the watch ends");
		return true;
	case EVENT_RUN:
		sentence_add(s, "%s is observed with %s, on Linux %s",
			     event->run.subject ? event->run.subject : "what is probed",
			     or_unknown(event->run.hooks), or_unknown(event->run.kernel));
		return true;
	case EVENT_TARGET:
		say_target(s, &event->target);
		return true;
	case EVENT_PROGRAM:
		sentence_add(s, "control group %" PRIu64 " is %s", event->program.cgroup,
			     or_unknown(event->program.path));
		return true;
	case EVENT_TASK:
		sentence_add(s, "%s[%" PRIu32 "] calls", event->task.comm, event->task.pid);
		return true;
	case EVENT_SUMMARY:
		sentence_add(s, "%s", event->summary.is_final ? "the run is over" : "so far");
		return true;
	default:
		return false;
	}
}

char *explain_event(const struct event *event, char *text)
{
	struct sentence s = sentence_start(text, EXPLAIN_MAX);
	const struct entry_names names = {event->packet.reason, event->packet.function,
					  event->packet.device};
	struct attempt attempt;

	if (say_own(&s, event))
		return text;
	attempt_init(&attempt, event->key);
	attempt_add(&attempt, event, &names);
	if (attempt.entry_count)
		return explain_entry(&attempt, &attempt.entries[0], text);
	sentence_add(&s, "%s",
		     event->kind == EVENT_RETRANSMIT ? "the kernel sends it again"
						     : event_kind_name(event->kind));
	return text;
}
