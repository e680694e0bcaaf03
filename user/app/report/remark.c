// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Half sentences, joined. */
#include "user/app/report/remark.h"

#include <inttypes.h>
#include <stdio.h>

/* Of a command all was seen; of what ran already, what came after the watch began. */
static size_t say_none_made(const struct session *session, const struct run_report *report,
			    char *text)
{
	double watched_s = (double)report->since_start_ns / 1e9;
	uint64_t before = session->summary.connections;

	if (session->summary.is_of_command)
		return (size_t)snprintf(text, REMARK_MAX,
					"no connect entered the kernel: whatever was said of a "
					"connection, none was made");
	if (before)
		return (size_t)snprintf(
			text, REMARK_MAX,
			"no connect entered the kernel while it was watched, for %.1f s; it had "
			"%" PRIu64 " TCP connection%s when that began",
			watched_s, before, before == 1 ? "" : "s");
	return (size_t)snprintf(text, REMARK_MAX,
				"no connect entered the kernel while it was watched, for %.1f s, "
				"and it had no TCP connection when that began",
				watched_s);
}

/* A program that is not seen to connect may not have to. */
const char *remark_of(const struct session *session, const struct run_report *report,
		      uint64_t refused, char *text)
{
	const struct summary_event *summary = &session->summary;
	size_t used = 0;

	if (summary->is_accounted_for && !report->probes && !report->events_lost)
		used = say_none_made(session, report, text);
	if (refused)
		used += (size_t)snprintf(text + used, REMARK_MAX - used,
					 "%s%" PRIu64
					 " connects found no room, and were not followed",
					 used ? "; " : "", refused);
	if (summary->preload && used < REMARK_MAX)
		used += (size_t)snprintf(text + used, REMARK_MAX - used,
					 "%s%s, which is loaded there, has a connect() of its own, "
					 "and may answer in the kernel's place",
					 used ? "; " : "", summary->preload);
	return used ? text : NULL;
}
