// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The clocks, and the options that every socket is made with. */
#include "user/app/run_event.h"

#include <string.h>

#include "user/base/time.h"
#include "user/io/clock.h"
#include "user/io/net/netns.h"

/* Slewed, both clocks go alike. What is less was the scheduler between the two readings. */
#define SET_NS (10 * MILLISECOND_NS)

uint64_t run_event_offset_ns(void)
{
	uint64_t now_ns = clock_now_ns();

	return clock_wall_ns() - now_ns;
}

static bool is_off(uint64_t offset_ns)
{
	int64_t off_ns = (int64_t)(run_event_offset_ns() - offset_ns);

	return off_ns > (int64_t)SET_NS || off_ns < -(int64_t)SET_NS;
}

/* Twice, for the scheduler may come between the two readings. */
bool run_event_is_due(uint64_t offset_ns)
{
	for (int i = 0; i < 2; i++)
		if (!is_off(offset_ns))
			return false;
	return true;
}

struct event run_event_now(const struct options *options, const char *subject, const char *kernel,
			   const char *hooks)
{
	const struct source *source = &options->source;
	struct event event = {.kind = EVENT_RUN, .time_ns = clock_now_ns()};

	event.netns = netns_inode();
	event.run = (struct run_event){
		.wall_ns = event.time_ns + run_event_offset_ns(),
		.subject = subject,
		.kernel = kernel,
		.hooks = hooks,
		.source_v4 = source->v4,
		.source_v6 = source->v6,
		.has_mark = source->has_mark,
		.has_tos = source->tos >= 0,
		.tos = source->tos >= 0 ? (uint8_t)source->tos : 0,
		.mark = source->mark,
	};
	if (source->device)
		strncpy(event.run.device, source->device, sizeof(event.run.device) - 1);
	return event;
}
