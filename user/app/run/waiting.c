// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Probes that wait: for a source port, a socket, or room among the neighbours; and those whose
 * evidence was lost, which are asked again.
 */
#include "user/app/run/waiting.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "user/app/run/ports.h"
#include "user/app/run/show.h"
#include "user/app/xalloc.h"
#include "user/io/clock.h"

#define RETRY_NS      (20 * MILLISECOND_NS) /* each vain connect() is remembered for some seconds */
#define LOOK_AGAIN_NS (2 * SECOND_NS)	    /* at a table that has many entries */

static void insert(struct waiting_list *list, struct waiting **link, struct waiting *waiting)
{
	waiting->next = *link;
	*link = waiting;
	if (!waiting->next)
		list->last = waiting;
	list->count++;
}

static struct waiting **end_of(struct waiting_list *list)
{
	return list->first ? &list->last->next : &list->first;
}

/*
 * A connect() that was in vain is known to be so later: meanwhile the next one of its target may
 * have begun to wait.
 */
static struct waiting **link_for(struct waiting_list *list, const struct target *target,
				 uint64_t sequence)
{
	struct waiting **link = &list->first;

	if (!target->waiting)
		return end_of(list);
	while (*link && ((*link)->target != target || (*link)->sequence < sequence))
		link = &(*link)->next;
	return link;
}

struct waiting *waiting_add(struct lane *lane, const struct waiting *probe, uint64_t since_ns)
{
	struct waiting *waiting = must(malloc(sizeof(*waiting)));
	struct target *target = probe->target;

	*waiting = (struct waiting){
		.target = target,
		.sequence = probe->sequence,
		.first = probe->first,
		.since_ns = since_ns,
		.retry_ns = clock_now_ns() + RETRY_NS,
		.rival = NO_PROBE,
	};
	insert(&lane->waiting, link_for(&lane->waiting, target, probe->sequence), waiting);
	target->alive++;
	target->waiting++;
	return waiting;
}

struct waiting waiting_take(struct waiting_list *list)
{
	struct waiting *first = list->first, waiting = *first;

	list->first = first->next;
	list->count--;
	free(first);
	waiting.target->alive--;
	return waiting;
}

/* What the kernel's table has room for, divided among the lanes. */
static void look_at_table(struct lane *lane, const struct target *target, uint64_t now_ns)
{
	struct neighbour_room *room = lane_neighbours(lane, target->address.family);
	const struct run *run = lane->run;
	struct neighbour_table table = {0};
	uint32_t lanes = run->lane_count ? run->lane_count : 1, own = 0,
		 limit = NEIGHBOUR_ROOM_MOST;

	if (room->asked_ns && now_ns - room->asked_ns < LOOK_AGAIN_NS)
		return;
	for (unsigned i = 0; i < run->lane_count; i++)
		own += __atomic_load_n(&run->lanes[i].sought, __ATOMIC_RELAXED);
	if (origin_neighbour_table(target->origin, target->address.family, &table) == 0)
		limit = neighbour_room_of(&table, own) / lanes;
	neighbour_room_set(room, &table, limit, now_ns); /* unasked it holds nothing back */
}

static void say_crowded(struct lane *lane, const struct target *target)
{
	const struct neighbour_room *room = lane_neighbours(lane, target->address.family);

	if (__atomic_exchange_n(&lane->run->has_spoken_of_limit, true, __ATOMIC_RELAXED))
		return;
	outbox_say(&lane->outbox,
		   "%s asks for no more than %u neighbours at once, so that this host's table of "
		   "them keeps room for others, and the rest waits: a higher limit (sysctl "
		   "net.%s.neigh.default.gc_thresh3) would be quicker",
		   target->address.family == AF_INET ? "ARP" : "neighbour discovery",
		   room->limit * lane->run->lane_count,
		   target->address.family == AF_INET ? "ipv4" : "ipv6");
}

bool waiting_has_neighbour_room(struct lane *lane, const struct target *target)
{
	struct neighbour_room *room = lane_neighbours(lane, target->address.family);
	uint64_t now_ns = clock_now_ns();

	lane->crowded_until_ns = 0;
	if (neighbour_room_has_place(room, lane->started, now_ns))
		return true;
	if (!room->count) /* they are heard of first */
		return false;
	look_at_table(lane, target, now_ns);
	if (neighbour_room_has_place(room, lane->started, now_ns))
		return true;
	if (room->count >= room->limit)
		say_crowded(lane, target);
	lane->crowded_until_ns = neighbour_room_due_ns(room);
	return false;
}

/*
 * A full table of neighbours disturbs whatever else this host does: said once. Ports are a matter
 * of some milliseconds, and said with -v.
 */
