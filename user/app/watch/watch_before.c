// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Connects that had begun before anything was watched. */
#include "user/app/watch/watch_before.h"

#include <stdio.h>
#include <stdlib.h>

#include "user/app/watch/watch_feed.h"
#include "user/app/watch/watch_show.h"
#include "user/core/verdict/facts_read.h"
#include "user/io/clock.h"
#include "user/io/kernel/decode.h"
#include "user/io/process/process.h"

#define CONNECTS_MAX 256 /* of one process are listed */

/* As an attempt without a timeline: nothing of it was seen. */
static void show_connect(struct watch *w, pid_t pid, const struct process_connect *connect)
{
	struct attempt attempt = {
		.pid = (uint32_t)pid,
		.tid = (uint32_t)pid,
		.uid = connect->uid,
		.netns = process_netns(pid),
		.requested = connect->destination,
		.destination = connect->destination,
		.source = connect->source,
		.is_unseen = true,
	};
	struct facts facts;
	struct notice notice = {
		.kind = NOTICE_VERDICT,
		.attempt = &attempt,
		.facts = &facts,
		.verdict = {.status = STATUS_INCOMPLETE,
			    .reason = REASON_ATTACHED_LATE,
			    .answer_entry = -1,
			    .rtt_ns = TIME_UNKNOWN_NS,
			    .queue_ns = TIME_UNKNOWN_NS,
			    .neighbour_ns = TIME_UNKNOWN_NS,
			    .app_ns = TIME_UNKNOWN_NS,
			    .watched_ns = TIME_UNKNOWN_NS,
			    .app_result = APP_RESULT_IN_PROGRESS,
			    .app_agrees = true},
	};

	process_comm(pid, attempt.comm);
	facts_read(&attempt, UINT64_MAX, &facts);
	w->began_before++; /* they are the first ones */
	watch_show_connect(w, &notice);
}

static bool is_given(const struct options *options, pid_t pid)
{
	for (size_t i = 0; i < options->pid_count; i++)
		if (options->pids[i] == pid)
			return true;
	return false;
}

/* Those that are followed from now on. */
struct found {
	struct watch *w;
	struct late_connect connects[CONNECTS_MAX];
	size_t count;
};

static void take_late(void *context, const struct late_connect *late)
{
	struct found *found = context;

	for (size_t i = 0; i < LATE_EVENTS; i++)
		watch_feed(found->w, &late->events[i]);
	if (found->count < CONNECTS_MAX)
		found->connects[found->count++] = *late;
}

/* By its own end: two sockets of a process may go to one destination. */
static const struct late_connect *find_late(const struct found *found,
					    const struct process_connect *connect)
{
	for (size_t i = 0; i < found->count; i++)
		if (address_equal(&found->connects[i].source, &connect->source) &&
		    address_equal(&found->connects[i].destination, &connect->destination))
			return &found->connects[i];
	return NULL;
}

static void say_followed(struct watch *w, pid_t pid, const struct process_connect *connect,
			 const struct late_connect *late)
{
	char comm[EVENT_NAME_MAX], to[ADDRESS_TEXT_MAX], since[32] = "", next[48] = "";

	if (late->age_ms)
		snprintf(since, sizeof(since), ", for %.1f s", late->age_ms / 1e3);
	if (connect->has_timer)
		snprintf(next, sizeof(next), ", the next one is due in %.1f s",
			 (double)connect->next_ms / 1e3);
	outbox_say(&w->outbox,
		   "%s[%d] was connecting to %s already%s: its SYN was sent again %u time%s%s; it "
		   "is followed from here on",
		   process_comm(pid, comm), (int)pid,
		   address_format_with_port(&connect->destination, to), since, late->retransmits,
		   late->retransmits == 1 ? "" : "s", next);
}

static void show_process(struct watch *w, pid_t pid, const struct found *found)
{
	struct process_connect connects[CONNECTS_MAX];
	size_t count = process_connects(pid, connects, CONNECTS_MAX);

	for (size_t i = 0; i < count; i++) {
		const struct late_connect *late = find_late(found, &connects[i]);

		if (late)
			say_followed(w, pid, &connects[i], late);
		else
			show_connect(w, pid, &connects[i]);
	}
	if (count == CONNECTS_MAX)
		outbox_say(&w->outbox,
			   "of what pid %d had under way already, no more than %d connects are "
			   "listed",
			   (int)pid, CONNECTS_MAX);
}

static bool show_descendant(void *context, pid_t pid)
{
	const struct found *found = context;

	if (!is_given(found->w->options, pid))
		show_process(found->w, pid, found);
	return true;
}

void watch_show_before(struct watch *w)
{
	const struct options *options = w->options;
	struct found *found = options->pid_count ? calloc(1, sizeof(*found)) : NULL;

	if (!found)
		return;
	found->w = w;
	observer_look_back(w->intake.observer, take_late, found);
	for (size_t i = 0; i < options->pid_count; i++) {
		show_process(w, options->pids[i], found);
		if (options->follows_children)
			process_descendants(options->pids[i], show_descendant, found);
	}
	free(found);
}
