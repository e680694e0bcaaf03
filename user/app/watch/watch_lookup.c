// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What can only be looked up: routes, and libraries that may answer in the kernel's place. */
#include "user/app/watch/watch_lookup.h"

#include <sys/socket.h>

#include "user/base/time.h"
#include "user/io/process/preload.h"
#include "user/io/process/process.h"

#define LOOK_FIRST_NS	  MILLISECOND_NS
#define LOOK_SELDOMEST_NS (2 * SECOND_NS)

/*
 * Its socket may have options that lead it another way: only what such options do not change, or
 * what connect() itself confirms, is an answer.
 */
static bool is_answer(enum route_kind kind)
{
	return kind == ROUTE_LOCAL || kind == ROUTE_BLACKHOLE || kind == ROUTE_PROHIBIT ||
	       kind == ROUTE_BROADCAST || kind == ROUTE_MULTICAST;
}

/* Of what is not known, its mark among it, nothing is said. */
static int route_of(const struct origin *origin, const struct attempt *attempt,
		    struct route_event *ret_route)
{
	struct address source = attempt->source.family == attempt->requested.family
					? attempt->source
					: (struct address){0};

	if (source.family == AF_INET6) /* unless bound, it was chosen after the way */
		source.port = 0;
	return origin_route_from(origin, &source, attempt->tid ? &attempt->uid : NULL,
				 &attempt->requested, ret_route, NULL);
}

/* Nothing was seen to leave: then it may wait for its next hop's address. */
static void ask_neighbour(struct watch *w, const struct origin *origin,
			  const struct notice *question, const struct route_event *route)
{
	struct event event = {.kind = EVENT_NEIGHBOUR,
			      .time_ns = question->verdict.time_ns,
			      .key = question->attempt->key};
	struct address next_hop =
		address_is_set(&route->gateway) ? route->gateway : question->attempt->requested;

	next_hop.port = 0;
	if (!attempt_waits_for(question->attempt) &&
	    origin_neighbour(origin, &next_hop, route->ifindex, &event.neighbour) == 0)
		intake_feed(&w->intake, &event);
}

static void ask_route(struct watch *w, const struct origin *origin, const struct notice *question)
{
	struct event event = {.kind = EVENT_ROUTE,
			      .time_ns = question->verdict.time_ns,
			      .key = question->attempt->key};

	bool has_way = verdict_has(&question->verdict, VERDICT_RESTS_ON_NEIGHBOUR);

	if (route_of(origin, question->attempt, &event.route) < 0)
		return;
	/*
	 * connect() found a way, whatever this one says: of what it may have been, only the
	 * neighbour is asked.
	 */
	if (has_way && event.route.ifindex)
		ask_neighbour(w, origin, question, &event.route);
	else if (!has_way && is_answer(event.route.kind))
		intake_feed(&w->intake, &event);
}

void watch_answer(struct watch *w, const struct notice *question)
{
	static const struct source source = {.tos = -1};
	const struct attempt *attempt = question->attempt;
	bool is_here = attempt->netns == w->session.netns;
	struct origin *origin;
	struct error error;
	char pid[16];

	if (is_here && !w->origin)
		w->origin = origin_new(NULL, &source, &error);
	snprintf(pid, sizeof(pid), "%u", attempt->pid);
	origin = is_here ? w->origin : origin_new(pid, &source, &error);
	if (origin && origin_netns(origin) == attempt->netns)
		ask_route(w, origin, question);
	if (!is_here)
		origin_free(origin);
}

static bool look_at(void *context, pid_t pid)
{
	struct watch *w = context;

	return !preload_of_process(pid, w->preload, sizeof(w->preload));
}

/*
 * At first often, for a program may live for milliseconds only; later seldom, for it costs
 * something.
 */
void watch_look_for_preload(struct watch *w, uint64_t now_ns)
{
	const struct options *options = w->options;

	if (w->preload[0] || now_ns < w->look_ns || !(options->command || options->pid_count))
		return;
	w->look_every_ns =
		w->look_every_ns ? min_ns(2 * w->look_every_ns, LOOK_SELDOMEST_NS) : LOOK_FIRST_NS;
	w->look_ns = now_ns + w->look_every_ns;
	if (w->launch.pid && !w->launch.has_ended && look_at(w, w->launch.pid))
		process_descendants(w->launch.pid, look_at, w);
	for (size_t i = 0; i < options->pid_count && !w->preload[0]; i++)
		look_at(w, options->pids[i]);
}
