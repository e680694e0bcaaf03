// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The clocks, and the options that every socket is made with. */
#include "user/app/lane/announce.h"

#include <string.h>
#include <sys/utsname.h>

#include "user/base/time.h"
#include "user/io/clock.h"
#include "user/io/net/netns.h"

/* Slewed, both clocks go alike. What is less was the scheduler between the two readings. */
#define SET_NS (10 * MILLISECOND_NS)

static void announce(struct intake *intake, const struct run_event *run, uint32_t netns)
{
	struct event event = {
		.kind = EVENT_RUN, .time_ns = clock_now_ns(), .netns = netns, .run = *run};

	event.run.wall_ns = clock_wall_ns();
	intake_feed(intake, &event);
}

void announce_run(struct intake *intake, const struct options *options, const char *subject,
		  bool is_watch)
{
	const struct source *source = &options->source;
	struct utsname system;
	struct run_event run = {
		.subject = subject,
		.kernel = uname(&system) == 0 ? system.release : NULL,
		.hooks = observer_hooks(intake->observer),
		.is_watch = is_watch,
		.source_v4 = source->v4,
		.source_v6 = source->v6,
		.has_mark = source->has_mark,
		.has_tos = source->tos >= 0,
		.tos = source->tos >= 0 ? (uint8_t)source->tos : 0,
		.mark = source->mark,
	};

	if (source->device)
		strncpy(run.device, source->device, sizeof(run.device) - 1);
	announce(intake, &run, netns_inode());
}

static bool is_off(const struct session *session)
{
	uint64_t now_ns = clock_now_ns();
	int64_t off_ns = (int64_t)(clock_wall_ns() - session_wall_ns(session, now_ns));

	return off_ns > (int64_t)SET_NS || off_ns < -(int64_t)SET_NS;
}

/* Twice, for the scheduler may come between the two readings. */
void announce_clock(struct intake *intake)
{
	const struct session *session = intake->session;

	for (int i = 0; i < 2; i++)
		if (!is_off(session))
			return;
	announce(intake, &session->run, session->netns);
}

void announce_summary(struct intake *intake, const struct summary_event *summary)
{
	struct event event = {
		.kind = EVENT_SUMMARY, .time_ns = clock_now_ns(), .summary = *summary};

	intake_feed(intake, &event);
}
