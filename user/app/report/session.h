/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a run says of itself, and what it looked up: all that a report is made from beside attempts
 * and targets. It knows nothing but by events, recorded ones as well as those that happen just now.
 */
#ifndef APP_SESSION_H
#define APP_SESSION_H

#include "user/core/event.h"

#define SESSION_TEXT_MAX 512
#define SESSION_CGROUPS	 512 /* whose path is remembered; the oldest makes room */

struct session_cgroup {
	uint64_t id;
	char *path; /* owned; NULL: none */
};

/* Zeroed, but for the wishes: nothing is known. Ends with session_release(). */
struct session {
	/* what is wished to be seen */
	bool has_path;	 /* of each connect's first SYN */
	bool is_numeric; /* targets are called by their address */
	/* of the first EVENT_RUN; its strings are copies */
	struct run_event run;
	uint64_t started_ns;
	uint32_t netns; /* our own */
	char subject[SESSION_TEXT_MAX];
	char kernel[SESSION_TEXT_MAX];
	char hooks[SESSION_TEXT_MAX];
	/* CLOCK_REALTIME less our own clock, of the last one; another thread may feed it */
	uint64_t wall_offset_ns;
	/* of the last EVENT_SUMMARY; until there is one, the beginning of the run */
	struct summary_event summary;
	uint64_t summary_ns;
	char preload[SESSION_TEXT_MAX];
	/* of EVENT_PROGRAM */
	struct session_cgroup cgroups[SESSION_CGROUPS];
	unsigned next_cgroup;
};

/* Other kinds than the three are ignored. */
void session_feed(struct session *session, const struct event *event);
void session_release(struct session *session);

/* CLOCK_REALTIME of an instant, as it is set now. */
uint64_t session_wall_ns(const struct session *session, uint64_t time_ns);
/* Since the run began; 0 for what is older. */
uint64_t session_since_start_ns(const struct session *session, uint64_t time_ns);
/* NULL: not known (any more). */
const char *session_cgroup_path(const struct session *session, uint64_t id);

#endif
