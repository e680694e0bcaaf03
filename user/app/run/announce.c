// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Run and targets, to the trace. */
#include "user/app/run/announce.h"

#include <string.h>

#include "user/app/run_event.h"
#include "user/io/clock.h"
#include "user/io/files/trace.h"

/* "10.2.0.2" when there is but one word, else the list they are from. */
static const char *subject_of(const struct options *options)
{
	if (options->file)
		return options->file;
	return options->hosts.count == 1 ? options->hosts.hosts[0].name : NULL;
}

void announce_run(struct run *run)
{
	struct event event = run_event_now(run->options, subject_of(run->options),
					   run->system.release, observer_hooks(run->observer));

	__atomic_store_n(&run->wall_offset_ns, event.run.wall_ns - event.time_ns, __ATOMIC_RELAXED);
	if (run->trace)
		trace_write(run->trace, &event);
}

uint64_t announced_wall_ns(struct run *run, uint64_t time_ns)
{
	if (run_event_is_due(__atomic_load_n(&run->wall_offset_ns, __ATOMIC_RELAXED)))
		announce_run(run);
	return time_ns + __atomic_load_n(&run->wall_offset_ns, __ATOMIC_RELAXED);
}

void announce_target(const struct lane *lane, const struct target *target, bool has_ended)
{
	struct event event = {.kind = EVENT_TARGET};
	struct target_text text;

	if (!lane->run->trace)
		return;
	target_describe(target, lane->run->options, &text);
	event.time_ns = clock_now_ns();
	event.netns = origin_netns(target->origin);
	event.target = (struct target_event){
		.number = (uint32_t)target->number + 1,
		.name = text.report.name,
		.label = text.label,
		.netns = text.report.netns_name,
		.failure = target->failure,
		.address = target->address,
		.source = text.report.source,
		.address_count = text.report.address_count,
		.is_each_address = target->is_each_address,
		.has_ended = has_ended,
		.resolve_ns =
			text.report.resolve_ns == TIME_UNKNOWN_NS ? 0 : text.report.resolve_ns,
	};
	if (target->kept)
		memcpy(event.target.device, target->kept->device, sizeof(event.target.device));
	trace_write(lane->run->trace, &event);
}