static void say_limit(struct lane *lane, struct target *target, const struct verdict *verdict)
{
	if (verdict_has(verdict, VERDICT_LACKS_PORT)) {
		say_port_in_use(lane, target);
		return;
	}
	lane_neighbours(lane, target->address.family)->asked_ns = 0; /* it is fuller than it was */
	if (!__atomic_exchange_n(&lane->run->has_spoken_of_limit, true, __ATOMIC_RELAXED))
		outbox_say(&lane->outbox,
			   "this host's table of neighbours is full, so some targets are asked "
			   "again until they have room: a lower "
			   "--rate, or a higher limit (sysctl net.%s.neigh.default.gc_thresh3), "
			   "would help",
			   target->address.family == AF_INET ? "ipv4" : "ipv6");
}

/* Ports of a range, and connections that are held, are given up by one of ours that is known. */
static uint32_t rival_of(struct lane *lane, const struct probe *probe,
			 const struct verdict *verdict)
{
	bool is_named = lane->run->options->source.first_port || lane->run->hold_ns;

	return is_named && verdict_has(verdict, VERDICT_LACKS_PORT) ? find_rival(lane, probe)
								    : NO_PROBE;
}

/* As long as one of ours may have the port, or the room, or had it until just now. */
static bool is_worthwhile(const struct lane *lane, uint64_t since_ns)
{
	const struct run *run = lane->run;

	if (run->policy.keeps_targets)
		return clock_now_ns() < since_ns + run->options->timeout_ns;
	for (unsigned i = 0; i < run->lane_count; i++) {
		uint64_t freed_ns = __atomic_load_n(&run->lanes[i].freed_ns, __ATOMIC_RELAXED);

		since_ns = freed_ns > since_ns ? freed_ns : since_ns;
	}
	return clock_now_ns() < since_ns + run->options->timeout_ns || lane_has_pending(lane);
}

bool waiting_for_room(struct lane *lane, struct probe *probe, const struct verdict *verdict)
{
	uint64_t since_ns = probe->waited_since_ns ? probe->waited_since_ns : probe->began_ns;
	struct waiting again = {.target = probe->target,
				.sequence = probe->sequence,
				.first = probe->first},
		       *waiting;
	bool has_ended = run_has_ended(lane->run);
	uint32_t rival;

	if (!repeat_is_own_limit(verdict) ||
	    (probe->target->kept && (has_ended || probe->target->is_stopped)))
		return false;
	rival = has_ended ? NO_PROBE : rival_of(lane, probe, verdict);
	if (!has_ended && rival == NO_PROBE && !is_worthwhile(lane, since_ns))
		return false;
	say_limit(lane, probe->target, verdict);
	probe->first = NULL;
	waiting = waiting_add(lane, &again, rival == NO_PROBE ? since_ns : 0);
	waiting->rival = rival;
	waiting->rival_cookie = rival == NO_PROBE ? 0 : probe_at(lane, rival)->socket.key.cookie;
	return true;
}

bool waiting_is_behind_rival(struct lane *lane, const struct waiting *waiting)
{
	const struct probe *rival =
		waiting->rival == NO_PROBE ? NULL : probe_at(lane, waiting->rival);

	if (!rival || !rival->is_open || rival->socket.key.cookie != waiting->rival_cookie)
		return false;
	if (rival->phase == PROBE_PENDING)
		return true;
	close_probe(lane, waiting->rival);
	return false;
}

bool waiting_to_repeat(struct lane *lane, struct probe *probe, const struct outcome *outcome)
{
	bool has_ended = run_has_ended(lane->run) || clock_now_ns() >= lane->run->deadline_ns ||
			 probe->target->is_stopped;
	struct outcome replaced = *outcome;
	struct first_outcome *first;
	struct waiting *repeat;

	if (has_ended || !repeat_is_worthwhile(probe->first, outcome->verdict))
		return false;
	first = first_outcome_new(probe->first, outcome);
	if (!first)
		return false;
	free(probe->first);
	probe->first = NULL;
	repeat = must(malloc(sizeof(*repeat)));
	*repeat = (struct waiting){
		.target = probe->target,
		.sequence = probe->sequence,
		.rival = NO_PROBE,
		.first = first,
	};
	insert(&lane->repeats, end_of(&lane->repeats), repeat);
	probe->target->alive++;
	probe->is_replaced = true;
	replaced.repeat = REPEAT_DUE;
	if (lane->run->options->verbosity > 1)
		show_outcome(lane, probe->target, probe->sequence, &replaced);
	return true;
}

void waiting_release(struct lane *lane)
{
	while (lane->waiting.first)
		waiting_take(&lane->waiting);
	while (lane->repeats.first)
		waiting_take(&lane->repeats);
}
