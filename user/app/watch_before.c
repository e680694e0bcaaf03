// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What of the watched programs can only be looked up: connects that had begun, and libraries that may answer in the kernel's place. */
#include <string.h>

#include "user/app/watch_parts.h"
#include "user/io/preload.h"
#include "user/io/process.h"

#define CONNECTS_MAX	  256 /* of one process are listed */
#define LOOK_FIRST_NS	  MILLISECOND_NS
#define LOOK_SELDOMEST_NS (2 * SECOND_NS)

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
	struct finding finding = {
		.kind = FINDING_VERDICT,
		.attempt = &attempt,
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
	w->began_before++; /* they are the first ones */
	watch_show_connect(w, &finding);
}

void watch_show_before(struct watch *w)
{
	struct process_connect connects[CONNECTS_MAX];

	for (size_t i = 0; i < w->options->pid_count; i++) {
		size_t count = process_connects(w->options->pids[i], connects, CONNECTS_MAX);

		for (size_t k = 0; k < count; k++)
			show_connect(w, w->options->pids[i], &connects[k]);
	}
}

static bool look_at(void *context, pid_t pid)
{
	struct watch *w = context;

	return !preload_of_process(pid, w->preload, sizeof(w->preload));
}

/* At first often, for a program may live for milliseconds only; later seldom, for it costs something. */
void watch_look_for_preload(struct watch *w, uint64_t now_ns)
{
	const struct watch_options *options = w->options;

	if (w->preload[0] || now_ns < w->look_ns || !(options->command || options->pid_count))
		return;
	w->look_every_ns = w->look_every_ns ? min_ns(2 * w->look_every_ns, LOOK_SELDOMEST_NS) : LOOK_FIRST_NS;
	w->look_ns = now_ns + w->look_every_ns;
	if (w->launch.pid && !w->launch.has_ended && look_at(w, w->launch.pid))
		process_descendants(w->launch.pid, look_at, w);
	for (size_t i = 0; i < options->pid_count && !w->preload[0]; i++)
		look_at(w, options->pids[i]);
}
