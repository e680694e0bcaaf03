// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Copies of what events said. */
#include "user/app/report/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *keep(char *room, const char *text)
{
	snprintf(room, SESSION_TEXT_MAX, "%s", text ? text : "");
	return text ? room : NULL;
}

/* Those after the first one tell of the wall clock only: what else they say is the same. */
static void take_run(struct session *session, const struct event *event)
{
	__atomic_store_n(&session->wall_offset_ns, event->run.wall_ns - event->time_ns,
			 __ATOMIC_RELAXED);
	if (session->started_ns)
		return;
	session->started_ns = session->summary_ns = event->time_ns;
	session->netns = event->netns;
	session->run = event->run;
	session->run.subject = keep(session->subject, event->run.subject);
	session->run.kernel = keep(session->kernel, event->run.kernel);
	session->run.hooks = keep(session->hooks, event->run.hooks);
}

static void take_summary(struct session *session, const struct event *event)
{
	session->summary_ns = event->time_ns;
	session->summary = event->summary;
	session->summary.preload = keep(session->preload, event->summary.preload);
}

/* NULL: not there. Few run at once, and those that there are come first. */
static struct session_cgroup *find(const struct session *session, uint64_t id)
{
	for (size_t i = 0; i < SESSION_CGROUPS && session->cgroups[i].path; i++)
		if (session->cgroups[i].id == id)
			return (struct session_cgroup *)&session->cgroups[i];
	return NULL;
}

static void take_program(struct session *session, const struct program_event *program)
{
	struct session_cgroup *cgroup = find(session, program->cgroup);
	char *path = strdup(program->path);

	if (!path)
		return;
	if (!cgroup)
		cgroup = &session->cgroups[session->next_cgroup++ % SESSION_CGROUPS];
	free(cgroup->path);
	*cgroup = (struct session_cgroup){program->cgroup, path};
}

void session_feed(struct session *session, const struct event *event)
{
	if (event->kind == EVENT_RUN)
		take_run(session, event);
	else if (event->kind == EVENT_PROGRAM && event->program.path)
		take_program(session, &event->program);
	else if (event->kind == EVENT_SUMMARY)
		take_summary(session, event);
}

void session_release(struct session *session)
{
	for (size_t i = 0; i < SESSION_CGROUPS; i++)
		free(session->cgroups[i].path);
}

uint64_t session_wall_ns(const struct session *session, uint64_t time_ns)
{
	return time_ns + __atomic_load_n(&session->wall_offset_ns, __ATOMIC_RELAXED);
}

uint64_t session_since_start_ns(const struct session *session, uint64_t time_ns)
{
	return time_ns > session->started_ns ? time_ns - session->started_ns : 0;
}

const char *session_cgroup_path(const struct session *session, uint64_t id)
{
	const struct session_cgroup *cgroup = find(session, id);

	return cgroup ? cgroup->path : NULL;
}
