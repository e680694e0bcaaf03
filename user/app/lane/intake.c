// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Each event once to all that it concerns. */
#include "user/app/lane/intake.h"

#include <time.h>

#include "user/app/lane/record.h"
#include "user/base/time.h"
#include "user/io/clock.h"
#include "user/io/files/trace.h"

/* More events in one turn than this: under load, rest before asking for a wake-up */
#define BUSY_EVENTS 64
/* A reader that comes back so soon is not woken by an answer: that costs both more */
#define SOON_NS (MILLISECOND_NS / 2)
/* Between two turns: so many notices, and no more time than that */
#define NOTICES_AT_ONCE 256
#define NOTICES_NS	(5 * MILLISECOND_NS)

int intake_feed(struct intake *intake, const struct event *event)
{
	if (intake->trace)
		trace_write(intake->trace, event);
	if (intake->recorder)
		record_event(intake->recorder, event);
	if (event->kind >= EVENT_RUN) { /* no verdict rests on it */
		session_feed(intake->session, event);
		return 0;
	}
	intake->events++;
	return correlator_feed(intake->correlator, event);
}

void intake_hear_missed(struct intake *intake)
{
	observer_note_misses(intake->observer);
	ring_hear_missed(intake->ring, intake->sink);
}

bool intake_drain(struct intake *intake, bool is_doubted)
{
	bool has_more;

	intake->events = 0;
	has_more = ring_drain(intake->ring, intake->sink);
	if (is_doubted && !has_more)
		intake_hear_missed(intake);
	return has_more;
}

bool intake_take(struct intake *intake)
{
	uint64_t until_ns = clock_now_ns() + NOTICES_NS;
	struct notice notice;

	for (int i = 0; i < NOTICES_AT_ONCE; i++) {
		if (!correlator_next(intake->correlator, &notice))
			return correlator_has_more(intake->correlator);
		intake->take(intake->sink.context, &notice);
		if (clock_now_ns() >= until_ns)
			break;
	}
	return true;
}

bool intake_is_busy(const struct intake *intake)
{
	return intake->events > BUSY_EVENTS;
}

void intake_sleep(struct intake *intake, struct pollfd *fds, nfds_t count, uint64_t wake_ns)
{
	bool is_busy = intake_is_busy(intake);
	uint64_t now_ns = clock_now_ns();
	struct timespec timeout;

	if (is_busy) /* times are taken in the kernel */
		wake_ns = min_ns(wake_ns, now_ns + MILLISECOND_NS);
	else if (wake_ns > now_ns + SOON_NS && !ring_may_sleep(intake->ring))
		return;
	else if (wake_ns > now_ns + SOON_NS)
		fds[count++] = (struct pollfd){.fd = ring_fd(intake->ring), .events = POLLIN};
	if (wake_ns <= now_ns)
		return;
	timeout.tv_sec = (time_t)((wake_ns - now_ns) / SECOND_NS);
	timeout.tv_nsec = (long)((wake_ns - now_ns) % SECOND_NS);
	ppoll(fds, count, wake_ns == UINT64_MAX ? NULL : &timeout, NULL);
}
