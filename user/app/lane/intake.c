// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Each event once to all that it concerns. */
#include "user/app/lane/intake.h"

#include "user/io/files/trace.h"

int intake_feed(struct intake *intake, const struct event *event)
{
	if (intake->trace)
		trace_write(intake->trace, event);
	if (event->kind >= EVENT_RUN) { /* no verdict rests on it */
		session_feed(intake->session, event);
		return 0;
	}
	intake->events++;
	return correlator_feed(intake->correlator, event);
}
