/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A lane: one thread's part of a run, with a ring of the kernel's records, a core, sockets and
 * targets of its own. What needs no other lane needs no lock.
 */
#ifndef APP_LANE_H
#define APP_LANE_H

#include <sys/socket.h>

#include "user/app/lane/intake.h"
#include "user/app/run/shared.h"
#include "user/app/targets/probe_table.h"
#include "user/app/targets/targets.h"
#include "user/core/run/neighbour_room.h"
#include "user/core/run/pace.h"
#include "user/core/run/plan.h"
#include "user/core/run/reset_watch.h"

#define STARTS_AT_ONCE 64 /* then the ring is read again */

/*
 * A probe that could not start (its source port is taken, or there is no socket), or is asked
 * again.
 */
struct waiting {
	struct waiting *next;
	struct target *target;
	uint64_t sequence;
	/* the wait has an end, for it is not one of our own probes' to give; 0: it has none */
	uint64_t since_ns;
	uint64_t retry_ns;     /* then it is tried again */
	uint32_t rival;	       /* our own probe that has the port; NO_PROBE: unknown, or none */
	uint64_t rival_cookie; /* numbers are used again */
	struct first_outcome *first; /* it is asked again; owned. NULL: it is not */
};

struct waiting_list {
	struct waiting *first;
	struct waiting *last;
	uint32_t count;
};

struct lane {
	struct run *run;
	unsigned index;
	pthread_t thread;
	bool has_thread; /* its own: else the run's */
	struct intake intake;
	struct outbox outbox;
	struct probe_table probes;
	struct origin **origins; /* its own, where there are several lanes; else the run's */
	struct targets targets;
	struct plan plan;
	struct pace pace;		     /* its part of the rate, for all */
	struct pace pace_off_link;	     /* and for what is behind a gateway */
	struct neighbour_room neighbours[2]; /* IPv4's and IPv6's: next hops that are sought */
	uint32_t sought;		     /* published: of both */
	uint64_t crowded_until_ns;	     /* no more of them before; 0: there is room */
	struct reset_watch resets;	     /* of half-open probes */
	struct pace pace_of_resets;	     /* as long as they are lost: for all that starts */
	struct address reset_lost_by;	     /* the last one whose reset was lost */
	struct waiting_list waiting;	     /* in the order in which they are tried again */
	struct waiting_list repeats;	     /* a list apart: their targets' schedules go on */
	/* published: when a probe of ours last had a verdict, and gave its source port back */
	uint64_t freed_ns;
	uint32_t pending;   /* published: probes without a verdict */
	uint64_t socket_ns; /* no probe is started before: there was no socket */
	/* since when there has been none, and none of ours to be closed; 0: not so */
	uint64_t socketless_ns;
	/* How far away the last one looked at is: targets of one host come together. */
	struct address looked_at;
	const struct origin *looked_at_from;
	bool is_looked_at_off_link;
	/* of what is not kept: what it adds up to */
	pthread_mutex_t tally_lock;
	struct tally tally;
	uint64_t unresolved;  /* of these targets: those whose name has no address */
	uint64_t events_lost; /* published */
	unsigned started;     /* likewise: probes */
	bool is_abandoned;    /* its pending probes have been given up */
	/* what the kernel programs missed is to be asked for before the next drain */
	bool is_doubted;
};

/* One event in. context is the lane. */
void lane_feed(void *context, const struct event *event);
static inline struct prober_sink lane_sink(struct lane *lane)
{
	return (struct prober_sink){lane_feed, lane};
}

/* Of this lane and, as last published, of the others: a probe without a verdict. */
bool lane_has_pending(const struct lane *lane);
/*
 * There is room for one more probe, and the run is not over. Of many targets rather fewer connects
 * than a record without room: a crowded ring is read first.
 */
bool lane_has_room(const struct lane *lane);

static inline struct neighbour_room *lane_neighbours(struct lane *lane, int family)
{
	return &lane->neighbours[family != AF_INET];
}

static inline struct probe *probe_at(struct lane *lane, uint32_t number)
{
	return &lane->probes.probes[number];
}

#endif
