// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* As it comes; a cgroup is looked up while its task is there. What the core says is shown. */
#include "user/app/watch/watch_feed.h"

#include <stdlib.h>

#include "user/app/watch/watch_lookup.h"
#include "user/app/watch/watch_show.h"
#include "user/io/clock.h"

static void say_full(struct watch *w)
{
	if (w->is_full)
		return;
	w->is_full = true;
	outbox_say(&w->outbox,
		   "no room for another connect: %u are under way, and all of them get %d MiB, a "
		   "process half of that; those without room are not followed, and count as events "
		   "lost",
		   correlator_under_way(w->intake.correlator), WATCH_TABLE_MIB);
}

/* What a cgroup is called, unless that is known. */
static void look_up_cgroup(struct watch *w, const struct task_event *task)
{
	struct event event = {.kind = EVENT_PROGRAM,
			      .time_ns = clock_now_ns(),
			      .program = {.cgroup = task->cgroup}};
	char *path;

	if (!task->cgroup || session_cgroup_path(&w->session, task->cgroup))
		return;
	path = cgroups_path(w->cgroups, task->cgroup, task->pid);
	event.program.path = path;
	if (path)
		intake_feed(&w->intake, &event);
	free(path);
}

void watch_feed(void *context, const struct event *event)
{
	struct watch *w = context;
	int result;

	if (event->kind == EVENT_TASK)
		look_up_cgroup(w, &event->task);
	result = intake_feed(&w->intake, event);
	if (result < 0)
		say_full(w);
	/* Of what the core does not know it will never say that it is to be forgotten. */
	if (result < 0 || (event->kind == EVENT_APP && event->app.call == APP_CLOSE &&
			   !correlator_find(w->intake.correlator, event->key)))
		observer_forget(w->intake.observer, event->key.cookie, event->key.number);
}

void watch_take(void *context, const struct notice *notice)
{
	struct watch *w = context;

	switch (notice->kind) {
	case NOTICE_QUERY:
		watch_answer(w, notice);
		break;
	case NOTICE_VERDICT:
		watch_show_connect(w, notice);
		break;
	case NOTICE_AMENDMENT:
		watch_show_amendment(w, notice);
		break;
	case NOTICE_RELEASED:
		observer_forget(w->intake.observer, notice->attempt->key.cookie,
				notice->attempt->key.number);
		break;
	}
}
