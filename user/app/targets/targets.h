/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One target: an address, a port and the origin it is probed from.
 *
 * A target that is kept has statistics, and lives until its last probe is released and its summary
 * shown. Up to TARGETS_KEPT of them are kept until the end of the run, so that their summaries come
 * together and in the order of the targets; in a longer run each is summarised and freed when it
 * has nothing more to say. What is not kept is small, and freed when its probe is.
 */
#ifndef APP_TARGETS_H
#define APP_TARGETS_H

#include "user/app/targets/source.h"
#include "user/core/report.h"
#include "user/core/run/plan.h"
#include "user/io/net/origin.h"

#define TARGETS_KEPT 1024

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
	struct target *next;
	struct target *previous;
	struct target *next_ended;
};

/* What the run comes to, when targets are gone. */
struct run_result {
	bool has_incomplete;
	bool has_unresolved;
	bool has_unexpected;
	struct run_report report;
};

struct targets {
	const struct options *options;
	bool keeps;
	struct target *first; /* all that there are */
	struct target *last;
	struct target *ended; /* of those that are kept, the last one first */
	uint64_t created;
	uint64_t present;
	uint64_t active;    /* not ended */
	size_t title_width; /* of those that are kept the longest so far */
	struct run_result result;
};

/* How a target is called, and what a report says of it; all of it lives as long as this. */
struct target_text {
	struct target_report report;
	char name[ADDRESS_TEXT_MAX];
	char label[TARGET_LABEL_MAX];
	char title[TARGET_LABEL_MAX + ADDRESS_TEXT_MAX +
		   300]; /* a namespace is a path at most as long as a name may be */
};

/* Takes a reference of the host's. address: without the port, NULL: none is known. */
struct target *targets_add(struct targets *targets, struct resolved_host *host,
			   const struct address *address, uint16_t port,
			   const struct origin *origin);

/*
 * Adds what it came to to the result, if it is kept, and frees it; the host's reference is the
 * caller's.
 */
struct resolved_host *targets_remove(struct targets *targets, struct target *target);
/* Frees all, and their references. */
void targets_release(struct targets *targets);

/*
 * In the order of the targets, as an array for the caller to free: all that are kept, and those
 * that have ended since the last call.
 */
struct target **targets_sorted(const struct targets *targets, size_t *ret_count);
struct target **targets_take_ended(struct targets *targets, size_t *ret_count);

/* Its name has several addresses now: it and the others of the host are called by theirs. */
void targets_tell_apart(struct targets *targets, struct resolved_host *host);
void target_set_address(struct targets *targets, struct target *target,
			const struct address *address);

/* All but kernel and hooks. Returns text->title. */
const char *target_describe(const struct target *target, const struct options *options,
			    struct target_text *text);

/*
 * Of those that are kept. By DESIGN's order: a name that did not resolve, lost evidence, targets
 * without the expected status.
 */
enum exit_code targets_exit_code(const struct targets *targets);
/* All targets and their probes, those that are still there too. */
struct run_report targets_report(const struct targets *targets);

static inline struct target *target_of_row(struct plan_row *row)
{
	return (struct target *)row;
}

#endif
