/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One target, and how it is called. */
#ifndef APP_TARGET_TEXT_H
#define APP_TARGET_TEXT_H

#include "user/app/report/report.h"
#include "user/app/targets/source.h"
#include "user/core/run/plan.h"
#include "user/core/run/stats.h"
#include "user/io/net/origin.h"

struct target_kept {
	struct stats stats;
	struct address source; /* what the route says we would speak from; none: unknown */
	char device[EVENT_NAME_MAX];
	uint64_t *rtt_row; /* see struct summary_report; NULL: not wanted */
	uint64_t rtt_row_count;
};

struct target {
	struct plan_row row; /* first: the plan knows a target by it */
	struct resolved_host *host;
	const struct origin *origin;
	struct address address; /* with the port; none while or when it did not resolve */
	uint16_t port;
	bool is_off_link;     /* behind a gateway, as far as it was asked for */
	bool is_each_address; /* all addresses of the name are probed, this is one */
	/* before its count was reached: what waits to start is not started any more */
	bool is_stopped;
	bool is_ended; /* no probe is under way and none will come */
	bool has_spoken_of_port;
	bool has_no_socket;  /* none can be made; failure says why */
	const char *failure; /* why it is not probed; NULL: it is */
	uint64_t number;     /* orders the targets of a host */
	uint32_t alive;	     /* probes in the probe table, or waiting to start */
	uint32_t waiting;    /* of them, for a source port or a socket */
	/* probe numbers through probe.newer and older: those with a socket; NO_PROBE: none */
	uint32_t first_open;
	uint32_t last_started; /* probe number; NO_PROBE: none, or released */
	uint32_t next_port;    /* of the range of source ports: its offset */
	int16_t shown_status;  /* of the last probe with a verdict, and its reason; -1: none yet */
	int16_t shown_reason;
	uint64_t unexpected_in_row;
	struct target_kept *kept; /* NULL: it is not */
	struct target *next_of_host;
	struct target **link_of_host; /* what points here */
	struct list_node node;	      /* of targets->all */
	struct target *next_ended;
};

/* A target as its events say it; all of it lives as long as this. */
struct target_told {
	struct target_event event;
	char name[ADDRESS_TEXT_MAX];
	char label[TARGET_LABEL_MAX];
};

/* As it is now. Returns &told->event. */
struct target_event *target_tell(const struct target *target, struct target_told *told);

/* How it is called among others. title has TITLE_MAX bytes. Returns title. */
const char *target_title(const struct target *target, const struct options *options, char *title);

#endif
