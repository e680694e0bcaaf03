// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What can only be looked up: connects that had begun, routes, and libraries that may answer in the
 * kernel's place.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "user/app/watch/watch_parts.h"
#include "user/core/verdict/facts_read.h"
#include "user/io/clock.h"
#include "user/io/kernel/decode.h"
#include "user/io/process/preload.h"
#include "user/io/process/process.h"

#define CONNECTS_MAX	  256 /* of one process are listed */
#define LOOK_FIRST_NS	  MILLISECOND_NS
#define LOOK_SELDOMEST_NS (2 * SECOND_NS)

/* As an attempt without a timeline: nothing of it was seen. */
static void show_connect(struct watch *w, pid_t pid, const struct process_connect *connect)
{
	struct attempt attempt = {
		.pid = (uint32_t)pid,
		.tid = (uint32_t)pid,
		.uid = connect->uid,
		.netns = process_netns(pid),
		.requested = connect->destination,
		.destination = connect->destination,
		.source = connect->source,
		.is_unseen = true,
	};
	struct facts facts;
	struct notice notice = {
		.kind = NOTICE_VERDICT,
		.attempt = &attempt,
		.facts = &facts,
		.verdict = {.status = STATUS_INCOMPLETE,
			    .reason = REASON_ATTACHED_LATE,
			    .answer_entry = -1,
			    .rtt_ns = TIME_UNKNOWN_NS,
			    .queue_ns = TIME_UNKNOWN_NS,
			    .neighbour_ns = TIME_UNKNOWN_NS,
			    .app_ns = TIME_UNKNOWN_NS,
			    .watched_ns = TIME_UNKNOWN_NS,
			    .app_result = APP_RESULT_IN_PROGRESS,
			    .app_agrees = true},
	};

	process_comm(pid, attempt.comm);
	facts_read(&attempt, UINT64_MAX, &facts);
	w->began_before++; /* they are the first ones */
	watch_show_connect(w, &notice);
}

static bool is_given(const struct options *options, pid_t pid)
{
	for (size_t i = 0; i < options->pid_count; i++)
		if (options->pids[i] == pid)
			return true;
	return false;
}

/* Those that are followed from now on. */
struct found {
	struct watch *w;
	struct late_connect connects[CONNECTS_MAX];
	size_t count;
};

static void take_late(void *context, const struct late_connect *late)
{
	struct found *found = context;

	for (size_t i = 0; i < LATE_EVENTS; i++)
		watch_feed(found->w, &late->events[i]);
	if (found->count < CONNECTS_MAX)
		found->connects[found->count++] = *late;
}

/* By its own end: two sockets of a process may go to one destination. */
static const struct late_connect *find_late(const struct found *found,
					    const struct process_connect *connect)
{
	for (size_t i = 0; i < found->count; i++)
		if (address_equal(&found->connects[i].source, &connect->source) &&
		    address_equal(&found->connects[i].destination, &connect->destination))
			return &found->connects[i];
	return NULL;
}

static void say_followed(pid_t pid, const struct process_connect *connect,
			 const struct late_connect *late)
{
	char comm[EVENT_NAME_MAX], to[ADDRESS_TEXT_MAX];

	fprintf(stderr, "ktcping: %s[%d] was connecting to %s already", process_comm(pid, comm),
		(int)pid, address_format_with_port(&connect->destination, to));
	if (late->age_ms)
		fprintf(stderr, ", for %.1f s", late->age_ms / 1e3);
	fprintf(stderr, ": its SYN was sent again %u time%s", late->retransmits,
		late->retransmits == 1 ? "" : "s");
	if (connect->has_timer)
		fprintf(stderr, ", the next one is due in %.1f s", (double)connect->next_ms / 1e3);
	fputs("; it is followed from here on\n", stderr);
}

static void show_process(struct watch *w, pid_t pid, const struct found *found)
{
	struct process_connect connects[CONNECTS_MAX];
	size_t count = process_connects(pid, connects, CONNECTS_MAX);

	for (size_t i = 0; i < count; i++) {
		const struct late_connect *late = find_late(found, &connects[i]);

		if (late)
			say_followed(pid, &connects[i], late);
		else
			show_connect(w, pid, &connects[i]);
	}
	if (count == CONNECTS_MAX)
		fprintf(stderr,
			"ktcping: of what pid %d had under way already, no more than %d connects "
			"are listed\n",
			(int)pid, CONNECTS_MAX);
}

static bool show_descendant(void *context, pid_t pid)
{
	const struct found *found = context;

	if (!is_given(found->w->options, pid))
		show_process(found->w, pid, found);
	return true;
}

void watch_show_before(struct watch *w)
{
	const struct options *options = w->options;
	struct found *found = options->pid_count ? calloc(1, sizeof(*found)) : NULL;

	if (!found)
		return;
	found->w = w;
	observer_look_back(w->observer, take_late, found);
	for (size_t i = 0; i < options->pid_count; i++) {
		show_process(w, options->pids[i], found);
		if (options->follows_children)
			process_descendants(options->pids[i], show_descendant, found);
	}
	free(found);
}

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
		watch_feed(w, &event);
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
		watch_feed(w, &event);
}

void watch_answer(struct watch *w, const struct notice *question)
{
	static const struct source source = {.tos = -1};
	const struct attempt *attempt = question->attempt;
	bool is_here = attempt->netns == w->own_netns;
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
