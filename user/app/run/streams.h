/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One stream a target: an address, a port and the place it is probed from, with its report and statistics.
 *
 * A stream lives until its last probe is forgotten and its summary shown. Up to STREAMS_KEPT of them are kept until the end of the run, so that
 * their summaries come together and in the order of the targets; in a longer run each is summarised and freed when it has nothing more to say.
 */
#ifndef APP_STREAMS_H
#define APP_STREAMS_H

#include "user/app/run/hosts.h"
#include "user/core/run/plan.h"
#include "user/io/net/origin.h"

#define STREAMS_KEPT 1024

struct stream {
	struct plan_row row; /* first: the plan knows a stream by it */
	struct known_host *host;
	const struct place *place;
	uint64_t number; /* orders the targets of a host */
	struct target_report report;
	struct stats stats;
	char *name; /* the host's; of a network's member its address */
	char *label;
	char *title;
	char device[EVENT_NAME_MAX];
	uint64_t *rtt_row; /* see struct summary_report; NULL: not wanted */
	uint64_t rtt_row_count;
	uint32_t alive;	       /* probes in the probe table, or waiting to start */
	uint32_t waiting;      /* of them, for a source port or a socket */
	uint32_t first_open;   /* probe numbers through probe.newer and older: those with a socket; NO_PROBE: none */
	uint32_t last_started; /* probe number; NO_PROBE: none, or forgotten */
	uint32_t next_port;    /* of the range of source ports: its offset */
	uint64_t unexpected_in_row;
	int shown_status; /* of the last probe with a verdict, and its reason; -1: none yet */
	int shown_reason;
	bool is_stopped; /* before its count was reached: what waits to start is not started any more */
	bool is_ended;	 /* no probe is under way and none will come */
	bool has_spoken_of_port;
	bool has_no_socket; /* none can be made; report.failure says why */
	struct stream *next_of_host;
	struct stream **link_of_host; /* what points here */
	struct stream *next;
	struct stream *previous;
	struct stream *next_ended;
};

/* What the run comes to, when streams are gone. */
struct run_result {
	bool has_incomplete;
	bool has_unresolved;
	bool has_unexpected;
	struct run_report report;
};

struct streams {
	const struct options *options;
	struct place *const *places;
	size_t place_count;
	struct stream *first; /* all that are kept */
	struct stream *last;
	struct stream *ended; /* of these, the last one first */
	uint64_t created;
	uint64_t kept;
	uint64_t active;    /* not ended */
	size_t title_width; /* the longest so far */
	struct run_result result;
	/* The host whose streams are being made, with a reference, and how many have been. */
	struct known_host *expanding;
	uint16_t *expanding_ports; /* all of its ports, one by one; owned */
	size_t expanding_port_count;
	uint64_t expanded;
};

/* Begin with a host: takes the reference. Only when streams->expanding is NULL. */
void streams_expand(struct streams *streams, struct known_host *host);
/* The next stream of that host, not started; NULL when it has no more. */
struct stream *streams_next(struct streams *streams);

/* One more of a host that has streams already, for a new address of it. */
struct stream *streams_add(struct streams *streams, struct known_host *host, const struct address *address, uint16_t port,
			   const struct place *place);

/* Adds what it came to to the result, and frees it. */
void streams_remove(struct streams *streams, struct stream *stream);
void streams_release(struct streams *streams);

/* In the order of the targets, as an array for the caller to free: all that are kept, and those that have ended since the last call. */
struct stream **streams_sorted(const struct streams *streams, size_t *ret_count);
struct stream **streams_take_ended(struct streams *streams, size_t *ret_count);

/* Its name has several addresses now: it and the others of the host are called by theirs. */
void streams_tell_apart(struct streams *streams, struct known_host *host);

/* What the route says of where we would speak from, for the report; and a title that fits its address. */
void stream_look_at_route(struct stream *stream);
void stream_set_address(struct streams *streams, struct stream *stream, const struct address *address);

/* By DESIGN's order: a name that did not resolve, lost evidence, targets without the expected status. Those that are still kept count too. */
enum exit_code streams_exit_code(const struct streams *streams);

/* All targets and their probes, those that are still kept too. */
struct run_report streams_report(const struct streams *streams);

static inline struct stream *stream_of_row(struct plan_row *row)
{
	return (struct stream *)row;
}

#endif
